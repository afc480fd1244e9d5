import { numberSetting } from '../../lab/settings.ts';
import type { Setting, Settings } from '../../lab/stack.ts';
import { flag, mebibytesBetween, millisecondsBetween, oneOf, secondsBetween } from './setting-values.ts';

/** Settings of clusters with heartbeat and DRBD. `value` is the article's, `note` what only one article needs said. */

export function keepaliveSetting(value: number): Setting {
  return seconds('keepalive', 'Time between two heartbeats.', value, 0.1, 60);
}

export function deadtimeSetting(value: number): Setting {
  return seconds('deadtime', 'Silence after which heartbeat declares the other node dead.', value, 1, 600);
}

export function warntimeSetting(value: number, note = ''): Setting {
  return seconds(
    'warntime',
    `Silence after which heartbeat logs a late heartbeat; 0 follows deadtime: half of it.${note}`,
    value,
    0,
    600,
  );
}

export function initdeadSetting(value: number, note = ''): Setting {
  return seconds(
    'initdead',
    'Silence after which a node that was never heard since the start of heartbeat counts as dead; the sample ha.cf of ' +
      `the package advises twice deadtime.${note}`,
    value,
    10,
    1200,
  );
}

export function autoFailbackSetting(value: boolean, note = ''): Setting {
  return {
    name: 'autoFailback',
    description: `Whether the service returns to the first server as soon as that is back.${note}`,
    defaults: { period: value, current: value },
    schema: flag,
  };
}

export const protocolSetting: Setting = {
  name: 'drbd.protocol',
  description:
    'When a write counts as done: A on the local disk, B in the memory of the other server, C on its disk.',
  defaults: { period: 'C', current: 'C' },
  schema: oneOf('A', 'B', 'C'),
};

export function sizeSetting(periodMib: number, note: string): Setting {
  return {
    name: 'drbd.size',
    description:
      'Size of the replicated device, kept in MiB; 512M and 1G are understood. Small, so that comparing the replicas after each ' +
      `run is quick: nothing else depends on it. ${note}`,
    unit: 'MiB',
    defaults: { period: periodMib, current: 64 },
    schema: mebibytesBetween(32, 32_768),
  };
}

export function resyncRateSetting(mibPerSecond: number): Setting {
  return {
    name: 'drbd.resyncRate',
    description: 'Bandwidth of a resynchronisation; 10M is understood.',
    unit: 'MiB/s',
    defaults: { period: mibPerSecond, current: mibPerSecond },
    schema: mebibytesBetween(1, 4096),
  };
}

export const probeIntervalSetting: Setting = {
  name: 'probe.intervalMs',
  description: 'Time between two writes of each client while a scenario runs.',
  unit: 'ms',
  defaults: { period: 100, current: 100 },
  schema: millisecondsBetween(10, 60_000),
};

function seconds(name: string, description: string, value: number, min: number, max: number): Setting {
  return {
    name,
    description,
    unit: 's',
    defaults: { period: value, current: value },
    schema: secondsBetween(min, max),
  };
}

/** Rules between the times of heartbeat. */
export function brokenTimes(values: Settings): string[] {
  const value = (name: string): number => numberSetting(values, name);
  const broken: string[] = [];
  // heartbeat does not start otherwise: "Dead time [3000] is too small compared to keeplive [2000]" (3.0.6; the sources of
  // older releases have the same rule).
  if (value('deadtime') <= 2 * value('keepalive'))
    broken.push(
      contradiction(values, 'deadtime', 'keepalive') + 'deadtime must be longer than twice keepalive',
    );
  const warntime = value('warntime');
  if (warntime > 0 && warntime >= value('deadtime'))
    broken.push(contradiction(values, 'warntime', 'deadtime') + 'warntime must be shorter than deadtime');
  if (warntime > 0 && warntime <= value('keepalive'))
    broken.push(contradiction(values, 'warntime', 'keepalive') + 'warntime must be longer than keepalive');
  // heartbeat 3.0.6 warns of anything less: "It should be >= deadtime and >= 10 seconds".
  if (value('initdead') < value('deadtime'))
    broken.push(contradiction(values, 'initdead', 'deadtime') + 'initdead must be at least deadtime');
  return broken;
}

/** The beginning of a message about two settings. */
export function contradiction(values: Settings, a: string, b: string): string {
  return `${a}=${String(values[a])} and ${b}=${String(values[b])} contradict each other: `;
}
