import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lockPurpose } from '../../lock.ts';
import { cacheDirectory } from './paths.ts';

/** Folders in which an image or a base machine is made: `<prefix>-<name of the lock>-<random>`. */
const workFolders = [
  { folder: 'images', pattern: /^building-([0-9a-f]+)-/ },
  { folder: 'bases', pattern: /^booting-([0-9a-f]+)-/ },
] as const;

/** Removes what killed builders left in the cache. A folder whose lock a living process holds is in use and stays. */
export async function removeCacheLeftovers(): Promise<void> {
  for (const { folder, pattern } of workFolders) {
    const directory = join(cacheDirectory(), folder);
    for (const entry of await readdir(directory).catch(() => [])) {
      const name = pattern.exec(entry)?.[1];
      if (name === undefined || (await lockPurpose(join(directory, `${name}.lock`))) !== undefined) continue;
      await rm(join(directory, entry), { recursive: true, force: true });
    }
  }
}
