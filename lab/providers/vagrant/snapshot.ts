import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Says, in the lab's folder, that the hypervisor keeps a snapshot of this name of every node. */
export async function keepSnapshot(directory: string, name: string): Promise<void> {
  const folder = join(directory, 'snapshots', name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'complete'), `${new Date().toISOString()}\n`);
}
