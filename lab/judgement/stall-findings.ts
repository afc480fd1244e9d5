import { median } from 'simple-statistics';
import type { CellJudgement, Finding, Rules } from '../judgement.ts';
import type { RunSummary } from '../run-summary.ts';
import { compareStalls, type Comparison, type Testing } from './compare-stalls.ts';
import { isComparable, stallsOf, type CellFigures } from './night-figures.ts';
import { changeText, counted, secondsText } from './words.ts';

export type Phase = NonNullable<CellJudgement['phase']>;

export interface StallFindings {
  findings: Finding[];
  /** Of the first window. */
  compared: Comparison | null;
  phase: Phase | null;
}

/** One finding for each window whose stalls have shifted. */
export function stallFindings(figures: CellFigures, testing: Testing, rules: Rules): StallFindings {
  const found: StallFindings = { findings: [], compared: null, phase: null };
  for (const series of figures.series) {
    if (!isComparable(series, rules)) continue;
    const compared = compareStalls(series.now, series.before, testing, rules);
    if (compared === null) continue;
    if (series.window === null) found.compared = compared;
    if (compared.way === 'same') continue;
    let because = '';
    if (series.window === null) {
      found.phase = phaseThatMoved(figures.runs, figures.history, compared.way === 'slower');
      because = found.phase === null ? '' : `, ${becauseOf(found.phase)}`;
    }
    found.findings.push({
      kind: compared.way,
      weight: compared.way === 'slower' ? 'regression' : 'improvement',
      message: `${inWindow(series.window)}clients wait ${shiftText(compared)} (${counted(series.now.length, 'run')} against ${String(series.before.length)})${because}`,
      runs: figures.runs.map(({ id }) => id),
    });
  }
  return found;
}

function inWindow(window: string | null): string {
  return window === null ? '' : `in the window ${window} `;
}

export function shiftText({ nowMedian, beforeMedian, share }: Comparison): string {
  return `${secondsText(nowMedian)} instead of ${secondsText(beforeMedian)} (${changeText(share)})`;
}

export function becauseOf({ name, beforeSeconds, nowSeconds, governedBy }: Phase): string {
  const grown = nowSeconds >= beforeSeconds ? 'grew' : 'shrank';
  const governed = governedBy === null ? '' : ` (governed by ${governedBy})`;
  return `because ${name} ${grown} by ${secondsText(Math.abs(nowSeconds - beforeSeconds))}${governed}`;
}

/** The phase whose median grew most, or shrank most; null where none did. */
export function phaseThatMoved(
  now: readonly RunSummary[],
  before: readonly RunSummary[],
  grew: boolean,
): Phase | null {
  let most: Phase | null = null;
  let mostMoved = 0;
  for (const name of new Set(now.flatMap(({ phases }) => phases.map((phase) => phase.name)))) {
    const [nows, befores] = [secondsOf(now, name), secondsOf(before, name)];
    if (nows.length === 0 || befores.length === 0) continue;
    const [nowSeconds, beforeSeconds] = [median(nows), median(befores)];
    const moved = grew ? nowSeconds - beforeSeconds : beforeSeconds - nowSeconds;
    if (moved <= mostMoved) continue;
    mostMoved = moved;
    most = { name, beforeSeconds, nowSeconds, governedBy: governedBy(now, name) };
  }
  return most;
}

function secondsOf(runs: readonly RunSummary[], name: string): number[] {
  return runs.flatMap(({ phases }) => phases.find((phase) => phase.name === name)?.seconds ?? []);
}

/** What governs it, with the value of tonight where it is the name of a setting. */
function governedBy(runs: readonly RunSummary[], name: string): string | null {
  for (const { phases, settings } of [...runs].reverse()) {
    const governor = phases.find((phase) => phase.name === name)?.governedBy ?? null;
    if (governor === null) continue;
    const value = settings[governor];
    return value === undefined ? governor : `${governor}=${String(value)}`;
  }
  return null;
}

/** So many of the newest runs are held against those that a person accepted. */
const recentRuns = 20;

/**
 * Whether the cell has moved, step by step and each of them within the rules, away from what a person accepted last. It is told, and
 * keeps the night from being accepted by itself: so the history stays where it is, and the next steps become a regression.
 */
export function creepFinding(
  { runs, history }: CellFigures,
  anchor: readonly RunSummary[],
  testing: Testing,
  rules: Rules,
): Finding | null {
  const anchored = new Set(anchor.map(({ id }) => id));
  const sameHost = anchor.filter(({ hostClass }) => hostClass === runs[0]?.hostClass);
  const recent = [...history.filter(({ id }) => !anchored.has(id)), ...runs].slice(-recentRuns);
  const [now, before] = [stallsOf(recent), stallsOf(sameHost)];
  if (before.length < rules.leastHistory) return null;
  const compared = compareStalls(now, before, testing, rules);
  if (compared?.way !== 'slower') return null;
  return {
    kind: 'slower',
    weight: 'notice',
    message: `it creeps: clients wait ${secondsText(compared.nowMedian)}, and ${secondsText(compared.beforeMedian)} when it was last accepted by hand or first measured (${changeText(compared.share)}); no single night was slower than its history`,
    runs: runs.map(({ id }) => id),
  };
}
