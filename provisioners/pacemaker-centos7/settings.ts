import { textSetting } from '../../lab/settings.ts';
import type { Setting, Settings } from '../../lab/stack.ts';
import { protocolSetting } from '../parts/cluster-settings.ts';
import { fencingPolicies } from '../parts/drbd.ts';
import type { DrbdFencing } from '../parts/drbd.ts';
import { brokenMountOptions } from '../parts/nfs-options.ts';
import {
  flag,
  mebibytesBetween,
  millisecondsBetween,
  mountOptions,
  oneOf,
  scoreAbove0,
  softMeaning,
  wholeNumberBetween,
  wholeSecondsBetween,
} from '../parts/setting-values.ts';

/** The article's value for both editions. */
function both<T>(value: T): { period: T; current: T } {
  return { period: value, current: value };
}

export const settings: readonly Setting[] = [
  {
    name: 'token',
    description:
      'Time without Corosync’s token after which a new membership is formed; a node that takes no part in it within the ' +
      'consensus time, 1.2 times as long again, is lost (corosync.conf(5)).',
    unit: 'ms',
    defaults: both(4000),
    schema: millisecondsBetween(500, 120_000),
  },
  {
    name: 'nfsserver',
    description:
      'agent: ocf:heartbeat:nfsserver in the group, its state on the replicated device. cloned: nfs-server runs on both servers ' +
      'and exports the mount point on both. cloned-subdir: it runs on both, the export of a directory below moves with the group.',
    defaults: both('agent'),
    schema: oneOf('agent', 'cloned', 'cloned-subdir'),
  },
  {
    name: 'order',
    description:
      'article: the group starts the address before the export, and clients that come early are refused. ' +
      'export-before-address: the address comes last.',
    defaults: both('article'),
    schema: oneOf('article', 'export-before-address'),
  },
  {
    name: 'fencing',
    description:
      'How a lost server is kept from writing. none: as in the article, nothing does. host: before a server takes over, it has the ' +
      'host power the lost one off and on (stonith-enabled, a device fence_lab for each server), which then boots and joins again; ' +
      'no-quorum-policy is stop then, so that it waits for its peer. The embedded provider alone has it.',
    defaults: both('none'),
    schema: oneOf('none', 'host'),
  },
  {
    name: 'drbd.fencing',
    description:
      'What DRBD does when it loses its peer. dont-care: nothing, as in the article. resource-only: crm-fence-peer.sh forbids ' +
      'Pacemaker to promote the peer, until it has been resynchronised. resource-and-stonith: the same, and no write is acknowledged ' +
      'until the peer is fenced, for which it needs fencing=host. fencing=host alone does not keep acknowledged writes: a server ' +
      'that lost its peer acknowledges some before it is powered off.',
    defaults: both('dont-care'),
    schema: oneOf(...fencingPolicies),
  },
  {
    name: 'autostart',
    description:
      'Whether a server attaches its loop device and starts Pacemaker when it boots. The article does both by hand. With off ' +
      'the service survives hard-halt, and the run fails all the same: the halted server never comes back, nothing is redundant again.',
    defaults: { period: false, current: true },
    schema: flag,
  },
  {
    name: 'migrationThreshold',
    description: 'Failures of a resource on a node after which it is moved away.',
    defaults: both(5),
    schema: wholeNumberBetween(1, 1_000_000),
  },
  {
    name: 'stickiness',
    description:
      'Score for staying where it runs: INFINITY, or a whole number above 0. Nothing prefers a server, so with any of them ' +
      'the service stays where a takeover has brought it.',
    defaults: both('INFINITY'),
    schema: scoreAbove0,
  },
  {
    name: 'failureTimeout',
    description: 'Time after which failures are forgotten.',
    unit: 's',
    defaults: both(3600),
    schema: wholeSecondsBetween(1, 86_400),
  },
  {
    name: 'drbd.monitorInterval',
    description:
      'Time between two looks at DRBD on the standby; the article has none that looks at the Primary.',
    unit: 's',
    defaults: both(20),
    schema: wholeSecondsBetween(1, 3600),
  },
  {
    name: 'drbd.monitorDelay',
    description:
      'start-delay of that look. Pacemaker holds whatever it decides next until a delayed monitor has reported for the first time.',
    unit: 's',
    defaults: both(60),
    schema: wholeSecondsBetween(0, 299),
  },
  {
    name: 'monitorInterval',
    description: 'Time between two looks at file system, address, NFS server and export of the group.',
    unit: 's',
    defaults: both(10),
    schema: wholeSecondsBetween(1, 3600),
  },
  {
    name: 'nfsserver.monitorDelay',
    description: 'start-delay of the look at the NFS server, where it is in the group.',
    unit: 's',
    defaults: both(20),
    schema: wholeSecondsBetween(0, 299),
  },
  {
    name: 'nfsserver.startTimeout',
    description:
      'Time that a start of the NFS server may take before it counts as failed. The article has 20 s, its agent asks for 40 s; an ' +
      'emulated machine that does it for the first time on a busy host was seen to need more.',
    unit: 's',
    defaults: { period: 20, current: 90 },
    schema: wholeSecondsBetween(5, 600),
  },
  {
    name: 'nfsserver.stopTimeout',
    description:
      'The same for a stop. The article has 20 s, as its agent asks for. Without fencing a stop that is cut off blocks the service ' +
      'until somebody cleans up.',
    unit: 's',
    defaults: { period: 20, current: 90 },
    schema: wholeSecondsBetween(5, 600),
  },
  {
    name: 'nfsserver.monitorTimeout',
    description:
      'The same for a look at it; when it is over, the server is restarted under its clients. The article has 10 s, the agent asks ' +
      'for 20 s. While the other server boots beside it, an emulated one was seen to need more than that.',
    unit: 's',
    defaults: { period: 10, current: 60 },
    schema: wholeSecondsBetween(2, 600),
  },
  {
    name: 'loadThreshold',
    description:
      'Load of a server, per processor, above which Pacemaker does fewer things at once; 0 is never. The article leaves it at ' +
      'the default, 80 %. Emulated machines are always above that: Pacemaker then does one thing at a time, and waits a ' +
      'minute for the delayed monitor of DRBD before it mounts. The period edition writes it only where it is not 80.',
    unit: '%',
    defaults: { period: 80, current: 0 },
    schema: wholeNumberBetween(0, 10_000),
  },
  protocolSetting,
  {
    name: 'drbd.size',
    description:
      'Size of the file that is replicated, its meta-data included. XFS refuses less than 300 MB. The article has 1 GiB; the ' +
      'current edition a small one, so that comparing the replicas after each run is quick: nothing else depends on it.',
    unit: 'MiB',
    defaults: { period: 1024, current: 320 },
    schema: mebibytesBetween(304, 32_768),
  },
  {
    name: 'drbd.resyncRate',
    description:
      'Bandwidth of a resynchronisation; 10M is understood. 0 leaves it to DRBD, as the article does, and makes a lab wait longer.',
    unit: 'MiB/s',
    defaults: { period: 0, current: 10 },
    schema: mebibytesBetween(0, 4096),
  },
  {
    name: 'nfs.mountOptions',
    description:
      'Options of the clients’ mount, words of nfs(5). The current edition adds vers=3: it is what the article’s clients end ' +
      'up with, since the export is the root of NFSv4 (fsid=root) and has no such path there. ' +
      softMeaning,
    defaults: both('rw,rsize=8192,wsize=8192,soft,intr,timeo=20,retrans=3'),
    schema: mountOptions,
  },
  {
    name: 'probe.intervalMs',
    description:
      'Time between two writes of each client while a scenario runs. The article’s loop sleeps 100 ms and then takes as long as ' +
      'the write does; on a schedule, emulated servers that look at their resources all the time cannot keep up with that.',
    unit: 'ms',
    defaults: { period: 100, current: 200 },
    schema: millisecondsBetween(10, 60_000),
  },
];

export function fences(values: Settings): boolean {
  return textSetting(values, 'fencing') === 'host';
}

export function drbdFencing(values: Settings): DrbdFencing {
  const policy = textSetting(values, 'drbd.fencing');
  return fencingPolicies.find((each) => each === policy) ?? 'dont-care';
}

/** Rules between settings. */
export function validate(values: Settings): string[] {
  return [
    ...(textSetting(values, 'nfsserver') === 'cloned' && textSetting(values, 'order') !== 'article'
      ? [
          'order=export-before-address and nfsserver=cloned contradict each other: with cloned the export is on both servers all the time',
        ]
      : []),
    ...(drbdFencing(values) === 'resource-and-stonith' && !fences(values)
      ? [
          'drbd.fencing=resource-and-stonith needs fencing=host: DRBD would hold every write until the peer is fenced, and nothing fences it',
        ]
      : []),
    ...brokenMountOptions(textSetting(values, 'nfs.mountOptions'), '3'),
  ];
}
