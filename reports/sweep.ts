import type { RunRecord, Verdict, Window } from '../lab/record.ts';
import { standingOf } from './explain/prediction.ts';
import type { Standing } from './explain/prediction.ts';
import { distributionOf } from './statistics.ts';
import type { Distribution } from './statistics.ts';
import { shownVerdict } from './verdict.ts';

type Value = string | number | boolean;

/** Runs of one scenario on one stack over a grid of settings, from their records alone. */
export interface Sweep {
  stack: string;
  edition: string;
  scenario: string;
  accelerators: string[];
  seeds: number[];
  /** Settings that differ between the runs, with their values in order. */
  axes: { name: string; values: Value[] }[];
  /** What all runs have in common. */
  constant: RunRecord['settings'];
  cells: SweptCell[];
  /** Names of the windows, in order. */
  windows: string[];
}

/** All runs of one combination of settings. */
export interface SweptCell {
  /** Values of the axes. */
  at: Record<string, Value>;
  verdicts: Record<Verdict, number>;
  runs: SweptRun[];
  windows: SweptWindow[];
  /** Why runs could not be judged. */
  broken: string[];
}

export interface SweptRun {
  id: string;
  verdict: Verdict;
}

export interface SweptWindow {
  name: string;
  /** Of runs that could be judged. */
  measured: { id: string; seconds: number; open: boolean; verdict: Verdict; standing: Standing }[];
  distribution: Distribution | null;
  /** As it was before the first run of the cell. */
  predicted: NonNullable<Window['prediction']> | null;
  budgetSeconds: number;
}

/** What the runs differ in, in words: nothing yet after the runs of the first combination. */
export function sweptSettings({ axes }: Pick<Sweep, 'axes'>): string {
  return axes.length === 0 ? 'one combination so far' : axes.map((axis) => axis.name).join(' and ');
}

/** @throws RangeError when the records are of different stacks or scenarios, or there is none */
export function sweepOf(records: readonly RunRecord[]): Sweep {
  const first = records[0];
  if (first === undefined) throw new RangeError('there is no run to draw');
  const other = records.find(
    (record) =>
      record.stack !== first.stack || record.edition !== first.edition || record.scenario !== first.scenario,
  );
  if (other !== undefined)
    throw new RangeError(
      `${first.id} and ${other.id} are not of one sweep: ${first.scenario} on ${first.stack}, ${other.scenario} on ${other.stack}`,
    );
  const names = [...new Set(records.flatMap((record) => Object.keys(record.settings)))];
  const valuesOf = (name: string): Value[] =>
    [...new Set(records.map((record) => record.settings[name] ?? ''))].sort(inOrder);
  const axes = names
    .map((name) => ({ name, values: valuesOf(name) }))
    .filter(({ values }) => values.length > 1);
  const constant = Object.fromEntries(
    Object.entries(first.settings).filter(([name]) => !axes.some((axis) => axis.name === name)),
  );
  const groups = new Map<string, { at: Record<string, Value>; runs: RunRecord[] }>();
  for (const record of records) {
    const at = Object.fromEntries(axes.map(({ name }) => [name, record.settings[name] ?? '']));
    const key = JSON.stringify(Object.values(at));
    groups.set(key, { at, runs: [...(groups.get(key)?.runs ?? []), record] });
  }
  const cells = [...groups.values()]
    .map(({ at, runs }) => cellOf(at, runs))
    .sort((a, b) => {
      const differing = axes.find(({ name }) => a.at[name] !== b.at[name]);
      return differing === undefined ? 0 : inOrder(a.at[differing.name] ?? '', b.at[differing.name] ?? '');
    });
  return {
    stack: first.stack,
    edition: first.edition,
    scenario: first.scenario,
    accelerators: [
      ...new Set(records.map((record) => record.accelerator).filter((accelerator) => accelerator !== 'none')),
    ],
    seeds: [...new Set(records.flatMap((record) => (record.blow === null ? [] : [record.blow.seed])))],
    axes,
    constant,
    cells,
    windows: [...new Set(records.flatMap((record) => record.windows.map((window) => window.name)))],
  };
}

function cellOf(at: Record<string, Value>, records: readonly RunRecord[]): SweptCell {
  const runs = [...records].sort((a, b) => (a.id < b.id ? -1 : 1));
  const count = (verdict: Verdict): number => runs.filter((run) => shownVerdict(run) === verdict).length;
  const names = [...new Set(runs.flatMap((run) => run.windows.map((window) => window.name)))];
  return {
    at,
    verdicts: { pass: count('pass'), fail: count('fail'), unknown: count('unknown') },
    runs: runs.map((run) => ({ id: run.id, verdict: shownVerdict(run) })),
    windows: names.map((name) => windowOf(name, runs)),
    broken: runs.flatMap((run) => run.broken?.split('\n')[0] ?? []),
  };
}

function windowOf(name: string, runs: readonly RunRecord[]): SweptWindow {
  const own = runs.flatMap((run) =>
    run.windows.filter((window) => window.name === name).map((window) => ({ run, window })),
  );
  const measured = own
    .filter(({ run, window }) => shownVerdict(run) !== 'unknown' && window.stallSeconds !== null)
    .map(({ run, window }) => ({
      id: run.id,
      seconds: window.stallSeconds ?? 0,
      open: window.stalls.some((stall) => stall.client === window.worst && stall.open),
      verdict: shownVerdict(run),
      standing: standingOf(window),
    }));
  return {
    name,
    measured,
    distribution: distributionOf(measured.map((each) => each.seconds)),
    predicted: own[0]?.window.prediction ?? null,
    budgetSeconds: own[0]?.window.budget.seconds ?? 0,
  };
}

function inOrder(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}
