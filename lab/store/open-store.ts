import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HostError, messageOf } from '../errors.ts';
import { holdLock } from '../lock.ts';
import type { RunRecord } from '../record.ts';
import type { RunExtras, Store, StoreContents } from '../store.ts';
import { summaryOf } from '../summarise.ts';
import { appendToIndex, readIndex, summaryFrom, writeIndex } from './index-file.ts';
import { pruneRuns } from './prune.ts';
import { makeReady } from './ready.ts';
import { readRecordFile, recordFile } from './record-files.ts';
import { reconcile, type Looks, type Reconciled } from './reconcile.ts';
import { writeBesideRecord, writeRun } from './run-folder.ts';

const lockFile = 'index.lock';
/** Longer than it takes to make a large index anew from old records. */
const lockWaitMs = 60_000;

/** The results folder at a path; it need not exist. Nothing is held open. */
export function openStore(folder: string): Store {
  return {
    folder,
    read: () => read(folder),
    summaries: async () => (await read(folder)).runs,
    readRecord: async (run) => {
      const file = join(folder, run, recordFile);
      if (!existsSync(file)) throw new HostError(`there is no record ${file}`);
      return await readRecordFile(file);
    },
    makeReady: () => makeReady(folder),
    keep: (record, extras = {}) => keep(folder, record, extras),
    add: (record, night = null) => explained(folder, add(folder, record, night)),
    rebuild: () => rebuild(folder),
    prune: (retention, options) =>
      explained(
        folder,
        withIndexLock(folder, 'removing runs', () => pruneRuns(folder, retention, options)),
      ),
  };
}

/** One writer at a time. Whoever has it must not ask the store for anything that writes. */
export async function withIndexLock<T>(folder: string, purpose: string, work: () => Promise<T>): Promise<T> {
  const lock = await holdLock(join(folder, lockFile), purpose, { waitMs: lockWaitMs });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** @throws HostError for what the file system says; anything else stays what it is */
async function explained<T>(folder: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new HostError(`the index of ${folder} could not be written: ${messageOf(error)}`, undefined, error);
  }
}

/** What the index says, after runs that it does not know were found and taken in. */
async function read(folder: string): Promise<StoreContents> {
  const { entries, damaged } = await readIndex(folder);
  const looks: Looks = new Map();
  const found = await reconcile(folder, entries, { trusted: true, looks });
  const stale = found.fresh.length > 0 || (damaged && found.entries.length > 0);
  return stale ? await bringUpToDate(folder, { trusted: true, looks }) : contentsOf(found);
}

/** Looks into every folder again; the order of the runs stays. */
async function rebuild(folder: string): Promise<StoreContents> {
  if (!existsSync(folder)) return { runs: [], setAside: [], notes: [] };
  return await bringUpToDate(folder, { trusted: false, looks: new Map() });
}

/** A folder that cannot be written, or that another process holds, is read all the same. */
async function bringUpToDate(
  folder: string,
  options: { trusted: boolean; looks: Looks },
): Promise<StoreContents> {
  try {
    return await withIndexLock(folder, 'bringing the index up to date', async () => {
      const { entries, damaged } = await readIndex(folder);
      const found = await reconcile(folder, entries, options);
      await persist(folder, found, { whole: damaged || !options.trusted });
      return contentsOf(found);
    });
  } catch (error) {
    const found = await reconcile(folder, (await readIndex(folder)).entries, options);
    return contentsOf(found, [`the index of ${folder} could not be written: ${messageOf(error)}`]);
  }
}

async function persist(folder: string, found: Reconciled, { whole }: { whole: boolean }): Promise<void> {
  for (const entry of found.unsaid) await writeBesideRecord(folder, entry);
  if (whole) await writeIndex(folder, found.entries);
  else await appendToIndex(folder, found.fresh);
}

function contentsOf({ entries, setAside }: Reconciled, notes: string[] = []): StoreContents {
  return { runs: entries.map(summaryFrom), setAside, notes };
}

async function keep(
  folder: string,
  record: RunRecord,
  { night = null, files = new Map() }: Partial<RunExtras>,
): Promise<{ directory: string; note?: string }> {
  const directory = await writeRun(folder, record, files);
  try {
    await add(folder, record, night);
    return { directory };
  } catch (error) {
    return { directory, note: `the run is kept, but not in the index yet: ${messageOf(error)}` };
  }
}

async function add(folder: string, record: RunRecord, night: string | null): Promise<void> {
  await withIndexLock(folder, `adding ${record.id}`, async () => {
    const index = await readIndex(folder);
    let { entries } = index;
    if (index.damaged) {
      // Whatever lies there already was there before this run.
      const found = await reconcile(folder, entries, { trusted: true, except: record.id });
      await persist(folder, found, { whole: true });
      entries = new Map(found.entries.map((entry) => [entry.id, entry]));
    }
    let last = 0;
    for (const { sequence } of entries.values()) last = Math.max(last, sequence);
    // Another process that made the index good may have found the folder of this run already.
    const found = entries.get(record.id);
    const entry = { sequence: found?.sequence ?? last + 1, ...summaryOf(record, night) };
    await writeBesideRecord(folder, entry);
    if (found === undefined || found.night !== night) await appendToIndex(folder, [entry]);
  });
}
