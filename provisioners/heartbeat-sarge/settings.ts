import { numberSetting } from '../../lab/settings.ts';
import type { Setting, Settings } from '../../lab/stack.ts';
import {
  flag,
  mebibytesBetween,
  millisecondsBetween,
  mountOptions,
  oneOf,
  secondsBetween,
  wholeSecondsBetween,
} from '../parts/setting-values.ts';

const leftOut =
  'The article has no such line: the period edition writes one only when the value differs from the default.';

export const settings: readonly Setting[] = [
  {
    name: 'keepalive',
    description: 'Time between two heartbeats.',
    unit: 's',
    defaults: { period: 2, current: 2 },
    schema: secondsBetween(0.1, 60),
  },
  {
    name: 'deadtime',
    description: 'Silence after which heartbeat declares the other node dead.',
    unit: 's',
    defaults: { period: 10, current: 10 },
    schema: secondsBetween(1, 600),
  },
  {
    name: 'warntime',
    description: `Silence after which heartbeat logs a late heartbeat; 0 follows deadtime: half of it. ${leftOut}`,
    unit: 's',
    defaults: { period: 0, current: 0 },
    schema: secondsBetween(0, 600),
  },
  {
    name: 'initdead',
    description:
      'Silence after which a node that was never heard since the start of heartbeat counts as dead; the sample ha.cf of ' +
      `the package advises twice deadtime. ${leftOut}`,
    unit: 's',
    defaults: { period: 30, current: 30 },
    schema: secondsBetween(10, 1200),
  },
  {
    name: 'autoFailback',
    description:
      'Whether the service returns to the first server as soon as that is back. The period edition writes no line for ' +
      'on: it is what that release does without one.',
    defaults: { period: true, current: true },
    schema: flag,
  },
  {
    name: 'drbd.protocol',
    description:
      'When a write counts as done: A on the local disk, B in the memory of the other server, C on its disk.',
    defaults: { period: 'C', current: 'C' },
    schema: oneOf('A', 'B', 'C'),
  },
  {
    name: 'drbd.size',
    description:
      'Size of the replicated device, kept in MiB; 512M and 1G are understood. Small, so that comparing the replicas after each ' +
      "run is quick: nothing else depends on it. The period edition replicates the article's " +
      'partition of 26 GB, whatever is set here.',
    unit: 'MiB',
    defaults: { period: 26_624, current: 64 },
    schema: mebibytesBetween(32, 32_768),
  },
  {
    name: 'drbd.resyncRate',
    description: 'Bandwidth of a resynchronisation; 10M is understood.',
    unit: 'MiB/s',
    defaults: { period: 10, current: 10 },
    schema: mebibytesBetween(1, 4096),
  },
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
      'Options of the clients’ mount besides the version, words of nfs(5). The article gives none.',
    defaults: { period: '', current: 'hard,proto=tcp' },
    schema: mountOptions,
  },
  {
    name: 'nfs.leaseTime',
    description:
      'How long the server keeps the state of a silent NFSv4 client (90 s is the default of the kernel).',
    unit: 's',
    defaults: { period: 90, current: 90 },
    schema: wholeSecondsBetween(10, 3600),
  },
  {
    name: 'nfs.graceTime',
    description:
      'How long a server that has just started lets clients reclaim what they held, and refuses new opens of NFSv4 and ' +
      'new locks of NFSv3 (90 s is the default of the kernel).',
    unit: 's',
    defaults: { period: 90, current: 90 },
    schema: wholeSecondsBetween(10, 3600),
  },
  {
    name: 'probe.intervalMs',
    description: 'Time between two writes of each client while a scenario runs.',
    unit: 'ms',
    defaults: { period: 100, current: 100 },
    schema: millisecondsBetween(10, 60_000),
  },
];

/** Rules between settings. */
export function validate(values: Settings): string[] {
  const value = (name: string): number => numberSetting(values, name);
  const both = (a: string, b: string): string =>
    `${a}=${String(value(a))} and ${b}=${String(value(b))} contradict each other: `;
  const broken: string[] = [];
  if (value('deadtime') <= value('keepalive'))
    broken.push(both('deadtime', 'keepalive') + 'deadtime must be longer than keepalive');
  const warntime = value('warntime');
  if (warntime > 0 && warntime >= value('deadtime'))
    broken.push(both('warntime', 'deadtime') + 'warntime must be shorter than deadtime');
  if (warntime > 0 && warntime <= value('keepalive'))
    broken.push(both('warntime', 'keepalive') + 'warntime must be longer than keepalive');
  // heartbeat 3.0.6 warns of anything less: "It should be >= deadtime and >= 10 seconds".
  if (value('initdead') < value('deadtime'))
    broken.push(both('initdead', 'deadtime') + 'initdead must be at least deadtime');
  if (value('nfs.graceTime') < value('nfs.leaseTime'))
    broken.push(
      both('nfs.graceTime', 'nfs.leaseTime') +
        'graceTime must be at least leaseTime, or clients lose the right to reclaim before they notice',
    );
  return broken;
}
