import type { CellJudgement, Finding } from '../../lab/judgement.ts';
import type { Attempt, NightCell } from '../../lab/night.ts';
import type { NightPoint, NightReport } from '../../lab/night-report.ts';
import type { Verdict } from '../../lab/record.ts';
import type { RunSummary } from '../../lab/run-summary.ts';
import { distributionOf } from '../statistics.ts';

/** One try of a cell, with what its record says. */
export interface RunView {
  attempt: Attempt;
  /** null where the record is not among the runs: it was set aside, or removed. */
  summary: RunSummary | null;
  /** `unknown` for a rig that broke, whatever the checks say, and where there is no record. */
  verdict: Verdict;
  /** Address of its own page, as seen from the page of the night; null where there is none. */
  page: string | null;
}

/** All that the reports show of one cell. */
export interface CellView {
  /** `cell-3`; by this a page refers to it, so that no key of a cell becomes part of markup. */
  id: string;
  cell: NightCell;
  /** Stack, edition and label as they stand in the key. */
  row: string;
  judged: CellJudgement;
  /** Findings, those that decide the night first. */
  findings: readonly Finding[];
  runs: readonly RunView[];
  measured: readonly RunView[];
  infrastructure: readonly RunView[];
  verdicts: Readonly<Record<Verdict, number>>;
  medianSeconds: number | null;
  beforeSeconds: number | null;
  history: readonly RunSummary[];
  trend: readonly NightPoint[];
  leftOut: readonly { repeats: number; why: string }[];
}

export interface NightView {
  report: NightReport;
  /** Names of rows and columns of the matrix, in the order of the night's plan. */
  rows: readonly string[];
  scenarios: readonly string[];
  cells: readonly CellView[];
}

/** A report in the shape in which every format draws it. */
export function nightView(report: NightReport): NightView {
  const { night } = report;
  const cells = night.cells.map((cell, i) => cellView(cell, `cell-${String(i + 1)}`, report));
  return {
    report,
    rows: [...new Set(cells.map(({ row }) => row))],
    scenarios: [...new Set(night.cells.map(({ scenario }) => scenario))],
    cells,
  };
}

/** Cells with this verdict. */
export function cellsThat(view: NightView, verdict: CellJudgement['verdict']): CellView[] {
  return view.cells.filter(({ judged }) => judged.verdict === verdict);
}

/** Cells that are told of without having decided the night: notices, improvements. */
export function noticedCells(view: NightView): CellView[] {
  const told = new Set(['infrastructure', 'not-run']);
  return view.cells.filter(
    ({ judged, findings }) => judged.verdict !== 'regressed' && findings.some(({ kind }) => !told.has(kind)),
  );
}

/** What differs from the history, and in which cells. */
export function suspectsOf(view: NightView): { suspect: string; cells: CellView[] }[] {
  const suspects = [...new Set(view.cells.flatMap(({ judged }) => judged.suspects))];
  return suspects
    .map((suspect) => ({
      suspect,
      cells: view.cells.filter(({ judged }) => judged.suspects.includes(suspect)),
    }))
    .sort((a, b) => b.cells.length - a.cells.length);
}

function cellView(cell: NightCell, id: string, report: NightReport): CellView {
  const { night, judgement } = report;
  const judged = judgement.cells.find((each) => each.cell === cell.key) ?? notJudged(cell.key);
  const runs = night.attempts
    .filter((attempt) => attempt.cell === cell.key)
    .map((attempt) => runView(attempt, report));
  const measured = runs.filter(({ attempt }) => attempt.outcome === 'measured');
  const count = (verdict: Verdict): number => measured.filter((run) => run.verdict === verdict).length;
  return {
    id,
    cell,
    row: rowOf(cell),
    judged,
    findings: [...judged.findings].sort((a, b) => order[a.weight] - order[b.weight]),
    runs,
    measured,
    infrastructure: runs.filter(({ attempt }) => attempt.outcome === 'infrastructure'),
    verdicts: { pass: count('pass'), fail: count('fail'), unknown: count('unknown') },
    medianSeconds: distributionOf(judged.now)?.median ?? null,
    beforeSeconds: distributionOf(judged.before)?.median ?? null,
    history: report.history.get(cell.key) ?? [],
    trend: report.trend.get(cell.key) ?? [],
    leftOut: night.leftOut
      .filter((each) => each.cell === cell.key)
      .map(({ repeats, why }) => ({ repeats, why })),
  };
}

const order = { regression: 0, notice: 1, improvement: 2 };

function runView(attempt: Attempt, report: NightReport): RunView {
  const summary = report.runs.find(({ id }) => id === attempt.run) ?? null;
  return {
    attempt,
    summary,
    verdict: summary === null || summary.broken !== null ? 'unknown' : summary.verdict,
    page: relativeOnly(report.pages.get(attempt.run)),
  };
}

/** An address without a scheme and a host: whatever else a report says, its links stay in the results folder. */
function relativeOnly(address: string | undefined): string | null {
  if (address === undefined || address === '') return null;
  return /^(?:[a-z][a-z0-9+.-]*:|[/\\]|[\s\p{Cc}])/iu.test(address) ? null : address;
}

/** The key without its scenario. */
function rowOf({ key, scenario }: NightCell): string {
  return key.endsWith(`/${scenario}`) ? key.slice(0, -scenario.length - 1) : key;
}

/** A cell that nobody judged is unknown, never unchanged. */
function notJudged(cell: string): CellJudgement {
  return {
    cell,
    verdict: 'unknown',
    findings: [],
    now: [],
    before: [],
    shift: null,
    phase: null,
    suspects: [],
  };
}
