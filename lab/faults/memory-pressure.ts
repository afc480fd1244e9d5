import type { Fault } from '../fault.ts';
import { shellQuote } from '../quote.ts';
import { defaultTtlMs, type FaultBounds } from './parts/bounds.ts';
import { strike, undo } from './parts/guest-deed.ts';
import { untilItSays } from './parts/looks.ts';

/** A process takes memory until only so much is available, and holds it. */
export function memoryPressure(
  leaveMib: number,
  { ttlMs = defaultTtlMs, provenWithinMs = 60_000 }: FaultBounds = {},
): Fault {
  const id = 'memory-pressure';
  const pid = `/run/lab-faults/${id}.pid`;
  const availableMib = "awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo";
  // It looks again after each piece: what the system frees meanwhile is taken as well.
  const take = [
    '$0 = "lab-memory"; my @held;',
    'for (;;) {',
    '  open my $info, "<", "/proc/meminfo" or die; my ($kib) = map { /^MemAvailable:\\s+(\\d+)/ ? $1 : () } <$info>;',
    '  if ($kib / 1024 > $ARGV[0] + 4) { push @held, "x" x (4 * 1048576); } else { select undef, undef, undef, 0.5; }',
    '}',
  ].join(' ');
  return {
    name: 'memory-pressure',
    title: `only ${String(leaveMib)} MiB of memory are left`,
    needs: [],
    ttlMs,

    inject: async (context) => {
      await strike(context, {
        id,
        strike: [
          `setsid perl -e ${shellQuote(take)} ${String(leaveMib)} </dev/null >/dev/null 2>&1 &`,
          `echo $! > ${pid}`,
        ].join('\n'),
        undo: `[ ! -s ${pid} ] || { kill -9 "$(cat ${pid})" 2>/dev/null; rm -f ${pid}; }`,
        ttlMs,
      });
    },

    proven: async (context) => {
      const { node } = context;
      const left = await untilItSays(
        context,
        `${node} to have no more than ${String(leaveMib)} MiB`,
        `[ -s ${pid} ] && kill -0 "$(cat ${pid})" && ${availableMib}`,
        (told) => told !== '' && Number(told) <= leaveMib + 8,
        provenWithinMs,
      );
      return { proof: [`${left} MiB of memory are available on ${node} (its own kernel)`] };
    },

    heal: async (context) => {
      await undo(context, id);
    },

    healed: async (context) => {
      await untilItSays(
        context,
        `${context.node} to have its memory back`,
        availableMib,
        (told) => Number(told) > leaveMib + 8,
        30_000,
      );
    },
  };
}
