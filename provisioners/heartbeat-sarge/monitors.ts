import type { Lab } from '../../lab/provider.ts';
import type { Monitor, Settings } from '../../lab/stack.ts';
import { clientsOf } from '../../lab/topology.ts';
import { drbdEvents } from '../parts/drbd-events.ts';
import { parseHeartbeatLine } from '../parts/heartbeat-log.ts';
import { parseKernelLine } from '../parts/kernel-log.ts';
import { followLogs } from '../parts/logging.ts';
import { graceWatch } from '../parts/nfs-grace.ts';
import { serverNames } from '../parts/servers.ts';
import { layout } from './layout.ts';
import { stateOf } from './takeover.ts';

/** DRBD's own events, heartbeat's and the kernel's logs of the servers; the kernel's log of the clients; for NFSv4 its grace period. */
export function monitors(lab: Lab, settings: Settings): Monitor[] {
  const graceWatches = stateOf(settings) === undefined ? [] : serverNames(lab).map(graceWatch);
  return [
    ...graceWatches,
    ...serverNames(lab).flatMap((name) => [
      drbdEvents(name),
      followLogs(
        name,
        [layout.haLog, layout.kernelLog],
        (line) => parseKernelLine(line) ?? parseHeartbeatLine(line),
      ),
    ]),
    ...clientsOf(lab.topology).map((node) => followLogs(node.name, [layout.kernelLog], parseKernelLine)),
  ];
}
