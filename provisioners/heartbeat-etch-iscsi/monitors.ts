import type { Lab } from '../../lab/provider.ts';
import type { Monitor } from '../../lab/stack.ts';
import { clientsOf } from '../../lab/topology.ts';
import { drbdEvents } from '../parts/drbd-events.ts';
import { parseHeartbeatLine } from '../parts/heartbeat-log.ts';
import { parseInitiatorLine } from '../parts/iscsi-initiator.ts';
import { parseKernelLine } from '../parts/kernel-log.ts';
import { followLogs } from '../parts/logging.ts';
import { serverNames } from '../parts/servers.ts';
import { layout } from './layout.ts';

/** DRBD's own events, heartbeat's and the kernel's logs of the servers; the kernel's log of the clients, and what iscsid says there. */
export function monitors(lab: Lab): Monitor[] {
  return [
    ...serverNames(lab).flatMap((name) => [
      drbdEvents(name),
      followLogs(
        name,
        [layout.haLog, layout.kernelLog],
        (line) => parseKernelLine(line) ?? parseHeartbeatLine(line),
      ),
    ]),
    ...clientsOf(lab.topology).flatMap(({ name }) => [
      followLogs(name, [layout.kernelLog], parseKernelLine),
      followLogs(name, [layout.systemLog], parseInitiatorLine),
    ]),
  ];
}
