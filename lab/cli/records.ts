import { readFile, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { parseRecord } from '../record.ts';
import type { RunRecord } from '../record.ts';

export interface KeptRecord {
  record: RunRecord;
  directory: string;
}

/** Names of the runs in a results folder, oldest first: their ids begin with the time. */
export async function runsIn(results: string): Promise<string[]> {
  const entries = await readdir(results, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const kept = await Promise.all(names.map((name) => isFile(join(results, name, 'record.json'))));
  return names.filter((_, i) => kept[i] === true).sort();
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
    if (await isFile(file))
      return { record: parseRecord(await readFile(file, 'utf8'), file), directory: resolve(file, '..') };
  const known = await runsIn(results);
  throw new UsageError(
    `there is no run ${JSON.stringify(run)}`,
    known.length === 0 ? `${results} holds none; lab scenario makes one` : didYouMean(run, known),
  );
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
