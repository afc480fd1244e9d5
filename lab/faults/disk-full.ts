import type { Fault } from '../fault.ts';
import { shellQuote } from '../quote.ts';
import { defaultTtlMs, type FaultBounds } from './parts/bounds.ts';
import { strike, undo } from './parts/guest-deed.ts';
import { untilItSays } from './parts/looks.ts';

const fileName = '.lab-disk-full';

/** A file system has no block left, those reserved for root included: a file of its own takes them all. */
export function diskFull(
  mountPoint: string,
  { ttlMs = defaultTtlMs, provenWithinMs = 60_000 }: FaultBounds = {},
): Fault {
  const id = 'disk-full';
  const file = shellQuote(`${mountPoint}/${fileName}`);
  const tried = shellQuote(`${mountPoint}/${fileName}.tried`);
  const write = `dd if=/dev/zero of=${tried} bs=64k count=1 conv=fsync 2>&1; rm -f ${tried}`;
  return {
    name: 'disk-full',
    title: `${mountPoint} is full`,
    needs: [],
    ttlMs,

    inject: async (context) => {
      await strike(context, {
        id,
        // Ever smaller pieces, until not even one block of 4 KiB is left.
        strike: [
          `grep -q ${shellQuote(` ${mountPoint} `)} /proc/mounts`,
          'at=0; piece=67108864',
          'while [ $piece -ge 4096 ]; do',
          `  if fallocate -o $at -l $piece ${file} 2>/dev/null; then at=$((at + piece)); else piece=$((piece / 2)); fi`,
          'done',
        ].join('\n'),
        undo: `rm -f ${file} ${tried}`,
        ttlMs,
      });
    },

    proven: async (context) => {
      const { node } = context;
      await untilItSays(
        context,
        `writing to ${mountPoint} of ${node} to fail`,
        write,
        (told) => told.includes('No space left on device'),
        provenWithinMs,
      );
      return { proof: [`64 KiB could not be written to ${mountPoint} of ${node}: ENOSPC`] };
    },

    heal: async (context) => {
      await undo(context, id);
    },

    healed: async (context) => {
      await untilItSays(
        context,
        `writing to ${mountPoint} of ${context.node} to succeed`,
        `{ ${write}; } | grep -q 'No space' || echo it-succeeded`,
        (told) => told === 'it-succeeded',
        30_000,
      );
    },
  };
}
