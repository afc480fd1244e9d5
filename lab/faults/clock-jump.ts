import { TimeoutError } from '../errors.ts';
import type { Fault, FaultContext } from '../fault.ts';
import { shellQuote } from '../quote.ts';
import { defaultTtlMs, type FaultBounds } from './parts/bounds.ts';
import { strike, undo } from './parts/guest-deed.ts';
import { waitFor } from '../wait.ts';

/** The wall clock is set by date(1), which a process needs some tens of milliseconds for. */
const toleranceMs = 2000;

/**
 * The wall clock of a node is stepped, forward or (negative) back. Its monotonic clock, which the writers carry, goes on
 * undisturbed; what was read of its wall clock before is forgotten, so that no line of a log is dated by it.
 */
export function clockJump(
  jumpSeconds: number,
  { ttlMs = defaultTtlMs, provenWithinMs = 30_000 }: FaultBounds = {},
): Fault {
  const id = 'clock-jump';
  const kept = `/run/lab-faults/${id}.offset`;
  const clocks = 'perl -MTime::HiRes=clock_gettime,CLOCK_REALTIME,CLOCK_MONOTONIC -e';
  const keepOffset = `${clocks} ${shellQuote('printf "%.6f", clock_gettime(CLOCK_REALTIME) - clock_gettime(CLOCK_MONOTONIC)')} > ${kept}`;
  const setTo = (seconds: string): string =>
    `date -s "@$(${clocks} ${shellQuote('printf "%.6f", clock_gettime(CLOCK_MONOTONIC) + $ARGV[0] + $ARGV[1]')} "$(cat ${kept})" ${seconds})" >/dev/null`;
  let offsetBeforeMs: number | undefined;
  /** Wall clock minus monotonic clock: only a step of the wall clock changes it. */
  const offsetMs = async ({ lab, node }: FaultContext): Promise<number> => {
    const { stdout } = await lab
      .machine(node)
      .exec(
        `${clocks} ${shellQuote('printf "%.3f", 1e3 * (clock_gettime(CLOCK_REALTIME) - clock_gettime(CLOCK_MONOTONIC))')}`,
      );
    return Number(stdout);
  };
  const forget = async ({ lab, node }: FaultContext): Promise<void> => {
    lab.machine(node).wallClock.reset();
    await lab.machine(node).calibrate(8);
  };
  return {
    name: 'clock-jump',
    title: `the clock jumps by ${String(jumpSeconds)} s`,
    needs: [],
    ttlMs,

    inject: async (context) => {
      offsetBeforeMs = await offsetMs(context);
      context.lab.machine(context.node).wallClock.reset();
      await strike(context, {
        id,
        strike: `${keepOffset}\n${setTo(String(jumpSeconds))}`,
        undo: `[ ! -s ${kept} ] || { ${setTo('0')} && rm -f ${kept}; }`,
        ttlMs,
      });
      await forget(context);
    },

    proven: async (context) => {
      const { node } = context;
      const jumpedMs = await waitFor(
        `the clock of ${node} to have jumped`,
        async () => {
          if (offsetBeforeMs === undefined) return { done: false, state: 'nobody set it' };
          const jumped = (await offsetMs(context)) - offsetBeforeMs;
          return Math.abs(jumped - jumpSeconds * 1000) <= toleranceMs
            ? { done: true, value: jumped }
            : { done: false, state: `it is ${(jumped / 1000).toFixed(1)} s from where it was` };
        },
        { timeoutMs: provenWithinMs, everyMs: 500, signal: context.signal },
      );
      return {
        proof: [
          `the wall clock of ${node} moved by ${(jumpedMs / 1000).toFixed(1)} s against its monotonic clock`,
        ],
      };
    },

    heal: async (context) => {
      context.lab.machine(context.node).wallClock.reset();
      await undo(context, id);
      await forget(context);
    },

    healed: async (context) => {
      if (offsetBeforeMs === undefined) return;
      const away = Math.abs((await offsetMs(context)) - offsetBeforeMs);
      if (away > toleranceMs)
        throw new TimeoutError(
          `the clock of ${context.node} to be right`,
          0,
          `it is ${(away / 1000).toFixed(1)} s off`,
        );
    },
  };
}
