import type { Baseline } from '../baseline.ts';
import { UsageError } from '../errors.ts';
import { anchorsOf, historyOf } from '../judgement/accept.ts';
import { figuresOf } from '../judgement/night-figures.ts';
import type { CellJudgement, Judgement, Rules } from '../judgement.ts';
import { didYouMean } from '../nearest.ts';
import type { NightPoint, NightReport } from '../night-report.ts';
import { inOrderOfHistory, inOrderOfPlan, type Night } from '../night.ts';
import type { RunSummary } from '../run-summary.ts';
import type { SetAside } from '../store.ts';
import { distributionOf } from '../../reports/statistics.ts';

/** Nights of a sparkline, this one included. */
const trendNights = 30;

/** All that a results folder says of its nights. */
export interface NightSources {
  /** In the order of the store. */
  runs: readonly RunSummary[];
  nights: readonly Night[];
  baseline: Baseline;
  /** Broken records and nights. */
  setAside: readonly SetAside[];
  /** How the cells of nights were judged when they ended, by night and key. */
  judged: ReadonlyMap<string, ReadonlyMap<string, CellJudgement['verdict']>>;
  /** Runs that have a page. */
  drawn: ReadonlySet<string>;
}

/** A night and what it is compared with; everything of its report but the judgement. */
export interface GatheredNight extends Omit<NightReport, 'judgement'> {
  /** What a creep is measured against. */
  anchors: ReadonlyMap<string, readonly RunSummary[]>;
}

/**
 * Gathers a night. Nothing of it depends on where and in which order its runs were made: cells are in the order of their keys,
 * attempts and runs in that of cells and repeats. What came later than the night is not looked at, so that it can be drawn
 * again when there are other nights.
 * @throws UsageError with the nearest where there is no such night
 */
export function gatherNight(id: string, sources: NightSources, rules: Rules): GatheredNight {
  const found = sources.nights.find((night) => night.id === id);
  if (found === undefined) throw noSuchNight(id, sources.nights);
  const cells = [...found.cells].sort((a, b) => (a.key < b.key ? -1 : 1));
  const night: Night = { ...found, cells, attempts: inOrderOfPlan(cells, found.attempts) };
  const nights = upTo(night, inOrderOfHistory(sources.nights, sources.runs)).slice(-trendNights);
  const byId = new Map(sources.runs.map((run) => [run.id, run]));
  const runs = night.attempts.flatMap(({ run }) => byId.get(run) ?? []);
  const accepted = { baseline: sources.baseline, runs: runsBefore(night, sources.runs) };

  const history = new Map<string, readonly RunSummary[]>();
  const trend = new Map<string, readonly NightPoint[]>();
  for (const figures of figuresOf({ night, runs, history: historyOf(accepted), rules })) {
    const { key } = figures.cell;
    history.set(key, figures.history);
    const hostClass = [...figures.runs, ...figures.unknown][0]?.hostClass ?? night.hostClass;
    trend.set(
      key,
      nights.map((each) => pointOf(each, key, hostClass, byId, sources.judged)),
    );
  }
  return {
    night,
    runs,
    history,
    anchors: anchorsOf(accepted),
    trend,
    pages: pagesOf([...runs, ...[...history.values()].flat()], sources.drawn),
    setAside: [...sources.setAside, ...missingParts(night), ...missingRuns(night, byId, sources.setAside)],
  };
}

/** The judged night; its own verdicts are the last points of its trend. */
export function judgedNight(
  { anchors: _anchors, ...gathered }: GatheredNight,
  judgement: Judgement,
): NightReport {
  const verdictOf = new Map(judgement.cells.map(({ cell, verdict }) => [cell, verdict]));
  const trend = new Map(
    [...gathered.trend].map(([key, points]) => [
      key,
      points.map((point) =>
        point.night === gathered.night.id ? { ...point, judged: verdictOf.get(key) ?? null } : point,
      ),
    ]),
  );
  return { ...gathered, trend, judgement };
}

function noSuchNight(id: string, nights: readonly Night[]): UsageError {
  const known = nights.map((night) => night.id);
  return new UsageError(
    `there is no night ${JSON.stringify(id)}`,
    known.length === 0 ? 'lab nightly makes one' : didYouMean(id, known),
  );
}

/** The nights of the history up to this one. */
function upTo(night: Night, nights: readonly Night[]): Night[] {
  const at = nights.findIndex(({ id }) => id === night.id);
  return [...nights.slice(0, at), night];
}

/** What the store had before the first run of the night. */
function runsBefore(night: Night, runs: readonly RunSummary[]): readonly RunSummary[] {
  const own = new Set(night.attempts.map(({ run }) => run));
  const first = runs.findIndex((run) => own.has(run.id) || run.night === night.id);
  return first === -1 ? runs : runs.slice(0, first);
}

/** What a night says of a cell. Runs of another kind of host say nothing: figures of different ones are never side by side. */
function pointOf(
  night: Night,
  key: string,
  hostClass: string,
  byId: ReadonlyMap<string, RunSummary>,
  judged: NightSources['judged'],
): NightPoint {
  const measured = night.attempts
    .flatMap(({ cell, outcome, run }) =>
      cell === key && outcome === 'measured' ? (byId.get(run) ?? []) : [],
    )
    .filter((run) => run.hostClass === hostClass);
  const stalls = measured.flatMap(({ stallSeconds }) => stallSeconds ?? []);
  return {
    night: night.id,
    startedAt: night.startedAt,
    medianSeconds: distributionOf(stalls)?.median ?? null,
    measuredRuns: measured.length,
    verdict:
      (['fail', 'unknown', 'pass'] as const).find((verdict) =>
        measured.some((run) => run.verdict === verdict),
      ) ?? 'not-run',
    judged: judged.get(night.id)?.get(key) ?? null,
  };
}

/** Links from the page of a night, which lies in `nights/<night>/`. */
function pagesOf(runs: readonly RunSummary[], drawn: ReadonlySet<string>): Map<string, string> {
  return new Map(
    runs.flatMap(({ id }) => (drawn.has(id) ? [[id, `../../${encodeURIComponent(id)}/report.html`]] : [])),
  );
}

/** What the night names as left out and does not have a cell of: a shard that was not merged. */
function missingParts({ cells, leftOut }: Night): SetAside[] {
  const known = new Set(cells.map(({ key }) => key));
  return leftOut.flatMap(({ cell, why }) => (known.has(cell) ? [] : [{ run: cell, problem: why }]));
}

/** Attempts of which nothing is left, or nothing that could be read. */
function missingRuns(
  night: Night,
  byId: ReadonlyMap<string, RunSummary>,
  setAside: readonly SetAside[],
): SetAside[] {
  const named = new Set(setAside.map(({ run }) => run));
  return night.attempts.flatMap(({ run }) =>
    byId.has(run) || named.has(run)
      ? []
      : [{ run, problem: `there is no record of it, and it is of ${night.id}` }],
  );
}
