import type { RunRecord } from '../record.ts';
import type { RunSummary } from '../run-summary.ts';
import { figuresOf, type CellFigures, type NightRuns } from './night-figures.ts';

/** Versions that the record of a run holds; undefined where it cannot be read any more. */
export type VersionsOf = (run: string) => RunRecord['versions'] | undefined;

/** What is different tonight from the newest accepted run: settings, packages, the provider. */
export function suspectsOf({ runs, unknown, history }: CellFigures, versionsOf: VersionsOf): string[] {
  const now = runs.at(-1) ?? unknown.at(-1);
  const before = history.at(-1);
  if (now === undefined || before === undefined) return [];
  return [
    ...changes(before.settings, now.settings).map((change) => `setting ${change}`),
    ...(before.provider === now.provider ? [] : [`provider: ${before.provider} -> ${now.provider}`]),
    ...packageChanges(before, now, versionsOf),
  ];
}

/** Runs whose records are worth reading for `suspectsOf`: those with other versions than the newest accepted run. */
export function runsWithOtherVersions(asked: NightRuns): string[] {
  const wanted = figuresOf(asked).flatMap(({ runs, unknown, history }) => {
    const [now, before] = [runs.at(-1) ?? unknown.at(-1), history.at(-1)];
    if (now === undefined || before === undefined || now.versionsDigest === before.versionsDigest) return [];
    return [before.id, now.id];
  });
  return [...new Set(wanted)];
}

function packageChanges(before: RunSummary, now: RunSummary, versionsOf: VersionsOf): string[] {
  if (before.versionsDigest === now.versionsDigest) return [];
  const [older, newer] = [versionsOf(before.id), versionsOf(now.id)];
  if (older === undefined || newer === undefined)
    return [`packages: other versions than in ${before.id}; a record that says which cannot be read`];
  const byChange = new Map<string, string[]>();
  for (const node of new Set([...Object.keys(older), ...Object.keys(newer)]))
    for (const change of changes(older[node] ?? {}, newer[node] ?? {}))
      byChange.set(change, [...(byChange.get(change) ?? []), node]);
  return [...byChange].map(([change, nodes]) => {
    const [name, versions] = split(change);
    return `package ${name} on ${nodes.join(', ')}: ${versions}`;
  });
}

type Values = Readonly<Record<string, string | number | boolean>>;

/** `deadtime: 10 -> 30`; `none` stands for what is not there. */
function changes(before: Values, now: Values): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((name) => before[name] !== now[name])
    .sort()
    .map((name) => `${name}: ${shown(before[name])} -> ${shown(now[name])}`);
}

function shown(value: string | number | boolean | undefined): string {
  return value === undefined ? 'none' : String(value);
}

function split(change: string): [string, string] {
  const at = change.indexOf(': ');
  return [change.slice(0, at), change.slice(at + 2)];
}
