import { isSuspicious } from './compare-stalls.ts';
import { figuresOf, isComparable, testingOf, type NightRuns } from './night-figures.ts';

export interface Confirmation {
  cell: string;
  /** How many times it is to be run now. */
  repeats: number;
}

/**
 * Cells whose stalls are suspicious, so that a few more runs decide. Asked when the night has run what it meant to, and again after
 * each round, until it is empty; a cell that is cleared, or slower beyond doubt, is left out, and so is one that had its
 * `confirmRepeats`. The night is judged on all of its runs.
 */
export function confirmations(asked: NightRuns): Confirmation[] {
  const { night, rules } = asked;
  const figures = figuresOf(asked);
  const testing = testingOf(figures, rules);
  return figures.flatMap(({ cell, series }) => {
    // Further tries of one repeat are no further runs.
    const had = new Set(
      night.attempts.flatMap((attempt) =>
        attempt.cell === cell.key && attempt.repeat > cell.repeats ? attempt.repeat : [],
      ),
    ).size;
    const repeats = Math.min(cell.repeats, rules.confirmRepeats - had);
    // Other windows are judged on what is there: to confirm each of them would cost a night its time.
    const first = series.find(({ window }) => window === null);
    if (repeats <= 0 || first === undefined || !isComparable(first, rules)) return [];
    return isSuspicious(first.now, first.before, testing, rules) ? { cell: cell.key, repeats } : [];
  });
}
