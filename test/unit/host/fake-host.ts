import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostKind } from '../../../lab/host/programs.ts';

export const debian = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n';
export const mint = 'ID=linuxmint\nID_LIKE="ubuntu debian"\n';
export const fedora = 'ID=fedora\n';

/** A host whose programs are the scripts that a test puts into its only PATH folder. */
export interface FakeHost extends HostKind {
  folder: string;
  script(name: string, body: string): Promise<void>;
}

export async function inFakeHost<T>(work: (host: FakeHost) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-host-'));
  const path = join(folder, 'path');
  await mkdir(path);
  try {
    return await work({
      folder,
      path,
      root: true,
      platform: 'linux',
      osRelease: debian,
      script: async (name, body) => {
        await writeFile(join(path, name), `#!/bin/sh\n${body}\n`);
        await chmod(join(path, name), 0o755);
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
