import { readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HostError, messageOf } from '../errors.ts';
import type { Pruning, Retention } from '../store.ts';
import { readIndex, summaryFrom, writeIndex } from './index-file.ts';
import { nightsOfRuns, reconcile } from './reconcile.ts';
import { chooseRuns } from './retention.ts';
import { keepingPrefix } from './run-folder.ts';

/** What is on its way out: not a run any more, whatever of it is left. */
const removingPrefix = '.removing-';
const capturingPrefix = '.capturing-';
/** A folder on its way in is somebody's work until it is this old. */
const leftoverMs = 86_400_000;

/** Under the lock of the index. A run that goes is no run from one instant to the next; a killed one leaves no half of it. */
export async function pruneRuns(
  folder: string,
  retention: Retention,
  { remove, now = new Date() }: { remove: boolean; now?: Date },
): Promise<Pruning> {
  const { entries } = await reconcile(folder, (await readIndex(folder)).entries, { trusted: true });
  const runs = entries.map(summaryFrom);
  const nightsByRun = await nightsOfRuns(folder);
  for (const { id, night } of runs) if (night !== null && !nightsByRun.has(id)) nightsByRun.set(id, night);
  const accepted = await acceptedRuns(folder, new Set(runs.map(({ id }) => id)));
  const chosen = chooseRuns(runs, { accepted, nightOf: nightsByRun }, retention, now);
  const going = new Set(chosen.remove.map(({ run }) => run));
  const sized = await Promise.all(
    chosen.remove.map(async (each) => ({ ...each, bytes: await sizeOf(join(folder, each.run)) })),
  );
  const emptied = emptiedNights(nightsByRun, going, new Set(runs.map(({ id }) => id)));
  const pruning: Pruning = {
    remove: sized,
    protected: chosen.protected,
    nights: (await readdir(join(folder, 'nights')).catch(() => []))
      .filter((night) => emptied.has(night))
      .sort(),
    leftovers: await leftovers(folder, now),
  };
  if (!remove) return pruning;
  for (const { run } of sized) await removeWhole(folder, folder, run);
  for (const night of pruning.nights) await removeWhole(folder, join(folder, 'nights'), night);
  for (const name of pruning.leftovers) await rm(join(folder, name), { recursive: true, force: true });
  await writeIndex(
    folder,
    entries.filter(({ id }) => !going.has(id)),
  );
  return pruning;
}

/**
 * Runs that the baseline names, wherever in it: what is accepted is not removed because this file has another shape than expected.
 * @throws HostError when it cannot be read
 */
async function acceptedRuns(folder: string, runs: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const file = join(folder, 'baseline.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Set();
    throw unreadable(file, error);
  }
  try {
    const named = new Set<string>();
    JSON.parse(text, (key: string, value: unknown): unknown => {
      for (const word of [key, value]) if (typeof word === 'string' && runs.has(word)) named.add(word);
      return value;
    });
    return named;
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): HostError {
  return new HostError(
    `which runs are accepted cannot be told: ${file}: ${messageOf(error)}`,
    'nothing was removed; repair that file, or move it away',
    error,
  );
}

/** Nights that lose their last run. One that had none to begin with stays: its runs may lie elsewhere. */
function emptiedNights(
  nightOf: ReadonlyMap<string, string>,
  going: ReadonlySet<string>,
  present: ReadonlySet<string>,
): ReadonlySet<string> {
  const losing = new Set<string>();
  const staying = new Set<string>();
  for (const [run, night] of nightOf)
    if (going.has(run)) losing.add(night);
    else if (present.has(run)) staying.add(night);
  return new Set([...losing].filter((night) => !staying.has(night)));
}

async function leftovers(folder: string, now: Date): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) =>
    [keepingPrefix, removingPrefix, capturingPrefix].some((prefix) => name.startsWith(prefix)),
  );
  const old = await Promise.all(
    names.map(async (name) => {
      if (name.startsWith(removingPrefix)) return true;
      const found = await stat(join(folder, name)).catch(() => undefined);
      return found !== undefined && now.getTime() - found.mtimeMs > leftoverMs;
    }),
  );
  return names.filter((_, i) => old[i] === true).sort();
}

/** @throws HostError */
async function removeWhole(folder: string, parent: string, name: string): Promise<void> {
  const leaving = join(folder, `${removingPrefix}${name}`);
  try {
    await rename(join(parent, name), leaving).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    });
    await rm(leaving, { recursive: true, force: true });
  } catch (error) {
    throw new HostError(`${join(parent, name)} cannot be removed: ${messageOf(error)}`, undefined, error);
  }
}

async function sizeOf(directory: string): Promise<number> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => stat(join(entry.parentPath, entry.name)).catch(() => undefined)),
  );
  return sizes.reduce((sum, found) => sum + (found?.size ?? 0), 0);
}
