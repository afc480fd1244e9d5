import type { RunRecord, Verdict, Window } from '../lab/record.ts';
import type { RunSummary } from '../lab/run-summary.ts';
import { phaseChanges } from './night/phases.ts';
import type { PhaseChange, PhaseMedian } from './night/phases.ts';

/** A run to compare. Without its record only what the index keeps is known: the first window, no clients, no versions. */
export interface ComparedRun {
  summary: RunSummary;
  record: RunRecord | null;
}

export type Value = string | number | boolean;

/** Something that is not the same in both; null where one of them does not have it. */
export interface Difference {
  name: string;
  a: Value | null;
  b: Value | null;
}

/** A length of time in both. */
export interface SecondsPair {
  a: number | null;
  b: number | null;
  /** From a to b; null where one is not known, and where the hosts are of different kinds. */
  difference: number | null;
}

export interface WindowComparison {
  name: string;
  stall: SecondsPair;
  clients: ({ client: string } & SecondsPair)[];
  phases: PhaseChange[];
  /** The band that was expected; null where none was. */
  predicted: { a: Band | null; b: Band | null };
}

interface Band {
  fromSeconds: number;
  toSeconds: number;
}

export interface RunSide {
  run: string;
  stack: string;
  edition: string;
  scenario: string;
  startedAt: string;
  hostClass: string;
  provider: string;
  verdict: Verdict;
  broken: string | null;
  lost: number | null;
  damaged: number | null;
  /** What became of the NFS lock that a client held; null where nobody looked. */
  lock: RunSummary['lock'];
}

export interface RunComparison {
  kind: 'runs';
  a: RunSide;
  b: RunSide;
  /** False where the hosts are of different kinds: both are shown, and no difference is computed. */
  comparable: boolean;
  /** What has to be known before the figures are read. */
  warnings: string[];
  windows: WindowComparison[];
  errors: { error: string; a: number; b: number }[];
  settings: Difference[];
  /** Programs of nodes, as `drbd-utils on nfs01`; null where they differ and no record says in what. */
  versions: Difference[] | null;
}

export function compareRuns(a: ComparedRun, b: ComparedRun): RunComparison {
  const comparable = a.summary.hostClass === b.summary.hostClass;
  return {
    kind: 'runs',
    a: sideOf(a.summary),
    b: sideOf(b.summary),
    comparable,
    warnings: [
      ...hostWarning(a.summary.hostClass, b.summary.hostClass),
      ...(a.summary.scenario === b.summary.scenario && a.summary.stack === b.summary.stack
        ? []
        : [
            `these are different things: ${a.summary.scenario} on ${a.summary.stack} and ${b.summary.scenario} on ${b.summary.stack}`,
          ]),
      ...[a, b].flatMap(({ summary: { id, broken } }) =>
        broken === null ? [] : [`the rig of ${id} broke: ${broken}`],
      ),
    ],
    windows: windowsOf(a, b, comparable),
    errors: errorsOf(a.summary.errors, b.summary.errors),
    settings: differing(a.summary.settings, b.summary.settings),
    versions:
      a.summary.versionsDigest === b.summary.versionsDigest
        ? []
        : versionsDiffering(a.record?.versions, b.record?.versions),
  };
}

export function hostWarning(a: string, b: string): string[] {
  return a === b
    ? []
    : [
        `different kinds of hosts, ${a} and ${b}: what a processor does takes another time there, so no difference is given`,
      ];
}

function sideOf(summary: RunSummary): RunSide {
  const { id, stack, edition, scenario, startedAt, hostClass, provider, broken, lost, damaged, lock } =
    summary;
  const verdict = broken === null ? summary.verdict : 'unknown';
  return {
    run: id,
    stack,
    edition,
    scenario,
    startedAt,
    hostClass,
    provider,
    verdict,
    broken,
    lost,
    damaged,
    lock,
  };
}

/** What is known of a window, from the record or from the summary. */
interface KnownWindow {
  name: string;
  stallSeconds: number | null;
  stalls: Window['stalls'];
  phases: PhaseMedian[];
  band: Band | null;
}

function windowsOf(a: ComparedRun, b: ComparedRun, comparable: boolean): WindowComparison[] {
  const [ofA, ofB] = [knownWindows(a, b), knownWindows(b, a)];
  const names = [...new Set([...ofA, ...ofB].map(({ name }) => name))];
  return names.map((name) => {
    const [inA, inB] = [ofA, ofB].map((windows) => windows.find((window) => window.name === name));
    const clients = [
      ...new Set([...(inA?.stalls ?? []), ...(inB?.stalls ?? [])].map(({ client }) => client)),
    ];
    const stallOf = (window: KnownWindow | undefined, client: string): number | null =>
      window?.stalls.find((stall) => stall.client === client)?.seconds ?? null;
    return {
      name,
      stall: pairOf(inA?.stallSeconds ?? null, inB?.stallSeconds ?? null, comparable),
      clients: clients.map((client) => ({
        client,
        ...pairOf(stallOf(inA, client), stallOf(inB, client), comparable),
      })),
      phases: phaseChanges(inA?.phases ?? [], inB?.phases ?? []).map((change) =>
        comparable ? change : { ...change, differenceSeconds: null },
      ),
      predicted: { a: inA?.band ?? null, b: inB?.band ?? null },
    };
  });
}

function knownWindows({ summary, record }: ComparedRun, other: ComparedRun): KnownWindow[] {
  if (record !== null)
    return record.windows.map((window) => ({
      name: window.name,
      stallSeconds: window.stallSeconds,
      stalls: window.stalls,
      phases: window.phases.map(phaseOf),
      band: window.prediction?.band ?? null,
    }));
  if (summary.stallSeconds === null && summary.phases.length === 0) return [];
  const first = {
    // A summary does not name its first window.
    name: other.record?.windows[0]?.name ?? 'first window',
    stallSeconds: summary.stallSeconds,
    stalls: [],
    phases: summary.phases.map(phaseOf),
    band: summary.predicted,
  };
  const rest = summary.windows.map((window) => ({ ...window, stalls: [], phases: [], band: null }));
  return [first, ...rest];
}

function phaseOf(phase: {
  name: string;
  seconds: number | null;
  governedBy?: string | null | undefined;
}): PhaseMedian {
  return { name: phase.name, seconds: phase.seconds, governedBy: phase.governedBy ?? null };
}

export function pairOf(a: number | null, b: number | null, comparable: boolean): SecondsPair {
  const known = a !== null && b !== null && comparable;
  return { a, b, difference: known ? Math.round((b - a) * 1000) / 1000 : null };
}

export function errorsOf(
  a: RunSummary['errors'],
  b: RunSummary['errors'],
): { error: string; a: number; b: number }[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .sort()
    .map((error) => ({ error, a: a[error] ?? 0, b: b[error] ?? 0 }));
}

/** What is not the same in two tables, in the order of their names. */
export function differing(
  a: Readonly<Record<string, Value>>,
  b: Readonly<Record<string, Value>>,
): Difference[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .sort()
    .map((name) => ({ name, a: a[name] ?? null, b: b[name] ?? null }))
    .filter((each) => each.a !== each.b);
}

export function versionsDiffering(
  a: RunRecord['versions'] | undefined,
  b: RunRecord['versions'] | undefined,
): Difference[] | null {
  return a === undefined || b === undefined ? null : differing(flat(a), flat(b));
}

function flat(versions: RunRecord['versions']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(versions).flatMap(([node, programs]) =>
      Object.entries(programs).map(([program, version]) => [`${program} on ${node}`, version]),
    ),
  );
}
