import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { RigError, UsageError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import type { RunRecord } from '../record.ts';
import { openStore } from '../store/open-store.ts';
import { readRecordFile } from '../store/record-files.ts';
import type { CliContext } from './context.ts';
import { tell } from './output.ts';

export interface KeptRecord {
  record: RunRecord;
  directory: string;
}

/** Names of the runs in a results folder, oldest first. Those whose record cannot be read come before all others: none is the latest. */
export async function runsIn(results: string): Promise<string[]> {
  const { runs, setAside } = await openStore(results).read();
  return [...setAside.map(({ run }) => run), ...runs.map(({ id }) => id)];
}

/** Names of the folders of sweeps in a results folder, oldest first. */
export async function sweepsIn(results: string): Promise<string[]> {
  const entries = await readdir(results, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('sweep-'))
    .map((entry) => entry.name)
    .sort();
}

/**
 * Reads the record of a run.
 * @param run its id in the results folder, its folder, or the path of its record.json
 * @throws UsageError with the nearest runs; RigError when it is not a valid record
 */
export async function readRun(cwd: string, results: string, run: string): Promise<KeptRecord> {
  const candidates = [resolve(results, run), resolve(cwd, run)].flatMap((path) =>
    path.endsWith('.json') ? [path] : [join(path, 'record.json')],
  );
  for (const file of candidates)
    if (await isFile(file)) return { record: await readRecordFile(file), directory: resolve(file, '..') };
  const known = await runsIn(results);
  throw new UsageError(
    `there is no run ${JSON.stringify(run)}`,
    known.length === 0 ? `${results} holds none; lab scenario makes one` : didYouMean(run, known),
  );
}

/**
 * Reads several runs. One whose record cannot be read is told and left out; where it is the only one, there is nothing else to
 * do than to say so.
 * @throws what readRun throws, where one run was asked for; UsageError for one that there is not
 */
export async function readRuns(
  context: CliContext,
  results: string,
  runs: readonly string[],
): Promise<{ kept: KeptRecord[]; leftOut: string[] }> {
  const kept: KeptRecord[] = [];
  const leftOut: string[] = [];
  for (const run of runs)
    try {
      kept.push(await readRun(context.cwd, results, run));
    } catch (error) {
      if (runs.length === 1 || !(error instanceof RigError)) throw error;
      tell(context, `note: ${run} is left out: ${error.message.split('\n')[0] ?? ''}`);
      leftOut.push(run);
    }
  return { kept, leftOut };
}

/** What a results folder holds beside its runs: `lab-results/*` names it too, and means the runs. */
export function isNoRun(path: string): boolean {
  return ['index.jsonl', 'baseline.json', 'nights'].includes(basename(path));
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
