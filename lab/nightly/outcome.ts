import type { Attempt, Night } from '../night.ts';
import type { RunSummary } from '../run-summary.ts';

/**
 * What an attempt was worth. The rig broke, or the host was too busy to measure on: that says nothing about the cluster. A run that
 * failed a check stays what it is whatever the host did, for a lost write is lost.
 */
export function outcomeOf(
  run: Pick<RunSummary, 'verdict' | 'broken'> & { failed: readonly { name: string }[] },
): Attempt['outcome'] {
  if (run.broken !== null) return 'infrastructure';
  const unsound = run.failed.some(({ name }) => name === 'measurement-sound');
  return run.verdict === 'unknown' && unsound ? 'infrastructure' : 'measured';
}

/** An infrastructure failure is tried once more. */
export const mostAttempts = 2;

/** Which attempt of a repeat would be the next one; null where the repeat is done. */
export function nextAttempt(
  { attempts }: Pick<Night, 'attempts'>,
  cell: string,
  repeat: number,
): number | null {
  const before = attempts.filter((each) => each.cell === cell && each.repeat === repeat);
  if (before.some(({ outcome }) => outcome === 'measured') || before.length >= mostAttempts) return null;
  return before.length + 1;
}

/** A run that the store has of this night. */
export interface FoundRun {
  run: Pick<RunSummary, 'id' | 'verdict' | 'broken' | 'failed'>;
  /** Keys of the cells that it can be of. */
  cells: readonly string[];
  /** Which repeat, as its record says; null where it was broken before that was drawn. */
  repeat: number | null;
}

/**
 * The night with the runs that it has not noted: it was killed after a run was kept and before that was written down.
 * @param found in the order of the store
 */
export function withFoundRuns(night: Night, found: readonly FoundRun[]): Night {
  const attempts = [...night.attempts];
  for (const { run, cells, repeat } of found) {
    if (attempts.some((each) => each.run === run.id)) continue;
    const place = cells
      .flatMap((key) => {
        const repeats = night.cells.find((cell) => cell.key === key)?.repeats ?? 0;
        return Array.from({ length: repeats }, (_, k) => ({ key, repeat: k + 1 }));
      })
      .filter((each) => repeat === null || each.repeat === repeat)
      .map((each) => ({ ...each, attempt: nextAttempt({ attempts }, each.key, each.repeat) }))
      .find((each) => each.attempt !== null);
    if (place === undefined || place.attempt === null) continue;
    attempts.push({
      cell: place.key,
      repeat: place.repeat,
      attempt: place.attempt,
      run: run.id,
      outcome: outcomeOf(run),
    });
  }
  return { ...night, attempts };
}
