import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import type { RunRecord } from '../record.ts';
import type { CliContext } from './context.ts';
import { tell } from './output.ts';
import { readRun, runsIn, sweepsIn } from './records.ts';

/** More than these teach hardly anything, and reading them takes time. */
const mostRecords = 40;

/**
 * The newest records of a stack and a scenario in a results folder, those of its sweeps included; their ids name both. One that
 * cannot be read is told and left out.
 */
export async function earlierRuns(
  context: CliContext,
  results: string,
  stack: string,
  scenario: string,
): Promise<RunRecord[]> {
  const folders = [results, ...(await sweepsIn(results)).map((name) => join(results, name))];
  const found = await Promise.all(
    folders.map(async (folder) => (await runsIn(folder)).map((id) => ({ folder, id }))),
  );
  const own = found
    .flat()
    .filter(({ id }) => id.includes(`-${stack}-${scenario}-`))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .slice(-mostRecords);
  const records: RunRecord[] = [];
  for (const { folder, id } of own)
    try {
      records.push((await readRun(context.cwd, folder, id)).record);
    } catch (error) {
      tell(context, `note: nothing is learned from ${id}: ${messageOf(error).split('\n')[0] ?? ''}`);
    }
  return records;
}
