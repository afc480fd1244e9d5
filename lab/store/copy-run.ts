import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HostError, UsageError, messageOf } from '../errors.ts';
import { recordFile, samplesFile } from './record-files.ts';
import { keepingPrefix, summaryFile } from './run-folder.ts';

/** What a run consists of, as paths in its folder: first each folder, then what is in it. */
export interface RunFiles {
  folders: string[];
  files: string[];
}

/**
 * What is to be copied of a run: everything but what is on its way to another name, and its summary, which is made anew.
 * @throws UsageError for what is neither a file nor a folder: a link could lead anywhere
 */
export async function filesOfRun(directory: string): Promise<RunFiles> {
  const found: RunFiles = { folders: [], files: [] };
  const look = async (inside: string): Promise<void> => {
    for (const entry of await readdir(join(directory, inside), { withFileTypes: true })) {
      const path = join(inside, entry.name);
      if (entry.isDirectory()) {
        found.folders.push(path);
        await look(path);
      } else if (!entry.isFile())
        throw new UsageError(
          `${join(directory, path)} is neither a file nor a folder`,
          'a run consists of files; nothing was copied',
        );
      else if (path !== summaryFile && !path.endsWith('.new')) found.files.push(path);
    }
  };
  await look('');
  return found;
}

/** Whether two folders hold the same measurement: reports may have been drawn anew, record and samples are what they were. */
export async function sameRun(a: string, b: string): Promise<boolean> {
  for (const name of [recordFile, samplesFile]) {
    const [one, other] = await Promise.all([a, b].map((directory) => bytesOf(join(directory, name))));
    if (one === undefined || other === undefined ? one !== other : !one.equals(other)) return false;
  }
  return true;
}

async function bytesOf(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Copies a run; it appears as a whole, or not at all, and never in the place of another one.
 * @param summary the text of its summary.json; undefined for a run whose record cannot be read
 * @throws HostError when it cannot be written; nothing of it is left then
 */
export async function copyRun(
  from: string,
  into: string,
  run: string,
  { folders, files }: RunFiles,
  summary: string | undefined,
): Promise<void> {
  const making = join(into, `${keepingPrefix}${run}-${randomBytes(4).toString('hex')}`);
  try {
    await mkdir(making);
    for (const folder of folders) await mkdir(join(making, folder));
    for (const file of files) await copyToDisk(join(from, run, file), join(making, file));
    if (summary !== undefined) await writeFile(join(making, summaryFile), summary);
    if (await stat(join(into, run)).catch(() => undefined))
      throw new Error('there is one of this id already');
    await rename(making, join(into, run));
  } catch (error) {
    await rm(making, { recursive: true, force: true }).catch(() => undefined);
    throw new HostError(
      `the run ${run} cannot be copied to ${into}: ${messageOf(error)}`,
      'nothing of it was left there; do the same again when that is mended',
      error,
    );
  }
}

/** It is on disk when this returns. */
async function copyToDisk(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  const file = await open(to, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
