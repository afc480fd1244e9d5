import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Baseline } from '../baseline.ts';
import { HostError, messageOf } from '../errors.ts';
import { withIndexLock } from './open-store.ts';
import { replaceFile } from './record-files.ts';

export const baselineFile = 'baseline.json';

/** Nothing is accepted where there is no file. @throws HostError when it is not a baseline */
export async function readBaseline(folder: string): Promise<Baseline> {
  const file = join(folder, baselineFile);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { schema: 1, cells: {} };
    throw unreadable(file, error);
  }
  try {
    return Baseline.parse(JSON.parse(text));
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): HostError {
  return new HostError(
    `what is accepted cannot be told: ${file}: ${messageOf(error).replaceAll(/\s+/g, ' ').slice(0, 300)}`,
    'repair that file, or move it away and accept a night anew: lab baseline accept <night>',
    error,
  );
}

/**
 * Changes the baseline under the lock of the index, so that of two who accept at once neither undoes the other.
 * @param change of what the file says now; it must not read or keep runs, which takes the same lock
 * @throws HostError when it cannot be read or written; the file is then as it was
 */
export async function changeBaseline(
  folder: string,
  change: (baseline: Baseline) => Baseline,
): Promise<Baseline> {
  const file = join(folder, baselineFile);
  await mkdir(folder, { recursive: true });
  return await withIndexLock(folder, 'changing what is accepted', async () => {
    const changed = change(await readBaseline(folder));
    try {
      await replaceFile(file, `${JSON.stringify(changed, null, 2)}\n`);
    } catch (error) {
      throw new HostError(
        `${file} cannot be written: ${messageOf(error)}`,
        'free space there; what was accepted before still is',
        error,
      );
    }
    return changed;
  });
}
