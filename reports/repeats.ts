import type { RunRecord, Verdict, Window } from '../lab/record.ts';
import { isSurprising } from './explain/prediction.ts';
import { distributionOf } from './statistics.ts';
import type { Distribution } from './statistics.ts';
import { shownVerdict } from './verdict.ts';

/** Runs of one scenario on one stack with the same settings, as a distribution. */
export interface RepeatSummary {
  stack: string;
  edition: string;
  scenario: string;
  accelerator: string;
  settings: RunRecord['settings'];
  runs: string[];
  verdicts: Record<Verdict, number>;
  /** Runs whose rig broke; they are among the unknown ones. */
  broken: number;
  /** Seeds of the drawn phases; empty where none was drawn. */
  seeds: number[];
  windows: WindowSummary[];
}

export interface WindowSummary {
  name: string;
  /** Of the runs that could be judged; null when none of them had a stall. */
  stallSeconds: Distribution | null;
  /** Stalls that were still open: they are at least so long. */
  open: number;
  /** Runs outside of what was predicted. */
  surprising: number;
  phases: { name: string; seconds: Distribution | null; unobserved: number }[];
}

/**
 * One summary for each stack, edition, accelerator, scenario and settings. Runs with the verdict unknown are counted and left out
 * of the figures: what they measured is not known to be what happened.
 */
export function summariseRepeats(records: readonly RunRecord[]): RepeatSummary[] {
  const groups = new Map<string, RunRecord[]>();
  for (const record of records) {
    const key = JSON.stringify([
      record.stack,
      record.edition,
      record.scenario,
      Object.entries(record.settings).sort(([a], [b]) => (a < b ? -1 : 1)),
    ]);
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  return [...groups.values()].flatMap(summaryOf);
}

function summaryOf(records: readonly RunRecord[]): RepeatSummary[] {
  const first = records.find((record) => record.accelerator !== 'none') ?? records[0];
  if (first === undefined) return [];
  const count = (verdict: Verdict): number =>
    records.filter((record) => shownVerdict(record) === verdict).length;
  const judged = records.filter((record) => shownVerdict(record) !== 'unknown');
  const names = [...new Set(judged.flatMap((record) => record.windows.map((window) => window.name)))];
  return [
    {
      stack: first.stack,
      edition: first.edition,
      scenario: first.scenario,
      accelerator: first.accelerator,
      settings: first.settings,
      runs: records.map((record) => record.id),
      verdicts: { pass: count('pass'), fail: count('fail'), unknown: count('unknown') },
      broken: records.filter((record) => record.broken !== null).length,
      seeds: [...new Set(records.flatMap((record) => (record.blow === null ? [] : [record.blow.seed])))],
      windows: names.map((name) =>
        windowSummary(
          name,
          judged.flatMap((record) => record.windows.filter((window) => window.name === name)),
        ),
      ),
    },
  ];
}

function windowSummary(name: string, windows: readonly Window[]): WindowSummary {
  const stalled = windows.filter((window) => window.stallSeconds !== null);
  const names = [...new Set(stalled.flatMap((window) => window.phases.map((phase) => phase.name)))];
  return {
    name,
    stallSeconds: distributionOf(stalled.map((window) => window.stallSeconds ?? 0)),
    open: stalled.filter((window) =>
      window.stalls.some((stall) => stall.client === window.worst && stall.open),
    ).length,
    surprising: stalled.filter(isSurprising).length,
    phases: names.map((phase) => {
      const own = stalled.flatMap((window) => window.phases.filter((each) => each.name === phase));
      const seconds = own.flatMap((each) => each.seconds ?? []);
      return { name: phase, seconds: distributionOf(seconds), unobserved: own.length - seconds.length };
    }),
  };
}
