import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { messageOf } from '../errors.ts';
import type { RunSummary } from '../run-summary.ts';
import type { SetAside } from '../store.ts';
import { summaryOf } from '../summarise.ts';
import type { IndexEntry } from './index-file.ts';
import { readRecordFile, recordFile } from './record-files.ts';
import { readBesideRecord, recordBytes, runFolders } from './run-folder.ts';

/** Folders that are looked into between two turns of the event loop. */
const foldersPerTurn = 100;

/** What an index should say of a results folder. */
export interface Reconciled {
  /** In the order of their sequences. */
  entries: IndexEntry[];
  /** Those whose record has no summary beside it, or one with another sequence. */
  unsaid: IndexEntry[];
  /** Those that the index does not have, or has otherwise. */
  fresh: IndexEntry[];
  setAside: SetAside[];
}

interface Found {
  summary: RunSummary;
  /** The sequence that stands beside the record. */
  own: number | undefined;
  /** The summary stands there too. */
  said: boolean;
}

/** What was found in folders that were looked into already, or what kept it from being read; undefined where there is no record. */
export type Looks = Map<string, Found | string | undefined>;

/**
 * Holds what the index has against the folders that there are. Runs that it does not have come after all that it has; among
 * them, first those that have no number beside their record, by id, then by that number. So an index that is lost comes back
 * in the order in which it was written, whatever the clocks said, and old records without a number are older than it.
 * @param known what the index has, by run
 * @param trusted whether runs that the index has need not be looked at again
 * @param except a run that is not looked for
 * @param looks what is in it is not looked at again
 */
export async function reconcile(
  folder: string,
  known: ReadonlyMap<string, IndexEntry>,
  { trusted, except, looks = new Map() }: { trusted: boolean; except?: string; looks?: Looks },
): Promise<Reconciled> {
  const entries: IndexEntry[] = [];
  const unsaid: IndexEntry[] = [];
  const fresh: IndexEntry[] = [];
  const setAside: SetAside[] = [];
  const unknown: Found[] = [];
  const nightOf = lazily(() => nightsOfRuns(folder));
  let looked = 0;
  for (const run of await runFolders(folder)) {
    if (run === except) continue;
    const entry = known.get(run);
    if (entry !== undefined && trusted) {
      entries.push(entry);
      continue;
    }
    if (!looks.has(run)) {
      if (++looked % foldersPerTurn === 0) await setImmediate();
      const night = async (): Promise<string | null> => (await nightOf()).get(run) ?? entry?.night ?? null;
      looks.set(run, await look(folder, run, night));
    }
    const found = looks.get(run);
    if (found === undefined) continue;
    if (typeof found === 'string') setAside.push({ run, problem: found });
    else if (entry === undefined) unknown.push(found);
    else {
      const now = { ...found.summary, sequence: entry.sequence };
      entries.push(now);
      if (!found.said || found.own !== entry.sequence) unsaid.push(now);
    }
  }
  entries.sort((a, b) => a.sequence - b.sequence);
  unknown.sort((a, b) => (a.own ?? 0) - (b.own ?? 0) || (a.summary.id < b.summary.id ? -1 : 1));
  let last = entries.at(-1)?.sequence ?? 0;
  for (const { summary, own, said } of unknown) {
    last = Math.max(last + 1, own ?? 0);
    const entry = { sequence: last, ...summary };
    entries.push(entry);
    fresh.push(entry);
    if (!said || own !== last) unsaid.push(entry);
  }
  return { entries, unsaid, fresh, setAside };
}

/** @returns undefined for a folder without a record, in words why a record cannot be read */
async function look(
  folder: string,
  run: string,
  nightOf: () => Promise<string | null>,
): Promise<Found | string | undefined> {
  const bytes = recordBytes(folder, run);
  if (bytes === undefined) return undefined;
  const { sequence: own, summary } = readBesideRecord(folder, run, bytes);
  if (summary !== undefined) return { summary, own, said: true };
  try {
    const record = await readRecordFile(join(folder, run, recordFile));
    if (record.id !== run) return `it holds the record of ${record.id}, and is not called like it`;
    return { summary: summaryOf(record, await nightOf()), own, said: false };
  } catch (error) {
    return messageOf(error).split('\n')[0] ?? '';
  }
}

const NightOfRuns = z.looseObject({ id: z.string(), attempts: z.array(z.looseObject({ run: z.string() })) });

/** The night of each run, as the nights themselves say; a night that cannot be read says nothing. */
export async function nightsOfRuns(folder: string): Promise<Map<string, string>> {
  const runs = new Map<string, string>();
  for (const night of (await readdir(join(folder, 'nights')).catch(() => [])).sort())
    try {
      const text = await readFile(join(folder, 'nights', night, 'night.json'), 'utf8');
      const { id, attempts } = NightOfRuns.parse(JSON.parse(text));
      for (const { run } of attempts) runs.set(run, id);
    } catch {
      continue;
    }
  return runs;
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
