import type { Samples } from '../../lab/record.ts';

/** One operation as it is drawn. */
export interface Point {
  dueMs: number;
  /** From when the operation was due until it ended. */
  latencyMs: number;
  error: string | null;
}

export function pointsOf(samples: Samples): Point[] {
  return samples.dueMs.map((dueMs, i) => ({
    dueMs,
    latencyMs: Math.max(0, (samples.endMs[i] ?? dueMs) - dueMs),
    error: samples.error[i] ?? null,
  }));
}

/**
 * Fewer points with the same look: where there are more than `most`, the run is cut into stretches and each keeps its
 * fastest and slowest operation and the slowest of each kind of error. The maximum of the whole is always kept.
 */
export function thinned(points: readonly Point[], most: number): Point[] {
  if (points.length <= most) return [...points];
  const stretches = Math.max(1, Math.floor(most / 2));
  const size = points.length / stretches;
  const kept: Point[] = [];
  for (let i = 0; i < stretches; i++)
    kept.push(...extremes(points.slice(Math.round(i * size), Math.round((i + 1) * size))));
  return kept;
}

function extremes(points: readonly Point[]): Point[] {
  const kept = new Map<string, Point>();
  const keep = (key: string, point: Point, better: (a: Point, b: Point) => boolean): void => {
    const held = kept.get(key);
    if (held === undefined || better(point, held)) kept.set(key, point);
  };
  for (const point of points) {
    keep('fastest', point, (a, b) => a.latencyMs < b.latencyMs);
    keep('slowest', point, (a, b) => a.latencyMs > b.latencyMs);
    if (point.error !== null) keep(`error ${point.error}`, point, (a, b) => a.latencyMs > b.latencyMs);
  }
  return [...new Set(kept.values())].sort((a, b) => a.dueMs - b.dueMs);
}
