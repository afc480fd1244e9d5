import type { Anatomy, Daemon, Order } from '../../lab/anatomy.ts';
import { numberSetting } from '../../lab/settings.ts';
import type { Settings } from '../../lab/stack.ts';
import { degradedWaitSeconds, peerWaitSeconds } from './drbd.ts';
import { hasSerialLine } from './heartbeat-media.ts';
import { drbdSilenceSeconds } from './takeover.ts';

/** What there is of DRBD 8.4 to take hold of. */
export function drbdAnatomy(names: {
  resource: string;
  tcpPort: number;
  mountPoint: string;
  backingDisk: string;
}): Anatomy['replication'] {
  const { resource, ...rest } = names;
  return {
    ...rest,
    stateCommand: 'cat /proc/drbd',
    silenceMs: drbdSilenceSeconds * 1000,
    reattach: (node) => order(node, `${node} takes its disk back`, `drbdadm attach ${resource}`),
    // DRBD 8.4 User's Guide, "Manual split brain recovery". A survivor that still waits for its peer needs no connect.
    discard: (victim, survivor) => [
      order(
        victim,
        `${victim} throws away what it alone has`,
        `drbdadm secondary ${resource} && { drbdadm disconnect ${resource} || :; } && drbdadm connect --discard-my-data ${resource}`,
      ),
      order(
        survivor,
        `${survivor} connects again`,
        `! grep -q 'cs:StandAlone' /proc/drbd || drbdadm connect ${resource}`,
      ),
    ],
  };
}

/** The service that makes a server a part of the cluster, on systemd. */
export function clusterServiceAnatomy(name: string): Pick<Anatomy, 'clusterService' | 'revive'> {
  return {
    clusterService: name,
    revive: (node) => order(node, `${node} is a part of the cluster again`, `systemctl start ${name}`),
  };
}

/** What heartbeat 3.0.6 with haresources has in common wherever it runs. */
export function heartbeatAnatomy(
  settings: Settings,
): Pick<Anatomy, 'clusterService' | 'revive' | 'fences' | 'bootAlone' | 'moves'> {
  return {
    clusterService: 'heartbeat',
    // The unit stays active when heartbeat ends by itself (RemainAfterExit, heartbeat-steps.ts).
    revive: (node) =>
      order(
        node,
        `${node} is a part of the cluster again`,
        'pgrep -x heartbeat >/dev/null || systemctl restart heartbeat',
      ),
    fences: false,
    bootAlone: {
      waitMs: 1000 * (Math.min(degradedWaitSeconds, peerWaitSeconds) + numberSetting(settings, 'initdead')),
      from: `wfc-timeout=${String(peerWaitSeconds)} of DRBD, which caps degr-wfc-timeout=${String(degradedWaitSeconds)}, then initdead=${String(settings['initdead'])} of heartbeat`,
    },
    moves: {
      standby: (from) => order(from, `${from} goes standby`, '/usr/share/heartbeat/hb_standby all'),
      takeover: (to) => order(to, `${to} asks for the service`, '/usr/share/heartbeat/hb_takeover all'),
    },
  };
}

export const heartbeatDaemon = { process: 'heartbeat', service: 'heartbeat' };
/** nfs-server.service requires nfs-mountd.service, so a restart of it restarts nfsd, whose clients then lose their locks. */
export const mountDaemon: Daemon = { process: 'rpc.mountd', service: 'nfs-mountd', startsAlone: true };

/** Heartbeat speaks on one network; with a serial line on that of the service as well as on the line, as the stacks have it. */
export function heartbeatPaths(
  settings: Settings,
  network: string,
): Pick<Anatomy['networks'], 'heartbeat' | 'serialLine'> {
  return { heartbeat: [network], ...(hasSerialLine(settings) ? { serialLine: true } : {}) };
}

/**
 * Moves of a promotable resource by crm_resource(8) of Pacemaker 2.1: a server is banned from the promoted role, and the ban stands
 * until it is cleared. A preference would not do: with an infinite stickiness it weighs no more than staying.
 */
export function pacemakerMoves(promotable: string): Anatomy['moves'] {
  const ban = (node: string): string =>
    `crm_resource --ban --resource ${promotable} --promoted --node ${node}`;
  const clear = `crm_resource --clear --resource ${promotable}`;
  return {
    standby: (from) => order(from, `${from} may not be the promoted one`, ban(from)),
    takeover: (to, from) =>
      order(to, `${to} may be the promoted one again, ${from} may not`, `${clear} && ${ban(from)}`),
    forget: (node) => order(node, 'any of them may be the promoted one', clear),
  };
}

function order(node: string, title: string, command: string): Order {
  return { node, title, command };
}

/** A client has its mount in /etc/fstab as noauto: after a boot somebody types mount. */
export function mountsAgain(command: (client: string) => string): NonNullable<Anatomy['clientReturns']> {
  return (client) => ({
    ...order(client, `${client} has its mount again`, command(client)),
    timeoutMs: 300_000,
  });
}
