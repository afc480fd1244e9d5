import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { holdLock, lockPurpose } from './lock.ts';

/** Names become folders, some of which are removed with all they hold: nothing else may stand in a file. */
const folderName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}$/);

/** What a lab is, in `.lab/<name>/lab.json`; written when it is provisioned and healthy. */
export const LabDescription = z.strictObject({
  schema: z.literal(1),
  name: folderName,
  stack: z.string(),
  edition: z.enum(['period', 'current']),
  provider: z.enum(['qemu', 'virtualbox', 'libvirt']),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  createdAt: z.string(),
  /** Name of the snapshot of its healthy state. */
  snapshot: folderName.nullable(),
});
export type LabDescription = z.infer<typeof LabDescription>;

export interface KnownLab {
  description: LabDescription;
  directory: string;
  state: 'running' | 'stopped' | 'damaged';
  /** What a living process is doing with it. */
  busyWith: string | null;
  /** A scenario ran on it since it was last healthy: the next use restores it. */
  dirty: boolean;
}

/** The folder of all labs made in this working folder. */
export function labsHome(cwd: string): string {
  return resolve(cwd, '.lab');
}

export function labDirectory(home: string, name: string): string {
  return join(home, name);
}

const failedSuffix = '.failed';

/** Where the logs of a lab are that did not come up. No lab has such a name. */
export function failedLogsDirectory(home: string, name: string): string {
  return join(home, `${name}${failedSuffix}`);
}

/** Names of labs of which such logs are there. */
export async function failedLabs(home: string): Promise<string[]> {
  const entries = await readdir(home).catch(() => []);
  return entries
    .filter((entry) => entry.endsWith(failedSuffix))
    .map((entry) => entry.slice(0, -failedSuffix.length))
    .filter((name) => folderName.safeParse(name).success);
}

/** The labs of a home, by name. `isRunning` asks the provider of each. */
export async function readLabs(
  home: string,
  isRunning: (lab: LabDescription) => Promise<boolean>,
): Promise<KnownLab[]> {
  const entries = await readdir(home, { withFileTypes: true }).catch(() => []);
  const labs = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory())
      .map(async (entry): Promise<KnownLab | undefined> => {
        const directory = labDirectory(home, entry.name);
        const description = await readDescription(directory);
        if (description === undefined) return undefined;
        const snapshotLost =
          description.snapshot !== null &&
          !(await exists(join(directory, 'snapshots', description.snapshot)));
        const running = await isRunning(description);
        return {
          description,
          directory,
          state: running ? 'running' : snapshotLost ? 'damaged' : 'stopped',
          busyWith: (await lockPurpose(lockFile(directory))) ?? null,
          dirty: await isDirty(directory),
        };
      }),
  );
  return labs
    .filter((lab) => lab !== undefined)
    .sort((a, b) => (a.description.name < b.description.name ? -1 : 1));
}

/**
 * The description of a lab; undefined when it was never provisioned to the end, cannot be read, or is that of another
 * folder.
 */
export async function readDescription(directory: string): Promise<LabDescription | undefined> {
  try {
    const text = await readFile(join(directory, 'lab.json'), 'utf8');
    const description = LabDescription.safeParse(JSON.parse(text)).data;
    return description?.name === basename(resolve(directory)) ? description : undefined;
  } catch {
    return undefined;
  }
}

export async function writeDescription(directory: string, description: LabDescription): Promise<void> {
  const file = join(directory, 'lab.json');
  await writeFile(`${file}.new`, `${JSON.stringify(description, null, 2)}\n`);
  await rename(`${file}.new`, file);
}

/** Forgets what a lab is: it is about to be made anew. */
export async function removeDescription(directory: string): Promise<void> {
  await rm(join(directory, 'lab.json'), { force: true });
  await markClean(directory);
}

export async function isDirty(directory: string): Promise<boolean> {
  return await exists(join(directory, 'dirty'));
}

export async function markDirty(directory: string, why: string): Promise<void> {
  await writeFile(join(directory, 'dirty'), `${why}\n`);
}

export async function markClean(directory: string): Promise<void> {
  await rm(join(directory, 'dirty'), { force: true });
}

/** Holds the lab for one command. @throws HostError naming the process that holds it already */
export async function withLock<T>(directory: string, purpose: string, work: () => Promise<T>): Promise<T> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lock = await holdLock(lockFile(directory), purpose);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

function lockFile(directory: string): string {
  return join(directory, 'lock');
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
