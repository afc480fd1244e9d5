import type { CellJudgement, Judgement } from './judgement.ts';
import type { Night } from './night.ts';
import type { RunSummary } from './run-summary.ts';
import type { SetAside } from './store.ts';

/** What one night says of a cell. */
export interface NightPoint {
  night: string;
  startedAt: string;
  /** Of the measured runs with a stall; null where there is none. */
  medianSeconds: number | null;
  measuredRuns: number;
  /** The worst of its runs; `not-run` without any. */
  verdict: 'pass' | 'fail' | 'unknown' | 'not-run';
  judged: CellJudgement['verdict'] | null;
}

/** All that the reports of a night are drawn from. It follows from the store alone and can be made again at any time. */
export interface NightReport {
  night: Night;
  judgement: Judgement;
  /** Runs of this night, in the order of the store, those of infrastructure failures included. */
  runs: readonly RunSummary[];
  /** Accepted runs that each cell was compared with, oldest first, by key. */
  history: ReadonlyMap<string, readonly RunSummary[]>;
  /** The newest nights, up to 30, oldest first, this one last, by key of the cell. */
  trend: ReadonlyMap<string, readonly NightPoint[]>;
  /** Where the page of a run lies as seen from the night's page, by run. */
  pages: ReadonlyMap<string, string>;
  /** Broken records of the store, set aside. */
  setAside: readonly SetAside[];
}
