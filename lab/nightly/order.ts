import type { NightCell } from '../night.ts';
import type { RunSummary } from '../run-summary.ts';
import { labNameOf } from './lab-name.ts';

/** One repeat of one cell. */
export interface Task {
  cell: NightCell;
  /** From 1. */
  repeat: number;
  /** Name of the lab that it runs on. */
  lab: string;
}

/** What the history says of a cell. */
export interface CellPast {
  /** Something was worse the last time. */
  conspicuous: boolean;
  /** Place of its newest run in the history; null where it was never run with these settings on this kind of host. */
  lastRun: number | null;
}

/** How urgent it is to know how a cell is, the most urgent first. */
function rankOf({ conspicuous, lastRun }: CellPast): number {
  return conspicuous ? 0 : lastRun === null ? 1 : 2;
}

/**
 * A run after which one wants to know at once whether it is so again: it failed, lost writes, could not be judged, or its stall was
 * longer than predicted.
 */
export function isConspicuous(
  run: Pick<RunSummary, 'verdict' | 'lost' | 'damaged' | 'stallSeconds' | 'predicted'>,
): boolean {
  return (
    run.verdict !== 'pass' ||
    (run.lost ?? 0) + (run.damaged ?? 0) > 0 ||
    (run.predicted !== null && run.stallSeconds !== null && run.stallSeconds > run.predicted.toSeconds)
  );
}

/**
 * Every repeat of every cell, what is most worth knowing first:
 *
 * 1. first repeats of cells that were conspicuous the last time, and of those that were never run,
 * 2. first repeats of the others, those first that were not run for longest,
 * 3. second repeats of all, and so on.
 *
 * Within each of these passes the cells of one lab follow each other, since a change of labs takes time; the lab with the most urgent
 * cell comes first, but for the one that the pass before ended with.
 */
export function tasksInOrder(cells: readonly NightCell[], pastOf: (cell: NightCell) => CellPast): Task[] {
  const ranked = cells.map((cell, i) => {
    const past = pastOf(cell);
    return { cell, lab: labNameOf(cell), rank: rankOf(past), lastRun: past.lastRun ?? -1, i };
  });
  const mostRepeats = Math.max(0, ...cells.map(({ repeats }) => repeats));
  const passes = [
    { repeat: 1, cells: ranked.filter(({ rank }) => rank < 2) },
    { repeat: 1, cells: ranked.filter(({ rank }) => rank === 2) },
    ...Array.from({ length: Math.max(0, mostRepeats - 1) }, (_, k) => ({
      repeat: k + 2,
      cells: ranked.filter(({ cell }) => cell.repeats >= k + 2),
    })),
  ];
  const tasks: Task[] = [];
  for (const pass of passes) {
    const sorted = [...pass.cells].sort((a, b) => a.rank - b.rank || a.lastRun - b.lastRun || a.i - b.i);
    const before = tasks.at(-1)?.lab;
    const labs = [...new Set(sorted.map(({ lab }) => lab))];
    const inTurn = [...labs.filter((lab) => lab === before), ...labs.filter((lab) => lab !== before)];
    for (const lab of inTurn)
      for (const { cell } of sorted.filter((each) => each.lab === lab))
        tasks.push({ cell, repeat: pass.repeat, lab });
  }
  return tasks;
}
