import { z } from 'zod';

/** The accepted runs of one cell on one kind of host. */
export const AcceptedRuns = z.strictObject({
  /** Ids, oldest first. */
  runs: z.array(z.string()),
  /** Those that a person accepted last, else those of the first night: what a slow creep is measured against. */
  anchor: z.array(z.string()),
  /** Night that was accepted last, and how: by hand, or because nothing was worse. */
  last: z.strictObject({ night: z.string(), by: z.enum(['hand', 'unchanged']) }),
});
export type AcceptedRuns = z.infer<typeof AcceptedRuns>;

/** What nights are compared with. `baseline.json` in the results folder. */
export const Baseline = z.strictObject({
  schema: z.literal(1),
  /** By the key of the cell, then by the kind of host (`hostClassOf`): different ones are never mixed. */
  cells: z.record(z.string(), z.record(z.string(), AcceptedRuns)),
});
export type Baseline = z.infer<typeof Baseline>;
