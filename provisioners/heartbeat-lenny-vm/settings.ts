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
  sizeSetting,
  warntimeSetting,
} from '../parts/cluster-settings.ts';
import { flag, mebibytesBetween, secondsBetween, wholeSecondsBetween } from '../parts/setting-values.ts';

/** A client has 1024 file descriptors. */
const requestsUnderWay = 500;
/** The disk of the virtual machine, and what the file system around it needs. */
const smallestDeviceMib = 48;

const notGiven =
  ' The article gives none; this is heartbeat’s own default (init_config in heartbeat/config.c).';

/** Defaults of heartbeat 2 that the article relies on by saying nothing. */
export const heartbeatDefaults = { keepalive: 1, warntime: 0, deadtime: 30, initdead: 30 } as const;

export const settings: readonly Setting[] = [
  noted(keepaliveSetting(heartbeatDefaults.keepalive)),
  noted(warntimeSetting(heartbeatDefaults.warntime)),
  noted(deadtimeSetting(heartbeatDefaults.deadtime)),
  noted(initdeadSetting(heartbeatDefaults.initdead)),
  autoFailbackSetting(true),
  {
    name: 'vm.autostart',
    description:
      'Whether heartbeat starts and stops the virtual machine. off is the article’s haresources, which moves the disk and ' +
      'starts nothing: the lab starts the virtual machine once by hand, and after a takeover it stays off. The period ' +
      'edition is always off: VMware Server is not to be had any more.',
    defaults: { period: false, current: true },
    schema: flag,
  },
  {
    name: 'vm.memory',
    description: 'Memory of the virtual machine, a file in /dev/shm of its node.',
    unit: 'MiB',
    defaults: { period: 64, current: 64 },
    schema: mebibytesBetween(40, 192),
  },
  {
    name: 'vm.stopSeconds',
    description:
      'How long a virtual machine that was asked to shut down may take before it is killed. The article has no word of it.',
    unit: 's',
    defaults: { period: 30, current: 30 },
    schema: wholeSecondsBetween(1, 600),
  },
  protocolSetting,
  sizeSetting(20_480, 'The period edition replicates the whole of /dev/sdb, whatever is set here.'),
  {
    name: 'drbd.resyncRate',
    description:
      'Bandwidth of a resynchronisation; 10M is understood. 0 leaves it to DRBD, as the article does: 250 KiB/s in DRBD 8.3.',
    unit: 'MiB/s',
    defaults: { period: 0, current: 10 },
    schema: mebibytesBetween(0, 4096),
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
      `${probeIntervalSetting.description} A write costs a virtual machine inside an emulated one a connection and a synced ` +
      'write of its disk, and it has half a processor at best.',
    defaults: { period: 250, current: 250 },
  },
];

function noted(setting: Setting): Setting {
  return { ...setting, description: setting.description + notGiven };
}

/** Rules between settings. */
export function validate(values: Settings): string[] {
  const underWay =
    (1000 * numberSetting(values, 'http.timeoutSeconds')) / numberSetting(values, 'probe.intervalMs');
  const size = numberSetting(values, 'drbd.size');
  return [
    ...brokenTimes(values),
    ...(underWay > requestsUnderWay
      ? [
          contradiction(values, 'http.timeoutSeconds', 'probe.intervalMs') +
            `more than ${String(requestsUnderWay)} requests of a client would be under way`,
        ]
      : []),
    ...(size < smallestDeviceMib
      ? [
          `drbd.size=${String(size)}: the disk of the virtual machine needs ${String(smallestDeviceMib)} MiB around it`,
        ]
      : []),
  ];
}
