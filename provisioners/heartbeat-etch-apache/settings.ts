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
import { brokenMedia, mediaSetting } from '../parts/heartbeat-media.ts';
import { fileSystemOptions, secondsBetween } from '../parts/setting-values.ts';
import { layout } from './layout.ts';

/** A client has 1024 file descriptors. */
const requestsUnderWay = 500;

export const settings: readonly Setting[] = [
  keepaliveSetting(2),
  warntimeSetting(10),
  deadtimeSetting(60),
  initdeadSetting(80),
  autoFailbackSetting(false),
  mediaSetting(
    'How the servers hear each other: eth is the crossover cable alone, eth+serial the LAN and a serial line, as the ' +
      'article’s second ha.cf has it. DRBD stays on the crossover cable.',
  ),
  protocolSetting,
  sizeSetting(2894, 'The period edition replicates the article’s /dev/hda5, whatever is set here.'),
  resyncRateSetting(100),
  {
    name: 'filesystem.options',
    description:
      'Mount options of the replicated file system, words of mount(8). The article gives none. Apache does not sync what it ' +
      'stores, so without "sync" an upload counts as done while it is in the memory of one server only.',
    defaults: { period: '', current: 'sync' },
    schema: fileSystemOptions,
  },
  {
    name: 'http.timeoutSeconds',
    description:
      'How long a client waits for an answer before it gives a request up, connecting included. The article has no clients.',
    unit: 's',
    defaults: { period: 5, current: 5 },
    schema: secondsBetween(0.5, 60),
  },
  {
    ...probeIntervalSetting,
    description:
      `${probeIntervalSetting.description} The article has no clients. An emulated server answers about 20 synced uploads a ` +
      'second, two clients with 100 ms between them: what a stall leaves waiting then never gets done in time.',
    defaults: { period: 100, current: 200 },
  },
];

/** Rules between settings. */
export function validate(values: Settings): string[] {
  const underWay =
    (1000 * numberSetting(values, 'http.timeoutSeconds')) / numberSetting(values, 'probe.intervalMs');
  return [
    ...brokenTimes(values),
    ...brokenMedia(values, layout.baud),
    ...(underWay > requestsUnderWay
      ? [
          contradiction(values, 'http.timeoutSeconds', 'probe.intervalMs') +
            `more than ${String(requestsUnderWay)} requests of a client would be under way`,
        ]
      : []),
  ];
}
