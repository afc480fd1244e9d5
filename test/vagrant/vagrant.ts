import { execa } from 'execa';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** A folder with a Vagrantfile, and a Vagrant home of its own that knows nothing of the user's. */
export interface VagrantFolder {
  directory: string;
  /** Settings that a user would have in ~/.vagrant.d/Vagrantfile. */
  write(path: string, text: string): Promise<void>;
  writeHome(text: string): Promise<void>;
  /** Runs vagrant there; both output streams as one text. */
  vagrant(argv: readonly string[], env?: NodeJS.ProcessEnv): Promise<{ status: number; output: string }>;
}

/**
 * Answers Vagrant's question for a version and nothing else. Vagrant checks the blocks of the provider in use only, and uses
 * none that is not there.
 */
const versionOnly = '#!/bin/sh\n[ "$1" = --version ] && echo 7.0.20r163906\n';

export async function inVagrantFolder<T>(work: (folder: VagrantFolder) => Promise<T>): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), 'lab-vagrant-'));
  const directory = join(root, 'lab');
  const home = join(root, 'home');
  const programs = join(root, 'programs');
  try {
    for (const folder of [directory, home, programs]) await mkdir(folder);
    await writeFile(join(programs, 'VBoxManage'), versionOnly);
    await chmod(join(programs, 'VBoxManage'), 0o755);
    return await work({
      directory,
      write: async (path, text) => {
        await mkdir(dirname(join(directory, path)), { recursive: true });
        await writeFile(join(directory, path), text);
      },
      writeHome: (text) => writeFile(join(home, 'Vagrantfile'), text),
      vagrant: async (argv, env = {}) => {
        const ended = await execa('vagrant', [...argv], {
          cwd: directory,
          env: {
            VAGRANT_HOME: home,
            VAGRANT_CHECKPOINT_DISABLE: '1',
            VAGRANT_NO_COLOR: '1',
            PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}`,
            ...env,
          },
          all: true,
          stdin: 'ignore',
          reject: false,
          timeout: 120_000,
        });
        return { status: ended.exitCode ?? -1, output: ended.all };
      },
    });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
