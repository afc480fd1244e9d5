import { numberSetting, textSetting } from '../../lab/settings.ts';
import type { Setting, Settings } from '../../lab/stack.ts';
import {
  autoFailbackSetting,
  brokenTimes,
  contradiction,
  deadtimeSetting,
  initdeadSetting,
  keepaliveSetting,
  probeIntervalSetting,
  protocolSetting,
  resyncRateSetting,
  sizeSetting,
  warntimeSetting,
} from '../parts/cluster-settings.ts';
import { brokenMedia, mediaSetting } from '../parts/heartbeat-media.ts';
import { brokenMountOptions } from '../parts/nfs-options.ts';
import {
  mountOptions,
  oneOf,
  softMeaning,
  wholeSecondsBetween,
  zeroOrMillisecondsBetween,
} from '../parts/setting-values.ts';
import { layout } from './layout.ts';

const leftOut =
  ' The article has no such line: the period edition writes one only when the value differs from the default.';

export const settings: readonly Setting[] = [
  keepaliveSetting(2),
  deadtimeSetting(10),
  warntimeSetting(0, leftOut),
  initdeadSetting(30, leftOut),
  autoFailbackSetting(
    true,
    ' The period edition writes no line for on: it is what that release does without one.',
  ),
  mediaSetting(
    'How the servers hear each other: eth is the LAN alone, as in the article; eth+serial a serial line besides, so that ' +
      'neither takes the other for dead when the LAN breaks.',
  ),
  protocolSetting,
  sizeSetting(
    26_624,
    "The period edition replicates the article's partition of 26 GB, whatever is set here.",
  ),
  resyncRateSetting(10),
  {
    name: 'nfs.version',
    description:
      'NFS protocol the clients mount with. The period edition leaves it to the client, as the article does.',
    defaults: { period: '3', current: '3' },
    schema: oneOf('3', '4.1', '4.2'),
  },
  {
    name: 'nfs.mountOptions',
    description:
      'Options of the clients’ mount besides the version, words of nfs(5). The article gives none. ' +
      softMeaning,
    defaults: { period: '', current: 'hard,proto=tcp' },
    schema: mountOptions,
  },
  {
    name: 'nfs.leaseTime',
    description:
      'How long the server keeps the state of a silent NFSv4 client; clients renew it after two thirds of that. 90 s is the ' +
      'default of the kernel. The period edition leaves it there: its kernel knows no such setting.',
    unit: 's',
    defaults: { period: 90, current: 90 },
    schema: wholeSecondsBetween(10, 3600),
  },
  {
    name: 'nfs.graceTime',
    description:
      'How long a server that has just started lets clients reclaim what they held, and refuses new opens of NFSv4 and ' +
      'new locks of NFSv3. It ends when the last client of the old server has reclaimed. 90 s is the default of the kernel; ' +
      'the period edition leaves it there.',
    unit: 's',
    defaults: { period: 90, current: 90 },
    schema: wholeSecondsBetween(10, 3600),
  },
  {
    ...probeIntervalSetting,
    description:
      `${probeIntervalSetting.description} 0 follows nfs.version: 200 ms with NFSv3, of which an emulated client took 50 to 115 ms ` +
      'for one, 250 ms with NFSv4, whose write is more calls: 50 to 120 ms, seldom 240, and 450 for the first. The samples of a ' +
      'record say which interval it was.',
    defaults: { period: 0, current: 0 },
    schema: zeroOrMillisecondsBetween(10, 60_000),
  },
];

const followedIntervalMs = { version3: 200, version4: 250 };

/** Time between two writes of a client: the setting, or what a write of that protocol version leaves room for. */
export function probeIntervalMs(values: Settings): number {
  const given = numberSetting(values, 'probe.intervalMs');
  if (given > 0) return given;
  return followedIntervalMs[textSetting(values, 'nfs.version') === '3' ? 'version3' : 'version4'];
}

/** Rules between settings. */
export function validate(values: Settings): string[] {
  const broken = [
    ...brokenTimes(values),
    ...brokenMedia(values, layout.baud),
    ...brokenMountOptions(textSetting(values, 'nfs.mountOptions'), textSetting(values, 'nfs.version')),
  ];
  if (numberSetting(values, 'nfs.graceTime') < numberSetting(values, 'nfs.leaseTime'))
    broken.push(
      contradiction(values, 'nfs.graceTime', 'nfs.leaseTime') +
        'graceTime must be at least leaseTime, or clients lose the right to reclaim before they notice',
    );
  return broken;
}
