import { UsageError } from '../errors.ts';
import type { NightCell } from '../night.ts';
import { usualSeconds } from './estimate.ts';
import { labNameOf } from './lab-name.ts';

export interface Shard {
  /** From 1. */
  index: number;
  of: number;
}

export const mostShards = 100;

/** `2/3`. @throws UsageError for anything else */
export function parseShard(text: string): Shard {
  const [, index = 0, of = 0] = (/^(\d{1,3})\/(\d{1,3})$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= of && of <= mostShards) return { index, of };
  throw new UsageError(
    `--shard ${JSON.stringify(text)}: not a part of a whole`,
    `as 1/3, 2/3 and 3/3, up to ${String(mostShards)} parts`,
  );
}

type Splittable = Pick<NightCell, 'key' | 'stack' | 'edition' | 'label' | 'scenario' | 'repeats'>;

/** A cell with what it takes. */
interface Timed<T> {
  cell: T;
  lab: string;
  seconds: number;
  provisionSeconds: number;
}

/**
 * Splits cells so that all parts take about as long, with few labs in each, since every part has to provision its own: labs as a
 * whole, the longest first, each to the part that is done soonest (longest processing time first, Graham 1969), then single
 * cells from the longest part to others as long as that makes it shorter. The times are those that are usual, not those of
 * this host: every host of a night splits it alike, whatever it has run before. Together the parts are the whole; the cells of a part
 * keep their order.
 */
export function splitCells<T extends Splittable>(cells: readonly T[], of: number): T[][] {
  const sorted = [...cells].sort((a, b) => (a.key < b.key ? -1 : 1));
  const timed = sorted.map((cell): Timed<T> => {
    const { runSeconds, provisionSeconds } = usualSeconds(cell);
    return { cell, lab: labNameOf(cell), seconds: cell.repeats * runSeconds, provisionSeconds };
  });
  const labs = [...new Set(timed.map(({ lab }) => lab))].map((lab) =>
    timed.filter((each) => each.lab === lab),
  );
  labs.sort((a, b) => secondsOf(b) - secondsOf(a));
  const parts = Array.from({ length: of }, (): Timed<T>[] => []);
  for (const lab of labs) {
    const lengths = parts.map(secondsOf);
    parts[lengths.indexOf(Math.min(...lengths))]?.push(...lab);
  }
  while (moveOne(parts));
  return parts.map((part) => {
    const own = new Set(part.map(({ cell }) => cell));
    return cells.filter((cell) => own.has(cell));
  });
}

function secondsOf(part: readonly Timed<unknown>[]): number {
  const labs = new Map(part.map(({ lab, provisionSeconds }) => [lab, provisionSeconds]));
  const provisioning = [...labs.values()].reduce((sum, each) => sum + each, 0);
  return part.reduce((sum, { seconds }) => sum + seconds, provisioning);
}

/** Moves the cell out of the longest part that helps most. @returns false when none does */
function moveOne<T>(parts: Timed<T>[][]): boolean {
  const lengths = parts.map(secondsOf);
  const longest = Math.max(...lengths);
  const from = parts[lengths.indexOf(longest)] ?? [];
  let best: { cell: Timed<T>; to: Timed<T>[]; seconds: number } | undefined;
  for (const cell of from)
    for (const to of parts) {
      if (to === from) continue;
      const without = secondsOf(from.filter((each) => each !== cell));
      const seconds = Math.max(without, secondsOf([...to, cell]));
      if (seconds < (best?.seconds ?? longest)) best = { cell, to, seconds };
    }
  if (best === undefined) return false;
  from.splice(from.indexOf(best.cell), 1);
  best.to.push(best.cell);
  return true;
}
