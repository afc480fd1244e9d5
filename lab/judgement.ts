import { z } from 'zod';

/** What makes a night's cell worse than its accepted history; data of nightly.yaml, these are the defaults. */
export const Rules = z.strictObject({
  /** A shift of the stall matters from this share of the median on ... */
  shiftShare: z.number().positive().default(0.1),
  /** ... and from this many seconds on. */
  shiftSeconds: z.number().positive().default(0.5),
  /** Nights of an unchanged system differ by this share of the stall: so much of a shift is no evidence of a change. */
  nightShare: z.number().nonnegative().default(0.02),
  /** The chance of a false alarm in a whole night of an unchanged system that the stall's test may have. */
  falseAlarmsPerNight: z.number().positive().max(1).default(0.01),
  /** Least accepted runs of a cell before it is compared with them. */
  leastHistory: z.int().positive().default(2),
  /** Newest accepted runs of a cell that count as its history. */
  mostHistory: z.int().positive().default(50),
  /** A cell whose stalls would be as high by chance less often than this, but are not beyond doubt, is run again ... */
  suspicion: z.number().positive().max(1).default(0.05),
  /** ... as many times as the night plans for it, again and again, up to so many runs more; 0 to decide without. */
  confirmRepeats: z.int().nonnegative().default(15),
  /** Errnos that nobody has to be told of. */
  ignoredErrors: z.array(z.string()).default([]),
});
export type Rules = z.infer<typeof Rules>;

/** One thing that is worse (or better) in a cell than before. */
export const Finding = z.strictObject({
  kind: z.enum([
    'lost-write',
    'lost-lock',
    'new-error',
    'verdict-rate',
    'slower',
    'faster',
    'outside-prediction',
    'infrastructure',
    'not-run',
  ]),
  /** `regression` decides the night; `notice` is only told. */
  weight: z.enum(['regression', 'notice', 'improvement']),
  /** One sentence with its figures. */
  message: z.string(),
  /** The runs that show it. */
  runs: z.array(z.string()),
});
export type Finding = z.infer<typeof Finding>;

export const CellJudgement = z.strictObject({
  cell: z.string(),
  verdict: z.enum(['regressed', 'improved', 'unchanged', 'first-night', 'not-run', 'unknown']),
  findings: z.array(Finding),
  /** Stalls in seconds, tonight and in the accepted history (oldest first). */
  now: z.array(z.number()),
  before: z.array(z.number()),
  /** null where one of them is empty. */
  shift: z.strictObject({ seconds: z.number(), share: z.number(), pValue: z.number() }).nullable(),
  /** The phase whose median grew (or shrank) most; null without a shift that matters. */
  phase: z
    .strictObject({
      name: z.string(),
      beforeSeconds: z.number(),
      nowSeconds: z.number(),
      governedBy: z.string().nullable(),
    })
    .nullable(),
  /** What else is different from the history: `package drbd-utils on nfs01: 9.15 -> 9.22`, `setting deadtime: 10 -> 30`. */
  suspects: z.array(z.string()),
});
export type CellJudgement = z.infer<typeof CellJudgement>;

export const Judgement = z.strictObject({
  night: z.string(),
  /** `regressed` wins over `incomplete` over `unchanged`; `first-night` where no cell has a history. */
  verdict: z.enum(['regressed', 'unchanged', 'first-night', 'incomplete']),
  /** The verdict in one sentence, with its figures. */
  sentence: z.string(),
  cells: z.array(CellJudgement),
  rules: Rules,
});
export type Judgement = z.infer<typeof Judgement>;
