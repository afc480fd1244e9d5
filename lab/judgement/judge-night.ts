import type { CellJudgement, Finding, Judgement } from '../judgement.ts';
import type { RunSummary } from '../run-summary.ts';
import type { Testing } from './compare-stalls.ts';
import { figuresOf, testingOf, type CellFigures, type NightRuns } from './night-figures.ts';
import {
  infrastructure,
  lostLocks,
  lostWrites,
  newErrors,
  notRun,
  outsidePrediction,
  verdictRate,
} from './other-findings.ts';
import { verdictSentence } from './sentence.ts';
import { creepFinding, stallFindings } from './stall-findings.ts';
import { suspectsOf, type VersionsOf } from './suspects.ts';
import { counted } from './words.ts';

export interface Judged extends NightRuns {
  /** Runs that a person accepted last, by the key of the cell; without them no creep is looked for. */
  anchors?: ReadonlyMap<string, readonly RunSummary[]>;
  /** Asked only for `runsWithOtherVersions`. */
  versionsOf: VersionsOf;
}

/** Holds a night against its accepted history. It follows from its arguments alone. */
export function judgeNight(judged: Judged): Judgement {
  const { night, rules } = judged;
  const figures = figuresOf(judged);
  const testing = testingOf(figures, rules);
  const cells = figures.map((each) => judgeCell(each, testing, judged));
  const finished = night.endedAt !== null;
  const verdict = nightVerdict(cells, { finished, isPart: night.shard !== null });
  return { night: night.id, verdict, sentence: verdictSentence(verdict, cells, { finished }), cells, rules };
}

/** A part of a night may have nothing to run, where there are more parts than labs; a night may not. */
function nightVerdict(
  cells: readonly CellJudgement[],
  { finished, isPart }: { finished: boolean; isPart: boolean },
): Judgement['verdict'] {
  const has = (...verdicts: CellJudgement['verdict'][]): boolean =>
    cells.some(({ verdict }) => verdicts.includes(verdict));
  if (has('regressed')) return 'regressed';
  if (!finished || has('not-run', 'unknown')) return 'incomplete';
  if (cells.length === 0) return isPart ? 'unchanged' : 'incomplete';
  return cells.every(({ verdict }) => verdict === 'first-night') ? 'first-night' : 'unchanged';
}

function judgeCell(figures: CellFigures, testing: Testing, judged: Judged): CellJudgement {
  const { night, rules, anchors, versionsOf } = judged;
  const { cell, series } = figures;
  const stalls = stallFindings(figures, testing, rules);
  const failLevel = rules.falseAlarmsPerNight / Math.max(1, night.cells.length);
  const findings = [
    ...lostWrites(figures, rules),
    ...lostLocks(figures, rules),
    ...verdictRate(figures, failLevel, rules),
    ...newErrors(figures, rules),
    ...stalls.findings,
    ...firstFails(figures, rules.leastHistory),
    ...outsidePrediction(figures),
    ...infrastructure(figures),
    ...notRun(figures, night),
  ];
  const anchor = anchors?.get(cell.key) ?? [];
  const creep = stalls.findings.length > 0 ? null : creepFinding(figures, anchor, testing, rules);
  if (creep !== null) findings.push(creep);
  const { seconds = 0, share = 0, pValue = 1 } = stalls.compared ?? {};
  return {
    cell: cell.key,
    verdict: cellVerdict(figures, findings, rules.leastHistory),
    findings,
    now: series[0]?.now ?? [],
    before: series[0]?.before ?? [],
    shift: stalls.compared === null ? null : { seconds, share, pValue },
    phase: stalls.phase,
    suspects: suspectsOf(figures, versionsOf),
  };
}

/** A fail that there is nothing to compare with is told. */
function firstFails({ runs, history }: CellFigures, leastHistory: number): Finding[] {
  const fails = runs.filter(({ verdict }) => verdict === 'fail');
  if (history.length >= leastHistory || fails.length === 0) return [];
  const message = `${String(fails.length)} of ${counted(runs.length, 'run')} failed, and there is no history to compare with`;
  return [{ kind: 'verdict-rate', weight: 'notice', message, runs: fails.map(({ id }) => id) }];
}

function cellVerdict(
  { runs, unknown, broken, otherHost, lacking, history }: CellFigures,
  findings: readonly Finding[],
  leastHistory: number,
): CellJudgement['verdict'] {
  if (findings.some(({ weight }) => weight === 'regression')) return 'regressed';
  if (runs.length === 0)
    return unknown.length + broken.length + otherHost.length + lacking.length > 0 ? 'unknown' : 'not-run';
  if (history.length < leastHistory) return 'first-night';
  return findings.some(({ weight }) => weight === 'improvement') ? 'improved' : 'unchanged';
}
