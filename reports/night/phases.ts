import type { RunSummary } from '../../lab/run-summary.ts';
import { distributionOf } from '../statistics.ts';

/** A phase of several runs: its median. */
export interface PhaseMedian {
  name: string;
  /** Of the runs in which its end was observed; null where it was in none. */
  seconds: number | null;
  /** As the last of the runs says; null where nothing governs it. */
  governedBy: string | null;
}

/** The phases of the first window of several runs, in the order in which they come. */
export function phaseMedians(runs: readonly Pick<RunSummary, 'phases'>[]): PhaseMedian[] {
  const all = runs.flatMap(({ phases }) => phases);
  return [...new Set(all.map(({ name }) => name))].map((name) => {
    const own = all.filter((phase) => phase.name === name);
    return {
      name,
      seconds: distributionOf(own.flatMap(({ seconds }) => seconds ?? []))?.median ?? null,
      governedBy: own.at(-1)?.governedBy ?? null,
    };
  });
}

/** A phase before and after. */
export interface PhaseChange {
  name: string;
  beforeSeconds: number | null;
  nowSeconds: number | null;
  /** null where one of them is not known. */
  differenceSeconds: number | null;
  /** `deadtime=10`; both where they differ: `deadtime=10, now deadtime=30`. */
  governedBy: string | null;
}

/** Phases of both, paired by their names. */
export function phaseChanges(before: readonly PhaseMedian[], now: readonly PhaseMedian[]): PhaseChange[] {
  const names = [...new Set([...now, ...before].map(({ name }) => name))];
  return names.map((name) => {
    const was = before.find((phase) => phase.name === name);
    const is = now.find((phase) => phase.name === name);
    const beforeSeconds = was?.seconds ?? null;
    const nowSeconds = is?.seconds ?? null;
    return {
      name,
      beforeSeconds,
      nowSeconds,
      differenceSeconds:
        beforeSeconds === null || nowSeconds === null ? null : thousandths(nowSeconds - beforeSeconds),
      governedBy: governor(was?.governedBy ?? null, is?.governedBy ?? null),
    };
  });
}

function governor(before: string | null, now: string | null): string | null {
  if (before === null || now === null || before === now) return now ?? before;
  return `${before}, now ${now}`;
}

function thousandths(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
