import { z } from 'zod';
import { CellJudgement, Judgement } from '../../lab/judgement.ts';
import { Night, NightCell } from '../../lab/night.ts';
import type { NightReport } from '../../lab/night-report.ts';
import { Verdict } from '../../lab/record.ts';
import { RunSummary } from '../../lab/run-summary.ts';
import { nightView } from './view.ts';

/** Version of the document. A field that is added does not raise it; one that goes or means something else does. */
const schema = 1;

/** A night as data, for other programs. docs/night-report.md describes it. */
export const NightDocument = z.object({
  schema: z.literal(schema),
  kind: z.literal('lab-night'),
  night: Night.omit({ cells: true, attempts: true, leftOut: true }),
  judgement: Judgement.omit({ cells: true }),
  cells: z.array(
    z.object({
      cell: NightCell,
      judgement: CellJudgement,
      /** Medians in seconds; null where nothing was measured. */
      medianSeconds: z.number().nullable(),
      beforeSeconds: z.number().nullable(),
      /** Verdicts of the measured runs. */
      verdicts: z.object({ pass: z.int(), fail: z.int(), unknown: z.int() }),
      runs: z.array(
        z.object({
          run: z.string(),
          repeat: z.int(),
          attempt: z.int(),
          outcome: z.enum(['measured', 'infrastructure']),
          verdict: Verdict,
          /** As seen from the folder of the night; null where there is none. */
          page: z.string().nullable(),
          /** null where the record cannot be read. */
          summary: RunSummary.nullable(),
        }),
      ),
      /** Ids of the accepted runs that it was compared with, oldest first. */
      history: z.array(z.string()),
      /** The last nights, oldest first, this one last. */
      trend: z.array(
        z.object({
          night: z.string(),
          startedAt: z.string(),
          medianSeconds: z.number().nullable(),
          measuredRuns: z.int(),
          verdict: z.enum(['pass', 'fail', 'unknown', 'not-run']),
          judged: CellJudgement.shape.verdict.nullable(),
        }),
      ),
      leftOut: z.array(z.object({ repeats: z.int(), why: z.string() })),
    }),
  ),
  setAside: z.array(z.object({ run: z.string(), problem: z.string() })),
});
export type NightDocument = z.infer<typeof NightDocument>;

export function nightDocument(report: NightReport): NightDocument {
  const { cells, attempts: _attempts, leftOut: _leftOut, ...night } = report.night;
  const { cells: _judged, ...judgement } = report.judgement;
  const view = nightView(report);
  return {
    schema,
    kind: 'lab-night',
    night,
    judgement,
    cells: cells.flatMap((cell) => {
      const own = view.cells.find((each) => each.cell === cell);
      if (own === undefined) return [];
      const { judged, medianSeconds, beforeSeconds, verdicts, runs, history, trend, leftOut } = own;
      return [
        {
          cell,
          judgement: judged,
          medianSeconds,
          beforeSeconds,
          verdicts,
          runs: runs.map(({ attempt: { run, repeat, attempt, outcome }, verdict, page, summary }) => ({
            run,
            repeat,
            attempt,
            outcome,
            verdict,
            page,
            summary,
          })),
          history: history.map(({ id }) => id),
          trend: [...trend],
          leftOut: [...leftOut],
        },
      ];
    }),
    setAside: [...report.setAside],
  };
}

/** The document as text. What could move a cursor or turn the direction of writing is written as an escape of JSON. */
export function renderNightJson(report: NightReport): string {
  const text = JSON.stringify(nightDocument(report), null, 2);
  return `${text.replace(
    /[\u007f-\u009f\u2028\u2029]|\p{Bidi_Control}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )}\n`;
}
