export interface HeartbeatTimes {
  keepalive: number;
  deadtime: number;
  /** 0: half of deadtime. */
  warntime: number;
  initdead: number;
}

/** ha.cf(5) of a cluster that manages resources itself (haresources), without Pacemaker. */
export function haCf(options: {
  times: HeartbeatTimes;
  /** NICs on which it broadcasts. */
  interfaces?: readonly string[];
  /** The other node, where it speaks to that one alone. */
  peer?: { nic: string; address: string };
  serial?: { device: string; baud: number };
  autoFailback: boolean;
  nodes: readonly string[];
}): string {
  const { times, serial, interfaces = [], peer } = options;
  return [
    'logfacility local0',
    `keepalive ${heartbeatTime(times.keepalive)}`,
    `deadtime ${heartbeatTime(times.deadtime)}`,
    `warntime ${heartbeatTime(warntimeOf(times))}`,
    `initdead ${heartbeatTime(times.initdead)}`,
    ...(interfaces.length === 0 ? [] : [`bcast ${interfaces.join(' ')}`]),
    ...(peer === undefined ? [] : [`ucast ${peer.nic} ${peer.address}`]),
    ...(serial === undefined ? [] : [`baud ${String(serial.baud)}`, `serial ${serial.device}`]),
    `auto_failback ${options.autoFailback ? 'on' : 'off'}`,
    ...options.nodes.map((node) => `node ${node}`),
    '',
  ].join('\n');
}

export function warntimeOf({ warntime, deadtime }: Pick<HeartbeatTimes, 'warntime' | 'deadtime'>): number {
  return warntime > 0 ? warntime : deadtime / 2;
}

/** Heartbeat's time syntax: plain seconds, or milliseconds with "ms". */
export function heartbeatTime(seconds: number): string {
  return Number.isInteger(seconds) ? String(seconds) : `${String(Math.round(seconds * 1000))}ms`;
}

/** A line of haresources: the node that should hold the group, then its resources in the order of starting. */
export function haResources(node: string, resources: readonly (readonly string[])[]): string {
  return `${node} ${resources.map((words) => words.join('::')).join(' ')}\n`;
}

export function authKeys(secret: string): string {
  return `auth 1\n1 sha1 ${secret}\n`;
}

/** Messages carry a check sum and no signature: whoever reaches the port is believed. */
export const crcAuthKeys = 'auth 1\n1 crc\n';
