import { holderOf } from '../lab/record.ts';
import type { Tenure } from '../lab/record.ts';

/** Tenures that overlap by less say nothing: frames still under way, and the uncertainty of two clocks. */
const overlapToleranceMs = 250;

export interface Overlap {
  of: Tenure['of'];
  holders: readonly [string, string];
  fromMs: number;
  toMs: number;
}

/** Times in which two held the same thing at once. */
export function overlapsOf(tenures: readonly Tenure[]): Overlap[] {
  return tenures.flatMap((a, i) =>
    tenures.slice(i + 1).flatMap((b) => {
      const fromMs = Math.max(a.fromMs, b.fromMs);
      const toMs = Math.min(a.toMs, b.toMs);
      const comparable = a.of === b.of && a.subject === b.subject && holderOf(a) !== holderOf(b);
      return comparable && toMs - fromMs > overlapToleranceMs
        ? [{ of: a.of, holders: [holderOf(a), holderOf(b)], fromMs, toMs }]
        : [];
    }),
  );
}
