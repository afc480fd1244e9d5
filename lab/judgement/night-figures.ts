import type { Rules } from '../judgement.ts';
import type { Night, NightCell } from '../night.ts';
import type { RunSummary } from '../run-summary.ts';
import type { Testing } from './compare-stalls.ts';
import { pooledSpread, spreadWithin } from './small-samples.ts';

/** Stalls of one window of a cell; `window` is null for the first one, whose stall is that of the run. */
export interface Series {
  window: string | null;
  now: number[];
  before: number[];
}

/** All of one cell that a judgement is made from. */
export interface CellFigures {
  cell: NightCell;
  /** Measured tonight, with the verdict pass or fail. */
  runs: RunSummary[];
  /** Measured tonight, and nobody can tell: never a pass. */
  unknown: RunSummary[];
  /** Tries that broke. */
  broken: { run: string; why: string | null }[];
  /** Measured tonight on another kind of host than most. */
  otherHost: RunSummary[];
  /** Measured tonight, and no record of it can be read. */
  lacking: string[];
  /** Accepted earlier, on the same kind of host, oldest first. */
  history: RunSummary[];
  series: Series[];
}

export interface NightRuns {
  night: Night;
  /** Of this night; others are passed over. */
  runs: readonly RunSummary[];
  /** Accepted runs by the key of the cell, oldest first. */
  history: ReadonlyMap<string, readonly RunSummary[]>;
  rules: Rules;
}

export function figuresOf({ night, runs, history, rules }: NightRuns): CellFigures[] {
  const byId = new Map(runs.map((run) => [run.id, run]));
  return night.cells.map((cell) => {
    const attempts = night.attempts.filter((attempt) => attempt.cell === cell.key);
    const measured = attempts.filter(({ outcome }) => outcome === 'measured');
    const found = measured.flatMap(({ run }) => byId.get(run) ?? []);
    const hostClass = mostOf(found.map((run) => run.hostClass)) ?? night.hostClass;
    const own = found.filter((run) => run.hostClass === hostClass);
    const judged = own.filter(({ verdict }) => verdict !== 'unknown');
    const tonight = new Set(attempts.map(({ run }) => run));
    const accepted = (history.get(cell.key) ?? [])
      .filter((run) => run.hostClass === hostClass && run.verdict !== 'unknown')
      .filter((run) => run.night !== night.id && !tonight.has(run.id) && isOf(run, cell))
      .slice(-rules.mostHistory);
    return {
      cell,
      runs: judged,
      unknown: own.filter(({ verdict }) => verdict === 'unknown'),
      broken: attempts
        .filter(({ outcome }) => outcome === 'infrastructure')
        .map(({ run }) => ({ run, why: byId.get(run)?.broken ?? null })),
      otherHost: found.filter((run) => run.hostClass !== hostClass),
      lacking: measured.map(({ run }) => run).filter((run) => !byId.has(run)),
      history: accepted,
      series: seriesOf(judged, accepted),
    };
  });
}

/** Labels are no part of a run: the key under which it was accepted tells those apart. */
function isOf(run: RunSummary, { stack, edition, scenario }: NightCell): boolean {
  return run.stack === stack && run.edition === edition && run.scenario === scenario;
}

function mostOf(words: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

function seriesOf(runs: readonly RunSummary[], history: readonly RunSummary[]): Series[] {
  const windows = new Set(runs.flatMap((run) => run.windows.map(({ name }) => name)));
  return [
    { window: null, now: stallsOf(runs), before: stallsOf(history) },
    ...[...windows].map((window) => ({
      window,
      now: stallsOf(runs, window),
      before: stallsOf(history, window),
    })),
  ];
}

/** Without a window's name, those of the first window. */
export function stallsOf(runs: readonly RunSummary[], window: string | null = null): number[] {
  return runs.flatMap((run) => {
    if (window === null) return run.stallSeconds ?? [];
    return run.windows.find(({ name }) => name === window)?.stallSeconds ?? [];
  });
}

export function isComparable({ now, before }: Series, { leastHistory }: Rules): boolean {
  return now.length > 0 && before.length >= leastHistory;
}

/** The allowance of false alarms is shared by all comparisons of the night (Bonferroni), whatever is known of the others. */
export function testingOf(figures: readonly CellFigures[], rules: Rules): Testing {
  const comparable = figures.flatMap(({ series }) => series).filter((each) => isComparable(each, rules));
  return {
    level: rules.falseAlarmsPerNight / Math.max(1, comparable.length),
    spread: pooledSpread(comparable.map(({ now, before }) => spreadWithin([now, before]))),
  };
}
