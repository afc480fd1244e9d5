/**
 * One operation of a writer. Times are milliseconds on the clock of the run. A writer is open-loop: `dueMs` lies on a fixed
 * schedule, whatever happened to the operations before.
 */
export interface Sample {
  dueMs: number;
  startMs: number;
  endMs: number;
  /** errno name, as EIO, or HTTP and the status, as HTTP503; null when the write was acknowledged as durable. */
  error: string | null;
}

export interface Stall {
  /** Longest time without an acknowledgement minus the schedule's interval; whole milliseconds, never below 0. */
  seconds: number;
  /** When the first acknowledgement was missed: the last one before the gap, plus the interval. */
  startMs: number;
  /** The acknowledgement that ended it, or the end of the window. */
  endMs: number;
  /**
   * True when it was still open at the end of the window. An operation that is then less than one interval late is in
   * flight, not stalled.
   */
  open: boolean;
}

/**
 * The longest stall of a client inside a window (design: "Stall"). Acknowledgements before the window count as its left
 * edge, so a gap that began just before the fault is not cut short; where there is none, the window's start does. A gap that reaches over several windows is a stall of
 * each of them.
 * @param samples in any order
 * @returns undefined when the client acknowledged nothing at all up to the end of the window: nothing was exercised
 */
export function longestStall(
  samples: readonly Sample[],
  intervalMs: number,
  window: { fromMs: number; toMs: number },
): Stall | undefined {
  const acknowledged = samples
    .filter((sample) => sample.error === null && sample.endMs <= window.toMs)
    .map((sample) => sample.endMs)
    .sort((a, b) => a - b);
  const first = acknowledged[0];
  const last = acknowledged.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const leftEdgeMs = Math.min(first, window.fromMs - intervalMs);
  const gaps = [leftEdgeMs, ...acknowledged].map((previous, i) => {
    const next = acknowledged[i];
    const endMs = next ?? window.toMs;
    const open = next === undefined && endMs - previous > 2 * intervalMs;
    return { startMs: Math.min(previous + intervalMs, endMs), endMs, open };
  });
  const longest = gaps
    .filter((gap) => gap.endMs >= window.fromMs)
    .reduce<(typeof gaps)[number] | undefined>(
      (held, gap) =>
        held !== undefined && gap.endMs - gap.startMs <= held.endMs - held.startMs ? held : gap,
      undefined,
    );
  if (longest === undefined) return undefined;
  return { seconds: Math.round(longest.endMs - longest.startMs) / 1000, ...longest };
}

/** A stretch in which operations failed instead of blocking. */
export interface FailingStretch {
  startMs: number;
  endMs: number;
  error: string;
  operations: number;
}

/** Runs of consecutive failed operations with the same errno, in order of time. */
export function failingStretches(samples: readonly Sample[]): FailingStretch[] {
  const stretches: FailingStretch[] = [];
  let current: FailingStretch | undefined;
  for (const sample of [...samples].sort((a, b) => a.endMs - b.endMs)) {
    if (sample.error === null) {
      current = undefined;
    } else if (current?.error === sample.error) {
      current.endMs = sample.endMs;
      current.operations += 1;
    } else {
      current = { startMs: sample.startMs, endMs: sample.endMs, error: sample.error, operations: 1 };
      stretches.push(current);
    }
  }
  return stretches;
}
