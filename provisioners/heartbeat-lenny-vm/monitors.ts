import type { Lab } from '../../lab/provider.ts';
import type { Monitor } from '../../lab/stack.ts';
import { drbdEvents } from '../parts/drbd-events.ts';
import { parseHeartbeatLine } from '../parts/heartbeat-log.ts';
import { parseKernelLine } from '../parts/kernel-log.ts';
import { followLogs } from '../parts/logging.ts';
import { serverNames } from '../parts/servers.ts';
import { parseConsoleLine } from '../parts/vm-console.ts';
import { consoleLog, consoleTag } from '../parts/vm-host.ts';
import { layout } from './layout.ts';

/** DRBD's own events, the logs of heartbeat and of the kernel, and the console of the virtual machine, of both servers. */
export function monitors(lab: Lab): Monitor[] {
  return serverNames(lab).flatMap((name) => [
    drbdEvents(name),
    followLogs(
      name,
      [layout.haLog, layout.kernelLog, consoleLog],
      (line) => parseConsoleLine(line, consoleTag) ?? parseKernelLine(line) ?? parseHeartbeatLine(line),
    ),
  ]);
}
