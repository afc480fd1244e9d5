import { z } from 'zod';

/**
 * Something that happened, on the clock of the run: milliseconds since the run began. Where it was seen says how far it
 * can be trusted; `uncertaintyMs` is what the mapping of that clock adds.
 */
export const TimelineEvent = z.strictObject({
  atMs: z.number(),
  uncertaintyMs: z.number().nonnegative(),
  /** `fabric`: frames seen outside the guests; `capture`: frames that guests saw, where there is no fabric. */
  source: z.enum(['lab', 'fabric', 'capture', 'drbd', 'cluster', 'kernel', 'console', 'probe']),
  /** The node it happened on or was seen by; absent for the lab's own doings. */
  node: z.string().optional(),
  /**
   * What it was, as one word of a fixed vocabulary (`peer-dead`, `address-announced`, `promoted` ...), so that phases and
   * checks can be computed; `log` for a line that is only told.
   */
  kind: z.string(),
  /** What it was about, where the kind needs it: the peer that was declared dead, a resource. */
  subject: z.string().optional(),
  /** The hardware address that a frame gave, where the kind is about one. */
  mac: z.string().optional(),
  text: z.string(),
});
export type TimelineEvent = z.infer<typeof TimelineEvent>;
