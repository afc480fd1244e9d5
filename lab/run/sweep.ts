import { InterruptedError, LabError, UsageError, messageOf } from '../errors.ts';
import type { Cell } from '../grid.ts';
import { cellName } from '../grid.ts';
import type { Progress } from '../progress.ts';
import type { RunRecord } from '../record.ts';
import type { Repeat } from './blow.ts';

/** What a sweep does with each of its combinations. */
export interface SweepWork {
  cells: readonly Cell[];
  repeat: number;
  seed: number;
  /** One run on the lab of this combination, which is provisioned for its first one. Its record is on disk when it returns. */
  run(cell: Cell, repeat: Repeat, progress: Progress): Promise<RunRecord>;
  /** Keeps a record that says why a run did not come about. */
  failed(cell: Cell, why: string): Promise<RunRecord>;
  /** Takes the lab of this combination down and removes its frozen state. */
  end(cell: Cell, progress: Progress): Promise<void>;
  /** Told of every record as it comes. */
  kept(record: RunRecord): Promise<void>;
}

/**
 * Runs every combination, one after the other. Run k of each has the same draw, so that combinations are compared at the same
 * phase. A combination that fails - its lab does not come up, this host cannot - is recorded and the next one has its turn.
 * @throws InterruptedError when the signal fires; the lab of the combination is ended all the same
 */
export async function sweepThrough(
  work: SweepWork,
  progress: Progress,
  signal: AbortSignal,
): Promise<RunRecord[]> {
  const records: RunRecord[] = [];
  const keep = async (record: RunRecord): Promise<void> => {
    records.push(record);
    await work.kept(record);
  };
  for (const [i, cell] of work.cells.entries()) {
    if (signal.aborted) throw new InterruptedError();
    const title = `${cellName(cell.at)} (${String(i + 1)} of ${String(work.cells.length)})`;
    await progress.step(title, async (inner) => {
      try {
        await runCell(cell, work, keep, inner, signal);
      } finally {
        await work.end(cell, inner).catch((error: unknown) => {
          inner.note(`its lab could not be taken down: ${messageOf(error)}`);
        });
      }
    });
  }
  return records;
}

async function runCell(
  cell: Cell,
  work: SweepWork,
  keep: (record: RunRecord) => Promise<void>,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const { repeat, seed } = work;
  for (let run = 1; run <= repeat; run++) {
    try {
      const record = await work.run(cell, { seed, run, of: repeat }, progress);
      await keep(record);
      if (neverCameUp(record)) return;
    } catch (error) {
      if (!(error instanceof LabError) || error instanceof InterruptedError || error instanceof UsageError)
        throw error;
      if (signal.aborted) throw new InterruptedError();
      progress.note(`it failed: ${error.message}`);
      await keep(await work.failed(cell, error.message));
      return;
    }
  }
}

/** Nothing ran: the next run would only try to provision the same lab once more. */
function neverCameUp({ broken, accelerator }: RunRecord): boolean {
  return broken !== null && accelerator === 'none';
}
