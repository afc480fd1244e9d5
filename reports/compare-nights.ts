import type { Night, NightCell } from '../lab/night.ts';
import type { RunRecord } from '../lab/record.ts';
import type { RunSummary } from '../lab/run-summary.ts';
import { differing, errorsOf, hostWarning, pairOf, versionsDiffering } from './compare.ts';
import type { Difference, SecondsPair } from './compare.ts';
import { phaseChanges, phaseMedians } from './night/phases.ts';
import type { PhaseChange } from './night/phases.ts';
import { distributionOf } from './statistics.ts';
import { sum } from './verdict.ts';

export interface ComparedNight {
  night: Night;
  /** Its runs, in the order of the store. */
  runs: readonly RunSummary[];
}

/** A cell of one night. */
export interface CellSide {
  runs: number;
  pass: number;
  fail: number;
  unknown: number;
  infrastructure: number;
  lost: number;
  damaged: number;
}

export interface CellComparison {
  cell: string;
  /** null where the cell is not in that night. */
  a: CellSide | null;
  b: CellSide | null;
  /** Medians. */
  stall: SecondsPair;
  /** Change as a share of a; null where there is no difference. */
  share: number | null;
  phases: PhaseChange[];
  /** The phase that differs most; null without a known difference. */
  mostChanged: string | null;
  errors: { error: string; a: number; b: number }[];
  settings: Difference[];
  versions: Difference[] | null;
}

export interface NightComparison {
  kind: 'nights';
  a: NightSide;
  b: NightSide;
  comparable: boolean;
  warnings: string[];
  cells: CellComparison[];
}

export interface NightSide {
  night: string;
  startedAt: string;
  hostClass: string;
  provider: string;
  seed: number;
}

/** Two nights cell by cell. @param versions those of one run for each digest that is known, to say what differs */
export function compareNights(
  a: ComparedNight,
  b: ComparedNight,
  versions: ReadonlyMap<string, RunRecord['versions']>,
): NightComparison {
  const comparable = a.night.hostClass === b.night.hostClass;
  const keys = [...new Set([...a.night.cells, ...b.night.cells].map(({ key }) => key))];
  return {
    kind: 'nights',
    a: sideOf(a.night),
    b: sideOf(b.night),
    comparable,
    warnings: [
      ...hostWarning(a.night.hostClass, b.night.hostClass),
      ...[a, b].flatMap(({ night, runs }) =>
        night.attempts.some(({ run }) => !runs.some(({ id }) => id === run))
          ? [
              `records of ${night.id} are not there any more, or cannot be read: its figures are of the others`,
            ]
          : [],
      ),
    ],
    cells: keys.map((key) => compareCell(key, a, b, comparable, versions)),
  };
}

function sideOf({ id, startedAt, hostClass, provider, seed }: Night): NightSide {
  return { night: id, startedAt, hostClass, provider, seed };
}

/** The measured runs of a cell, and how many broke. */
interface CellRuns {
  cell: NightCell;
  measured: RunSummary[];
  infrastructure: number;
}

function compareCell(
  key: string,
  a: ComparedNight,
  b: ComparedNight,
  comparable: boolean,
  versions: ReadonlyMap<string, RunRecord['versions']>,
): CellComparison {
  const [ofA, ofB] = [runsOf(key, a), runsOf(key, b)];
  const stall = pairOf(medianOf(ofA), medianOf(ofB), comparable);
  const [lastA, lastB] = [ofA?.measured.at(-1), ofB?.measured.at(-1)];
  const phases = phaseChanges(phaseMedians(ofA?.measured ?? []), phaseMedians(ofB?.measured ?? [])).map(
    (change) => (comparable ? change : { ...change, differenceSeconds: null }),
  );
  return {
    cell: key,
    a: countsOf(ofA),
    b: countsOf(ofB),
    stall,
    share: stall.difference === null || stall.a === null || stall.a === 0 ? null : stall.difference / stall.a,
    phases,
    mostChanged: mostChanged(phases),
    errors: errorsOf(errorsIn(ofA), errorsIn(ofB)),
    settings: lastA === undefined || lastB === undefined ? [] : differing(lastA.settings, lastB.settings),
    versions:
      lastA === undefined || lastB === undefined || lastA.versionsDigest === lastB.versionsDigest
        ? []
        : versionsDiffering(versions.get(lastA.versionsDigest), versions.get(lastB.versionsDigest)),
  };
}

function runsOf(key: string, { night, runs }: ComparedNight): CellRuns | null {
  const cell = night.cells.find((each) => each.key === key);
  if (cell === undefined) return null;
  const own = night.attempts.filter((attempt) => attempt.cell === key);
  return {
    cell,
    measured: own
      .filter(({ outcome }) => outcome === 'measured')
      .flatMap(({ run }) => runs.find(({ id }) => id === run) ?? []),
    infrastructure: own.filter(({ outcome }) => outcome === 'infrastructure').length,
  };
}

function countsOf(own: CellRuns | null): CellSide | null {
  if (own === null) return null;
  const { measured, infrastructure } = own;
  const count = (verdict: string): number =>
    measured.filter((run) => (run.broken === null ? run.verdict : 'unknown') === verdict).length;
  return {
    runs: measured.length,
    pass: count('pass'),
    fail: count('fail'),
    unknown: count('unknown'),
    infrastructure,
    lost: sum(measured.map(({ lost }) => lost ?? 0)),
    damaged: sum(measured.map(({ damaged }) => damaged ?? 0)),
  };
}

function medianOf(own: CellRuns | null): number | null {
  return (
    distributionOf((own?.measured ?? []).flatMap(({ stallSeconds }) => stallSeconds ?? []))?.median ?? null
  );
}

function errorsIn(own: CellRuns | null): Record<string, number> {
  const errors = new Map<string, number>();
  for (const run of own?.measured ?? [])
    for (const [error, operations] of Object.entries(run.errors))
      errors.set(error, (errors.get(error) ?? 0) + operations);
  return Object.fromEntries(errors);
}

function mostChanged(phases: readonly PhaseChange[]): string | null {
  const size = ({ differenceSeconds }: PhaseChange): number => Math.abs(differenceSeconds ?? 0);
  const [first] = [...phases].sort((a, b) => size(b) - size(a));
  return first === undefined || size(first) === 0 ? null : first.name;
}
