import type { Fault } from '../fault.ts';
import { shellQuote } from '../quote.ts';
import { defaultTtlMs, type FaultBounds } from './parts/bounds.ts';
import { strike, undo } from './parts/guest-deed.ts';
import { untilItSays } from './parts/looks.ts';

/**
 * Every request to a disk fails with an I/O error.
 * @param disk name of the device-mapper device that lies on the disk, one linear target (dmsetup(8))
 */
export function diskError(
  disk: string,
  { ttlMs = defaultTtlMs, provenWithinMs = 30_000 }: FaultBounds = {},
): Fault {
  const name = shellQuote(disk);
  const id = `disk-error-${disk}`;
  const kept = `/run/lab-faults/${id}.table`;
  const read = `dd if=${shellQuote(`/dev/mapper/${disk}`)} of=/dev/null bs=4096 count=1 iflag=direct 2>&1`;
  const replaceBy = (table: string): string =>
    `dmsetup suspend --noflush --nolockfs ${name} && dmsetup load ${name} ${table} && dmsetup resume ${name}`;
  return {
    name: 'disk-error',
    title: `${disk} fails`,
    needs: [],
    ttlMs,

    inject: async (context) => {
      await strike(context, {
        id,
        strike: [
          `dmsetup table ${name} > ${kept}`,
          `grep -q ' linear ' ${kept}`,
          replaceBy(`--table "0 $(cut -d' ' -f2 ${kept}) error"`),
        ].join('\n'),
        undo: `[ ! -s ${kept} ] || { ${replaceBy(kept)} && rm -f ${kept}; }`,
        ttlMs,
      });
    },

    proven: async (context) => {
      const { node } = context;
      await untilItSays(
        context,
        `reading ${disk} of ${node} to fail`,
        read,
        (told) => told.includes('Input/output error'),
        provenWithinMs,
      );
      return { proof: [`a read of ${disk} of ${node} failed with EIO (past its cache)`] };
    },

    heal: async (context) => {
      await undo(context, id);
    },

    healed: async (context) => {
      await untilItSays(
        context,
        `reading ${disk} of ${context.node} to succeed`,
        `${read} && echo it-succeeded`,
        (told) => told.includes('it-succeeded'),
        30_000,
      );
    },
  };
}
