import { z } from 'zod';
import { NfsLock, Verdict } from './record.ts';

/**
 * What is kept of a run where many are looked at together: a line of the index, a point of a night. It follows from the record
 * alone and can be made again at any time.
 */
export const RunSummary = z.strictObject({
  /** Id of the run, also the name of its folder. */
  id: z.string(),
  /** Id of the night that it was run for; null for a run by hand. */
  night: z.string().nullable(),
  stack: z.string(),
  edition: z.enum(['period', 'current']),
  scenario: z.string(),
  /** All settings of the stack, defaults included. */
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  provider: z.string(),
  /** Kind of host: runs of different ones are never compared. See `hostClassOf`. */
  hostClass: z.string(),
  verdict: Verdict,
  /** First line of why the rig broke; null where it did not. */
  broken: z.string().nullable(),
  /** Names of the checks that did not pass, with their verdicts and messages. */
  failed: z.array(z.strictObject({ name: z.string(), verdict: Verdict, message: z.string() })),
  /** ISO 8601, UTC. */
  startedAt: z.string(),
  durationMs: z.number().nonnegative(),
  stallSeconds: z.number().nonnegative().nullable(),
  /** Of the first window: its phases; null seconds where the end was not observed. */
  phases: z.array(
    z.strictObject({
      name: z.string(),
      seconds: z.number().nonnegative().nullable(),
      governedBy: z.string().nullable(),
    }),
  ),
  /** The other windows, as the failback. */
  windows: z.array(z.strictObject({ name: z.string(), stallSeconds: z.number().nonnegative().nullable() })),
  /** Failed operations of all clients by errno. */
  errors: z.record(z.string(), z.int().positive()),
  /** Acknowledged writes lost or damaged, all clients together; null where nothing could be read back. */
  lost: z.int().nonnegative().nullable(),
  damaged: z.int().nonnegative().nullable(),
  /** What became of the NFS lock that a client held; null where nobody looked. */
  lock: NfsLock.shape.outcome.nullable(),
  /** Band predicted for the first window; null without one. */
  predicted: z.strictObject({ fromSeconds: z.number(), toSeconds: z.number() }).nullable(),
  seed: z.int().nonnegative().nullable(),
  /** Digest of all versions of all nodes: where two differ, the records tell what. */
  versionsDigest: z.string(),
});
export type RunSummary = z.infer<typeof RunSummary>;
