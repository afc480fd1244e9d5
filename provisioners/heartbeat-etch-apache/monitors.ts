import type { Lab } from '../../lab/provider.ts';
import type { Monitor } from '../../lab/stack.ts';
import { drbdEvents } from '../parts/drbd-events.ts';
import { parseHeartbeatLine } from '../parts/heartbeat-log.ts';
import { parseKernelLine } from '../parts/kernel-log.ts';
import { followLogs } from '../parts/logging.ts';
import { parseMailLine } from '../parts/mail.ts';
import { serverNames } from '../parts/servers.ts';
import { layout } from './layout.ts';

/** DRBD's own events, heartbeat's and the kernel's logs of the servers; the log of the mail server that gets the alerts. */
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
    followLogs(layout.mailHost, [layout.mailLog], parseMailLine),
  ];
}
