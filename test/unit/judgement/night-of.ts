import { Rules } from '../../../lab/judgement.ts';
import type { Judged } from '../../../lab/judgement/judge-night.ts';
import { cellKey, type Night } from '../../../lab/night.ts';
import type { RunSummary } from '../../../lab/run-summary.ts';
import { exampleSummary } from '../../fixtures/runs.ts';

const template = exampleSummary({
  errors: {},
  verdict: 'pass',
  failed: [],
  lost: 0,
  damaged: 0,
  lock: 'kept',
  predicted: null,
  windows: [],
});
export const key = cellKey({ ...template, label: null });

/** Runs of the cell with these stalls; they differ in nothing else. */
export function runsOf(
  prefix: string,
  stalls: readonly number[],
  changes: Partial<RunSummary> = {},
): RunSummary[] {
  return stalls.map((stallSeconds, i) => ({
    ...template,
    id: `${prefix}-${String(i + 1)}`,
    night: prefix,
    stallSeconds,
    ...changes,
  }));
}

export const usualStalls = [28.1, 28.9, 27.6, 28.4, 29.2, 28.0, 28.6, 27.9, 28.8, 28.3];

/** A night of one cell with these runs, all of them measured, and ten accepted runs. */
export function nightWith(tonight: readonly RunSummary[], changes: Partial<Judged> = {}): Judged {
  return {
    night: nightOf(tonight),
    runs: tonight,
    history: new Map([[key, runsOf('before', usualStalls)]]),
    rules: Rules.parse({}),
    versionsOf: () => undefined,
    ...changes,
  };
}

export function nightOf(tonight: readonly RunSummary[], repeats = tonight.length || 5): Night {
  return {
    schema: 1,
    id: 'tonight',
    startedAt: '2026-03-02T01:00:00.000Z',
    endedAt: '2026-03-02T07:00:00.000Z',
    hostClass: template.hostClass,
    provider: 'qemu',
    seed: 1,
    shard: null,
    cells: [
      {
        key,
        stack: template.stack,
        edition: template.edition,
        label: null,
        scenario: template.scenario,
        settings: {},
        repeats,
        estimate: { runSeconds: 1, provisionSeconds: 1, from: 'made up' },
      },
    ],
    attempts: tonight.map(({ id }, i) => ({
      cell: key,
      repeat: i + 1,
      attempt: 1,
      run: id,
      outcome: 'measured',
    })),
    leftOut: [],
  };
}
