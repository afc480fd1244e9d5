/** Steps between ticks of time that people count in, in seconds. */
const timeSteps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400];

/** Ticks from 0 to the end of the run, at most `most` steps; milliseconds. */
export function timeTicks(endMs: number, most: number): number[] {
  const last = timeSteps.at(-1) ?? 1;
  const step = 1000 * (timeSteps.find((seconds) => endMs / (seconds * 1000) <= most) ?? last);
  const ticks: number[] = [];
  for (let i = 0; i * step <= endMs; i++) ticks.push(i * step);
  return ticks;
}

/** `0:30`, `12:00`; with tenths where the step asks for them. */
export function timeLabel(ms: number, stepMs: number): string {
  const minutes = Math.floor(ms / 60_000);
  const seconds = (ms - minutes * 60_000) / 1000;
  return stepMs < 1000
    ? `${String(minutes)}:${seconds.toFixed(1).padStart(4, '0')}`
    : `${String(minutes)}:${String(Math.round(seconds)).padStart(2, '0')}`;
}

/** A log axis over whole decades; values below it lie on its lower end. */
export interface LogAxis {
  /** Powers of ten of milliseconds, from low to high. */
  readonly decades: readonly number[];
  /** 0 at the low end, 1 at the high end. */
  position(value: number): number;
}

/** An axis that holds the given latencies (milliseconds), never below 0.1 ms, never less than two decades. */
export function logAxis(values: Iterable<number>): LogAxis {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const first = Math.max(-1, Math.floor(Math.log10(low === Infinity ? 1 : Math.max(low, 0.1))));
  const last = Math.max(
    first + 2,
    Math.ceil(Math.log10(high === -Infinity ? 100 : Math.max(high, 0.1)) - 1e-9),
  );
  const decades = Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
  return {
    decades,
    position: (value) => {
      const exponent = Math.log10(Math.max(value, 10 ** first));
      return Math.min(1, (exponent - first) / (last - first));
    },
  };
}

/** `0.1 ms`, `100 ms`, `1 s`, `10 s`. */
export function decadeLabel(ms: number): string {
  return ms >= 1000
    ? `${String(Math.round(ms / 1000))} s`
    : `${ms < 1 ? ms.toFixed(1) : String(Math.round(ms))} ms`;
}
