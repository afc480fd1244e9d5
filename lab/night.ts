import { z } from 'zod';

/** What `lab nightly` runs repeatedly: one stack in one edition, with complete settings, broken in one way. */
export const NightCell = z.strictObject({
  /** Stable name of the cell: stack, edition, scenario, and the settings that differ from the defaults. */
  key: z.string(),
  stack: z.string(),
  edition: z.enum(['period', 'current']),
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
  run: z.string(),
  /** `measured`: a record that can be judged; `infrastructure`: the rig broke. */
  outcome: z.enum(['measured', 'infrastructure']),
});
export type Attempt = z.infer<typeof Attempt>;

/** A night: what it meant to run and what it has run so far. Rewritten after each attempt, so that it can be resumed. */
export const Night = z.strictObject({
  schema: z.literal(1),
  /** Sorts by time: `night-20261122T010000Z`, with `-1of3` for a shard. */
  id: z.string(),
  startedAt: z.string(),
  /** null while it runs, or when it was killed. */
  endedAt: z.string().nullable(),
  hostClass: z.string(),
  provider: z.string(),
  seed: z.int().nonnegative(),
  shard: z.strictObject({ index: z.int().positive(), of: z.int().positive() }).nullable(),
  cells: z.array(NightCell),
  attempts: z.array(Attempt),
  /** Cells, or repeats of them, that the time budget or an interruption left out, with the reason. */
  leftOut: z.array(z.strictObject({ cell: z.string(), repeats: z.int().positive(), why: z.string() })),
  /** Records that could not be read, named and set aside. */
  broken: z.array(z.strictObject({ run: z.string(), problem: z.string() })),
});
export type Night = z.infer<typeof Night>;
