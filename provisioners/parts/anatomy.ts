import type { Anatomy, Order } from '../../lab/anatomy.ts';
import { drbdSilenceSeconds } from './takeover.ts';

/** What there is of DRBD 8.4 to take hold of. */
export function drbdAnatomy(names: {
  resource: string;
  tcpPort: number;
  mountPoint: string;
  backingDisk?: string;
}): Anatomy['replication'] {
  const { resource, ...rest } = names;
  const order = (node: string, title: string, command: string): Order => ({ node, title, command });
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

/** hb_standby and hb_takeover of heartbeat 3.0.6. */
export const heartbeatMoves: Anatomy['moves'] = {
  standby: (from) => ({
    node: from,
    title: `${from} goes standby`,
    command: '/usr/share/heartbeat/hb_standby all',
  }),
  takeover: (to) => ({
    node: to,
    title: `${to} asks for the service`,
    command: '/usr/share/heartbeat/hb_takeover all',
  }),
};
