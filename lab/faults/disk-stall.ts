import type { Fault } from '../fault.ts';
import { shellQuote } from '../quote.ts';
import { defaultTtlMs, type FaultBounds } from './parts/bounds.ts';
import { strike, undo } from './parts/guest-deed.ts';
import { untilItSays } from './parts/looks.ts';

/** A read of one block of a device that works takes a few milliseconds. */
const readWaitsSeconds = 2;

/**
 * A disk neither answers nor fails: requests wait until the fault is healed.
 * @param disk name of the device-mapper device that lies on the disk (dmsetup(8), `suspend`)
 */
export function diskStall(
  disk: string,
  { ttlMs = defaultTtlMs, provenWithinMs = 30_000 }: FaultBounds = {},
): Fault {
  const name = shellQuote(disk);
  const id = `disk-stall-${disk}`;
  const suspended = `dmsetup info -c --noheadings -o suspended ${name}`;
  const read = `dd if=${shellQuote(`/dev/mapper/${disk}`)} of=/dev/null bs=4096 count=1 iflag=direct`;
  // A process that waits for the device cannot be killed; it ends with the fault.
  const probe = [
    `rm -f /run/lab-faults/${id}.read`,
    `(setsid sh -c '${read} && : > /run/lab-faults/${id}.read' </dev/null >/dev/null 2>&1 &)`,
    `sleep ${String(readWaitsSeconds)}`,
    `[ -e /run/lab-faults/${id}.read ] && echo answered || echo waits`,
  ].join('; ');
  return {
    name: 'disk-stall',
    title: `${disk} stalls`,
    needs: [],
    ttlMs,

    inject: async (context) => {
      await strike(context, {
        id,
        strike: `dmsetup suspend --noflush --nolockfs ${name}`,
        undo: `[ "$(${suspended})" != Suspended ] || dmsetup resume ${name}`,
        ttlMs,
      });
    },

    proven: async (context) => {
      const { node } = context;
      await untilItSays(
        context,
        `${disk} of ${node} to be suspended`,
        suspended,
        (told) => told === 'Suspended',
        provenWithinMs,
      );
      await untilItSays(
        context,
        `a read of ${disk} of ${node} to wait`,
        `mkdir -p /run/lab-faults; ${probe}`,
        (told) => told === 'waits',
        provenWithinMs,
      );
      return {
        proof: [
          `a read of ${disk} of ${node} was not answered within ${String(readWaitsSeconds)} s (past its cache)`,
        ],
      };
    },

    heal: async (context) => {
      await undo(context, id);
    },

    healed: async (context) => {
      await untilItSays(
        context,
        `a read of ${disk} of ${context.node} to succeed`,
        `[ "$(${suspended})" = Active ] && ${read} 2>/dev/null && echo it-succeeded`,
        (told) => told === 'it-succeeded',
        30_000,
      );
    },
  };
}
