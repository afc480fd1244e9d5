import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import type { RunRecord } from '../record.ts';
import type { Store } from '../store.ts';
import { openStore } from '../store/open-store.ts';
import type { CliContext } from './context.ts';
import { tell } from './output.ts';
import { sweepsIn } from './records.ts';

/** More than these teach hardly anything, and reading them takes time. */
const mostRecords = 40;

interface OwnRun {
  store: Store;
  id: string;
}

/**
 * The newest records of a stack and a scenario in a results folder, those of its sweeps included. One that cannot be read is told
 * and left out.
 */
export async function earlierRuns(
  context: CliContext,
  results: string,
  stack: string,
  scenario: string,
): Promise<RunRecord[]> {
  const folders = [results, ...(await sweepsIn(results)).map((name) => join(results, name))];
  const own: OwnRun[] = [];
  const leaveOut = (id: string, problem: string): void => {
    tell(context, `note: nothing is learned from ${id}: ${problem.split('\n')[0] ?? ''}`);
  };
  for (const store of folders.map(openStore)) {
    const { runs, setAside } = await store.read();
    const fitting = runs.filter((run) => run.stack === stack && run.scenario === scenario);
    own.push(...fitting.slice(-mostRecords).map(({ id }) => ({ store, id })));
    for (const { run, problem } of setAside)
      if (run.includes(`-${stack}-${scenario}-`)) leaveOut(run, problem);
  }
  const records: RunRecord[] = [];
  for (const { store, id } of own.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(-mostRecords))
    try {
      records.push(await store.readRecord(id));
    } catch (error) {
      leaveOut(id, messageOf(error));
    }
  return records;
}
