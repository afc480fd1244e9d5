import { UsageError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import type { RunSummary } from '../run-summary.ts';
import type { StoreContents } from '../store.ts';

/** Which runs are wanted; what is absent lets every run pass. */
export interface RunFilter {
  stack?: string;
  scenario?: string;
  night?: string;
}

/**
 * The runs that pass, in the order of the history.
 * @param known stacks and scenarios of this release
 * @throws UsageError for a name that neither this release nor any run has
 */
export function filteredRuns(
  runs: readonly RunSummary[],
  filter: RunFilter,
  known: { stacks: readonly string[]; scenarios: readonly string[] },
): RunSummary[] {
  checked('stack', filter.stack, [...known.stacks, ...runs.map((run) => run.stack)]);
  checked('scenario', filter.scenario, [...known.scenarios, ...runs.map((run) => run.scenario)]);
  checked(
    'night',
    filter.night,
    runs.flatMap(({ night }) => night ?? []),
  );
  return runs.filter(
    (run) =>
      (filter.stack ?? run.stack) === run.stack &&
      (filter.scenario ?? run.scenario) === run.scenario &&
      (filter.night ?? run.night) === run.night,
  );
}

function checked(what: string, name: string | undefined, known: readonly string[]): void {
  if (name === undefined || known.includes(name)) return;
  const names = [...new Set(known)].sort();
  throw new UsageError(
    `there is no ${what} ${JSON.stringify(name)}`,
    names.length === 0 ? `no run here belongs to a ${what}` : didYouMean(name, names),
  );
}

/** Rows for people. A run that cannot be read comes last, with the reason; no filter hides it, since nobody knows what it is. */
export function runRows(
  runs: readonly RunSummary[],
  setAside: StoreContents['setAside'],
): Record<string, string>[] {
  const columns: Record<string, string> = setAside.length === 0 ? {} : { problem: '' };
  return [
    ...runs.map(({ id, stack, scenario, verdict, stallSeconds, startedAt, night }) => ({
      run: id,
      stack,
      scenario,
      verdict,
      stall: stallSeconds === null ? '-' : `${stallSeconds.toFixed(1)} s`,
      when: `${startedAt.slice(0, 10)} ${startedAt.slice(11, 16)}`,
      night: night ?? '-',
      ...columns,
    })),
    ...setAside.map(({ run, problem }) => ({ run, verdict: 'unreadable', problem })),
  ];
}
