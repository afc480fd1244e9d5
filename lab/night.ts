import { z } from 'zod';
import type { RunSummary } from './run-summary.ts';

/** Ids of runs and nights name folders: never a path, nor one that is hidden. Results folders may come from other machines. */
const FolderName = z.string().regex(/^[a-z0-9][\w.-]*$/i, 'not the name of a folder');

/**
 * What a night runs repeatedly: one stack in one edition, with complete settings, broken in one way. Its key says which runs
 * are compared with each other from night to night; settings are not part of it, so that a changed one is noticed.
 */
export const NightCell = z.strictObject({
  /** `cellKey` of the fields below. */
  key: z.string(),
  stack: z.string(),
  edition: z.enum(['period', 'current']),
  /** Tells several variants of one stack in one night apart; null where there is one. */
  label: z.string().nullable(),
  scenario: z.string(),
  /** Settings that were asked for; the rest are defaults. */
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  repeats: z.int().positive(),
  /** Estimated seconds of one run, and of provisioning its lab; from history where there is some. */
  estimate: z.strictObject({ runSeconds: z.number(), provisionSeconds: z.number(), from: z.string() }),
});
export type NightCell = z.infer<typeof NightCell>;

/** One try to run a cell once. */
export const Attempt = z.strictObject({
  cell: z.string(),
  /** Which repeat, from 1. */
  repeat: z.int().positive(),
  /** 1, or 2 after an infrastructure failure. */
  attempt: z.int().positive(),
  /** Id of the run. */
  run: FolderName,
  /** `measured`: a record that can be judged; `infrastructure`: the rig broke, or the host was too busy to measure on. */
  outcome: z.enum(['measured', 'infrastructure']),
});
export type Attempt = z.infer<typeof Attempt>;

/** A night: what it meant to run and what it has run so far. Rewritten after each attempt, so that it can be resumed. */
export const Night = z.strictObject({
  schema: z.literal(1),
  /** `night-20261122T010000Z`, with `-1of3` for a shard. */
  id: FolderName,
  /** ISO 8601, UTC. */
  startedAt: z.string(),
  /** null while it runs, or when it was killed. */
  endedAt: z.string().nullable(),
  hostClass: z.string(),
  provider: z.string(),
  seed: z.int().nonnegative(),
  shard: z.strictObject({ index: z.int().positive(), of: z.int().positive() }).nullable(),
  cells: z.array(NightCell),
  attempts: z.array(Attempt),
  /** Repeats of cells that the time budget or an interruption left out, with the reason. */
  leftOut: z.array(z.strictObject({ cell: z.string(), repeats: z.int().positive(), why: z.string() })),
});
export type Night = z.infer<typeof Night>;

/** `heartbeat-sarge/hard-halt`; `heartbeat-sarge@period+serial/hard-halt` with an edition other than current and a label. */
export function cellKey(cell: Pick<NightCell, 'stack' | 'edition' | 'label' | 'scenario'>): string {
  const edition = cell.edition === 'current' ? '' : `@${cell.edition}`;
  const label = cell.label === null ? '' : `+${cell.label}`;
  return `${cell.stack}${edition}${label}/${cell.scenario}`;
}

/**
 * Nights in the order of the history, oldest first: that of their first runs in the store, so that no jump of a clock changes
 * it. Nights without a run in the store come last, by their ids.
 * @param runs in the order of the store
 */
export function inOrderOfHistory<T extends Pick<Night, 'id'>>(
  nights: readonly T[],
  runs: readonly Pick<RunSummary, 'night'>[],
): T[] {
  const first = new Map<string, number>();
  for (const [i, { night }] of runs.entries()) if (night !== null && !first.has(night)) first.set(night, i);
  const place = ({ id }: Pick<Night, 'id'>): number => first.get(id) ?? Number.POSITIVE_INFINITY;
  return [...nights].sort((a, b) => {
    const [placeA, placeB] = [place(a), place(b)];
    if (placeA !== placeB) return placeA < placeB ? -1 : 1;
    return a.id < b.id ? -1 : 1;
  });
}

/** Attempts as the plan has them, by cell, repeat and try: where and in which order they ran does not show. */
export function inOrderOfPlan(
  cells: readonly Pick<NightCell, 'key'>[],
  attempts: readonly Attempt[],
): Attempt[] {
  const place = new Map(cells.map(({ key }, i) => [key, i]));
  const of = ({ cell }: Attempt): number => place.get(cell) ?? cells.length;
  return [...attempts].sort((a, b) => of(a) - of(b) || a.repeat - b.repeat || a.attempt - b.attempt);
}
