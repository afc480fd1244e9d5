/** How long a server that boots alone waits for its peer, where it had none when it went down: 2 minutes, as in the articles. */
export const degradedWaitSeconds = 120;
/** The same where it had its peer. DRBD takes a longer degr-wfc-timeout for this one, as its init script says at boot. */
export const peerWaitSeconds = 60;

/**
 * Policies of the option fencing (drbd.conf-8.4(5)): nothing; forbid the peer to be promoted; the same, and hold every write until
 * the peer is known to be fenced.
 */
export const fencingPolicies = ['dont-care', 'resource-only', 'resource-and-stonith'] as const;
export type DrbdFencing = (typeof fencingPolicies)[number];

/** Scripts of drbd-utils that forbid the peer to be promoted by a constraint of Pacemaker, and allow it again. */
export const pacemakerHandlers = {
  'fence-peer': '/usr/lib/drbd/crm-fence-peer.sh',
  'after-resync-target': '/usr/lib/drbd/crm-unfence-peer.sh',
} as const;

export interface DrbdResource {
  name: string;
  device: string;
  disk: string;
  /** A device, or `internal`. */
  metaDisk: string;
  protocol: string;
  /** 0 leaves it to DRBD. */
  resyncRateMib: number;
  nodes: readonly { name: string; address: string; port: number }[];
  /** Where an init script starts it; a cluster manager knows by itself when to wait and when to give up. */
  init?: {
    /** What to do when the only copy left is inconsistent. */
    inconsistentCommand?: string;
  };
  /** What DRBD does to its peer when replication breaks; handlers of Pacemaker. */
  fencing?: DrbdFencing;
  /** Extents of 4 MiB that may be written to without a note in the meta-data. */
  activityLogExtents?: number;
}

/** Resource file of DRBD 8.4 (drbd.conf-8.4(5)). */
export function drbdResource(resource: DrbdResource): string {
  const { init, activityLogExtents, fencing = 'dont-care' } = resource;
  const handlers = Object.entries({
    ...(init?.inconsistentCommand === undefined ? {} : { 'pri-on-incon-degr': init.inconsistentCommand }),
    ...(fencing === 'dont-care' ? {} : pacemakerHandlers),
  });
  return [
    `resource ${resource.name} {`,
    ...(handlers.length === 0
      ? []
      : ['  handlers {', ...handlers.map(([event, command]) => `    ${event} "${command}";`), '  }']),
    ...(init === undefined
      ? []
      : [
          '  startup {',
          `    degr-wfc-timeout ${String(degradedWaitSeconds)};    # The 2 minutes of the articles; DRBD waits no longer than wfc-timeout.`,
          `    wfc-timeout ${String(peerWaitSeconds)};          # 0, the default, lets a lonely server wait for its peer at boot for ever.`,
          '  }',
        ]),
    '  disk {',
    '    on-io-error detach;',
    ...(fencing === 'dont-care' ? [] : [`    fencing ${fencing};`]),
    ...(resource.resyncRateMib === 0
      ? []
      : [
          `    resync-rate ${String(resource.resyncRateMib)}M;`,
          '    c-plan-ahead 0;          # A fixed rate: no controller that measures and adapts.',
        ]),
    ...(activityLogExtents === undefined ? [] : [`    al-extents ${String(activityLogExtents)};`]),
    '  }',
    '  net {',
    `    protocol ${resource.protocol};`,
    '    verify-alg crc32c;       # Online verify compares the replicas by it.',
    '  }',
    ...resource.nodes.flatMap((node) => [
      `  on ${node.name} {`,
      `    device    ${resource.device};`,
      `    disk      ${resource.disk};`,
      `    address   ${node.address}:${String(node.port)};`,
      `    meta-disk ${resource.metaDisk};`,
      '  }',
    ]),
    '}',
    '',
  ].join('\n');
}

/** Space for external meta-data without an index: 36 KiB and a 32768th of the device (drbd.conf-8.4(5)), whole MiB. */
export function metaDiskMib(deviceMib: number): number {
  return Math.ceil(36 / 1024 + deviceMib / 32_768);
}

/** One minor of /proc/drbd (DRBD 8.4). */
export interface DrbdState {
  connection: string;
  role: string;
  peerRole: string;
  disk: string;
  peerDisk: string;
  outOfSyncKib: number;
}

/** @returns undefined when the text has no such minor or it is unconfigured */
export function parseProcDrbd(text: string, minor: number): DrbdState | undefined {
  const [, connection, role, peerRole, disk, peerDisk, counters] =
    new RegExp(
      `^ *${String(minor)}: cs:(\\S+) ro:(\\w+)/(\\w+) ds:(\\w+)/(\\w+)([\\s\\S]*?)(?=^ *\\d+: cs:|$(?![\\s\\S]))`,
      'm',
    ).exec(text) ?? [];
  if (
    connection === undefined ||
    role === undefined ||
    peerRole === undefined ||
    disk === undefined ||
    peerDisk === undefined
  )
    return undefined;
  const outOfSync = /\boos:(\d+)/.exec(counters ?? '')?.[1];
  return { connection, role, peerRole, disk, peerDisk, outOfSyncKib: Number(outOfSync ?? NaN) };
}

export function isRedundant(state: DrbdState | undefined): boolean {
  return state?.connection === 'Connected' && state.disk === 'UpToDate' && state.peerDisk === 'UpToDate';
}

/** As people know it: `Connected Primary/Secondary UpToDate/UpToDate`. */
export function describeDrbd(state: DrbdState | undefined): string {
  return state === undefined
    ? 'unconfigured'
    : `${state.connection} ${state.role}/${state.peerRole} ${state.disk}/${state.peerDisk}`;
}
