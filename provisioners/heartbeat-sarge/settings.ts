import { numberSetting } from '../../lab/settings.ts';
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
import { mountOptions, oneOf, wholeSecondsBetween } from '../parts/setting-values.ts';

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
  probeIntervalSetting,
];

/** Rules between settings. */
export function validate(values: Settings): string[] {
  const broken = brokenTimes(values);
  if (numberSetting(values, 'nfs.graceTime') < numberSetting(values, 'nfs.leaseTime'))
    broken.push(
      contradiction(values, 'nfs.graceTime', 'nfs.leaseTime') +
        'graceTime must be at least leaseTime, or clients lose the right to reclaim before they notice',
    );
  return broken;
}
