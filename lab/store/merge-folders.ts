import { realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import type { Night } from '../night.ts';
import { joinShards, nightsOfShards } from '../night-shards.ts';
import type { RunSummary } from '../run-summary.ts';
import type { SetAside, Store } from '../store.ts';
import { copyRun, filesOfRun, sameRun, type RunFiles } from './copy-run.ts';
import { readIndex, summaryFrom } from './index-file.ts';
import { keepNight, readNights } from './night-files.ts';
import { openStore } from './open-store.ts';
import { reconcile } from './reconcile.ts';
import { besideRecord, recordBytes } from './run-folder.ts';

export interface Merged {
  /** Runs that were copied, and those that were there already. */
  copied: string[];
  present: string[];
  /** Nights of shards that are one night now. */
  joined: Night[];
  /** Other nights that came along. */
  nights: Night[];
  /** What could not be read in the folders: broken records are copied as they are, broken nights are not. */
  setAside: (SetAside & { folder: string })[];
}

interface Run {
  id: string;
  from: string;
  files: RunFiles;
  /** undefined where its record is broken. */
  summary: RunSummary | undefined;
  /** It is there already. */
  present: boolean;
}

interface Source {
  folder: string;
  /** In the order of the history. */
  runs: Run[];
  nights: Night[];
  setAside: SetAside[];
}

/**
 * Copies the runs of results folders into one, and makes one night of the shards of each night. All is looked at before
 * anything is copied. Done twice it is the same as done once. The folders stay as they are.
 * @throws UsageError for what does not fit together, or would overwrite a different run or night; HostError when it cannot be
 * written
 */
export async function mergeFolders(into: string, folders: readonly string[]): Promise<Merged> {
  const sources: Source[] = [];
  for (const folder of folders) sources.push(await readSource(into, folder));
  const { joined, nights } = mergedNights(
    sources.flatMap((source) => source.nights),
    (await readNights(into)).nights,
  );
  const runs = await distinctRuns(into, sources);
  const every = [...joined, ...nights];
  const nightOf = new Map(every.flatMap(({ id, attempts }) => attempts.map(({ run }) => [run, id])));

  const store = openStore(into);
  await store.makeReady();
  for (const night of every) await keepNight(into, night);
  const merged: Merged = { copied: [], present: [], joined, nights, setAside: [] };
  for (const { folder, setAside } of sources)
    merged.setAside.push(...setAside.map((each) => ({ ...each, folder })));
  for (const [i, run] of inOrderOfNights(runs, every).entries())
    if (run.present) merged.present.push(run.id);
    else {
      await copyRun(run.from, into, run.id, run.files, besideCopy(run, i + 1, nightOf.get(run.id)));
      merged.copied.push(run.id);
    }
  await tellNights(store, nightOf);
  return merged;
}

/** Nothing is written there, not even an index. @throws UsageError for a folder that is none, or the one that is merged into */
async function readSource(into: string, folder: string): Promise<Source> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new UsageError(`there is no folder ${folder}`);
  if ((await realpath(folder)) === (await realpath(into).catch(() => resolve(into))))
    throw new UsageError(`${folder} cannot be merged into itself`, 'name another folder with --out');
  const { entries, setAside } = await reconcile(folder, (await readIndex(folder)).entries, {
    trusted: false,
  });
  const runs: Run[] = [];
  for (const [id, summary] of [
    ...entries.map((entry) => [entry.id, summaryFrom(entry)] as const),
    ...setAside.map(({ run }) => [run, undefined] as const),
  ]) {
    if (!isCopiable(id)) throw new UsageError(`${JSON.stringify(join(folder, id))}: a run is not called so`);
    runs.push({ id, from: folder, files: await filesOfRun(join(folder, id)), summary, present: false });
  }
  const { nights, setAside: broken } = await readNights(folder);
  if (runs.length + nights.length + broken.length === 0)
    throw new UsageError(`${folder} holds no run and no night`, 'name the results folders themselves');
  return {
    folder,
    runs,
    nights,
    setAside: [...setAside, ...broken.map(({ night, problem }) => ({ run: `nights/${night}`, problem }))],
  };
}

/** No run takes the place of what else lies in a results folder. */
function isCopiable(run: string): boolean {
  return /^[a-z0-9][\w.-]*$/i.test(run) && !/^(?:index|baseline)\./i.test(run);
}

