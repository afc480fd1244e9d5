import type { Baseline } from '../baseline.ts';
import { UsageError } from '../errors.ts';
import type { CellJudgement, Judgement, Rules } from '../judgement.ts';
import { didYouMean } from '../nearest.ts';
import type { NightPoint, NightReport } from '../night-report.ts';
import { inOrderOfHistory, inOrderOfPlan, type Night } from '../night.ts';
import type { RunRecord } from '../record.ts';
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

/** How nights are judged: `lab/judgement/`. */
export interface Judges {
  historyOf(asked: {
    baseline: Baseline;
    nights: readonly Night[];
    runs: readonly RunSummary[];
    hostClass: string;
    cellKey: string;
  }): readonly RunSummary[];
  judgeNight(asked: {
    night: Night;
    runs: readonly RunSummary[];
    history: ReadonlyMap<string, readonly RunSummary[]>;
    versions: ReadonlyMap<string, RunRecord['versions']>;
    rules: Rules;
  }): Judgement;
}

/** A night and what it is compared with; everything of its report but the judgement. */
export type GatheredNight = Omit<NightReport, 'judgement'>;

/**
 * Gathers a night. Nothing of it depends on where and in which order its runs were made: cells are in the order of their keys,
 * attempts and runs in that of cells and repeats. What came later than the night is not looked at, so that it can be drawn
 * again when there are other nights.
 * @throws UsageError with the nearest where there is no such night
 */
export function gatherNight(
  id: string,
  sources: NightSources,
  { historyOf }: Pick<Judges, 'historyOf'>,
): GatheredNight {
  const found = sources.nights.find((night) => night.id === id);
  if (found === undefined) throw noSuchNight(id, sources.nights);
  const cells = [...found.cells].sort((a, b) => (a.key < b.key ? -1 : 1));
  const night: Night = { ...found, cells, attempts: inOrderOfPlan(cells, found.attempts) };
  const nights = upTo(night, inOrderOfHistory(sources.nights, sources.runs));
  const byId = new Map(sources.runs.map((run) => [run.id, run]));
  const earlier = runsBefore(night, sources.runs);

  const history = new Map<string, readonly RunSummary[]>();
  const trend = new Map<string, readonly NightPoint[]>();
  for (const { key } of cells) {
    const hostClass = hostClassOfCell(night, key, byId);
    const { baseline } = sources;
    history.set(key, historyOf({ baseline, nights, runs: earlier, hostClass, cellKey: key }));
    trend.set(
      key,
      nights.slice(-trendNights).map((each) => pointOf(each, key, hostClass, byId, sources.judged)),
    );
  }
  const runs = night.attempts.flatMap(({ run }) => byId.get(run) ?? []);
  return {
    night,
    runs,
    history,
    trend,
    pages: pagesOf([...runs, ...[...history.values()].flat()], sources.drawn),
    setAside: [...sources.setAside, ...missingRuns(night, byId, sources.setAside)],
  };
}

/** The judged night; its own verdicts are the last points of its trend. */
export function judgedNight(gathered: GatheredNight, judgement: Judgement): NightReport {
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

/**
 * Which runs have to be asked what was installed, by the digest of it: one of each, and only of cells in which there are several.
 */
export function runsOfDifferingVersions({ night, runs, history }: GatheredNight): Map<string, string> {
  const differing = new Map<string, string>();
  for (const { key } of night.cells) {
    const own = new Set(night.attempts.flatMap(({ cell, run }) => (cell === key ? [run] : [])));
    const here = [...(history.get(key) ?? []), ...runs.filter(({ id }) => own.has(id))];
    const byDigest = new Map(here.map(({ versionsDigest, id }) => [versionsDigest, id]));
    if (byDigest.size > 1) for (const [digest, id] of byDigest) differing.set(digest, id);
  }
  return differing;
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

/** The kind of host on which a cell ran; the shards of a night may have run on different ones. */
function hostClassOfCell(night: Night, key: string, byId: ReadonlyMap<string, RunSummary>): string {
  for (const { cell, run } of night.attempts) {
    const found = cell === key ? byId.get(run) : undefined;
    if (found !== undefined) return found.hostClass;
  }
  return night.hostClass;
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
