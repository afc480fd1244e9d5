import { readFileSync, statSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { HostError, messageOf } from '../errors.ts';
import type { RunRecord } from '../record.ts';
import { RunSummary } from '../run-summary.ts';
import type { IndexEntry } from './index-file.ts';
import { recordFile, replaceFile, writeRecord } from './record-files.ts';

export const summaryFile = 'summary.json';
/** A run that is being written, until its folder gets its name. */
export const keepingPrefix = '.keeping-';

/** What stands beside a record, so that an index can be made without reading every record. */
const SummaryBesideRecord = z.looseObject({
  /** Which run of the folder it was, counted as the store came to know them. */
  sequence: z.int().positive(),
  /** Size of the record that the summary was made from: of another one it says nothing. */
  recordBytes: z.int().nonnegative(),
  summary: z.unknown(),
});

export interface BesideRecord {
  sequence: number | undefined;
  /** undefined where there is none, or none of this release, or it is about another record. */
  summary: RunSummary | undefined;
}

/** Writes the folder of a run aside and gives it its name when it is whole. @throws HostError; nothing is left then */
export async function writeRun(
  folder: string,
  record: RunRecord,
  files: ReadonlyMap<string, string>,
): Promise<string> {
  const making = join(folder, `${keepingPrefix}${record.id}`);
  const directory = join(folder, record.id);
  let made = false;
  try {
    if (!/^[a-z0-9][\w.-]*$/i.test(record.id)) throw new Error('its id is not the name of a folder');
    await mkdir(folder, { recursive: true });
    await mkdir(making);
    made = true;
    for (const [name, text] of files) {
      await mkdir(dirname(join(making, name)), { recursive: true });
      await writeFile(join(making, name), text);
    }
    await writeRecord(making, record);
    await rename(making, directory);
    return directory;
  } catch (error) {
    if (made) await rm(making, { recursive: true, force: true }).catch(() => undefined);
    throw new HostError(
      `the run ${record.id} (${told(record)}) cannot be kept in ${folder}: ${messageOf(error)}`,
      'free space there, or name another folder with --out; nothing of this run was left there',
      error,
    );
  }
}

function told({ verdict, stallSeconds }: RunRecord): string {
  return stallSeconds === null ? verdict : `${verdict}, stall ${stallSeconds.toFixed(1)} s`;
}

/** Folders that may be runs: not those of sweeps and nights, and none that is on its way in or out. */
export async function runFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && isRunName(entry.name))
    .map((entry) => entry.name)
    .sort();
}

function isRunName(name: string): boolean {
  return !name.startsWith('.') && !name.startsWith('sweep-') && name !== 'nights';
}

/** Size of a run's record; undefined where there is none. */
export function recordBytes(folder: string, run: string): number | undefined {
  const found = statSync(join(folder, run, recordFile), { throwIfNoEntry: false });
  return found?.isFile() === true ? found.size : undefined;
}

export function readBesideRecord(folder: string, run: string, bytes: number): BesideRecord {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(join(folder, run, summaryFile), 'utf8'));
  } catch {
    return { sequence: undefined, summary: undefined };
  }
  const beside = SummaryBesideRecord.safeParse(json).data;
  const summary = beside?.recordBytes === bytes ? RunSummary.safeParse(beside.summary).data : undefined;
  return { sequence: beside?.sequence, summary: summary?.id === run ? summary : undefined };
}

/** Not waited for until it is on disk: it can be made again. */
export async function writeBesideRecord(folder: string, entry: IndexEntry): Promise<void> {
  const text = besideRecord(entry, recordBytes(folder, entry.id) ?? 0);
  await replaceFile(join(folder, entry.id, summaryFile), text, { flush: false });
}

/** What stands beside a record of this size. */
export function besideRecord({ sequence, ...summary }: IndexEntry, bytes: number): string {
  return `${JSON.stringify({ sequence, recordBytes: bytes, summary })}\n`;
}