/** @throws UsageError for shards that do not fit together, and for a night that would overwrite another one of its id */
function mergedNights(
  found: readonly Night[],
  there: readonly Night[],
): { joined: Night[]; nights: Night[] } {
  const byId = fullest(found);
  const shards = [...byId.values()].filter(({ shard }) => shard !== null);
  const joined = fullest(nightsOfShards(shards).map((group) => asCalledThere(joinShards(group), there)));
  const nights = fullest([...byId.values()].filter(({ shard }) => shard === null));
  for (const id of joined.keys())
    if (nights.has(id)) throw new UsageError(`${id} is there as a whole and in shards`, 'merge one of both');
  const kept = (map: ReadonlyMap<string, Night>): Night[] =>
    [...map.values()].map(
      (night) => fullest([...there.filter(({ id }) => id === night.id), night]).get(night.id) ?? night,
    );
  return { joined: kept(joined), nights: kept(nights) };
}

/** A night of which shards were merged before has an id already. */
function asCalledThere(night: Night, there: readonly Night[]): Night {
  const runs = new Set(night.attempts.map(({ run }) => run));
  const before = there.find(
    ({ shard, attempts }) => shard === null && attempts.some(({ run }) => runs.has(run)),
  );
  return before === undefined ? night : { ...night, id: before.id };
}

/** Of several states of a night the one that has all runs of the others. @throws UsageError where none has */
function fullest(states: readonly Night[]): Map<string, Night> {
  const nights = new Map<string, Night>();
  for (const state of states) {
    const other = nights.get(state.id);
    if (other === undefined || isWithin(other, state)) nights.set(state.id, state);
    else if (!isWithin(state, other))
      throw new UsageError(
        `there are two nights ${state.id}, and neither has all runs of the other`,
        'where they are shards of one night, merge all of its folders at once, into a folder that does not have it',
      );
  }
  return nights;
}

function isWithin(a: Night, b: Night): boolean {
  const runs = new Set(b.attempts.map(({ run }) => run));
  return a.attempts.every(({ run }) => runs.has(run));
}

/** Each run once. @throws UsageError for two different ones of the same id, here or there */
async function distinctRuns(into: string, sources: readonly Source[]): Promise<Run[]> {
  const runs = new Map<string, Run>();
  for (const run of sources.flatMap((source) => source.runs)) {
    const other = runs.get(run.id);
    const present = (await stat(join(into, run.id)).catch(() => undefined)) !== undefined;
    const rivals = [...(other === undefined ? [] : [other.from]), ...(present ? [into] : [])];
    for (const rival of rivals)
      if (!(await sameRun(join(run.from, run.id), join(rival, run.id))))
        throw new UsageError(
          `${join(run.from, run.id)} and ${join(rival, run.id)} are different runs of the same id`,
          'nothing was copied; move one of them away',
        );
    if (other === undefined) runs.set(run.id, { ...run, present });
  }
  return [...runs.values()];
}

/** The runs of a night follow each other, in the order of its attempts, where the first of them was found. */
function inOrderOfNights(runs: readonly Run[], nights: readonly Night[]): Run[] {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const attemptsOf = new Map(nights.flatMap(({ attempts }) => attempts.map(({ run }) => [run, attempts])));
  const ordered = new Set<Run>();
  for (const run of runs) {
    for (const attempt of attemptsOf.get(run.id) ?? []) {
      const sibling = byId.get(attempt.run);
      if (sibling !== undefined) ordered.add(sibling);
    }
    ordered.add(run);
  }
  return [...ordered];
}

function besideCopy(
  { id, from, summary }: Run,
  sequence: number,
  night: string | undefined,
): string | undefined {
  if (summary === undefined) return undefined;
  return besideRecord({ sequence, ...summary, night: night ?? summary.night }, recordBytes(from, id) ?? 0);
}

/** Takes what was copied into the index; runs that were there before are told of which night they are. */
async function tellNights(store: Store, nightOf: ReadonlyMap<string, string>): Promise<void> {
  for (const { id, night } of await store.summaries()) {
    const now = nightOf.get(id);
    if (now !== undefined && now !== night) await store.add(await store.readRecord(id), now);
  }
}
