import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../../../lab/host/programs.ts';
import { shellQuote } from '../../../../lab/quote.ts';
import { newPrivateRuntime } from '../../../private-runtime.ts';

/** Programs that are scripts of a test, found before all others by this process. */
export interface FakePrograms {
  /** Of the test alone; gone after it. */
  folder: string;
  /** A shell script, in which $here is the folder; each of its runs is kept among the calls. */
  script: (name: string, body: string) => Promise<void>;
  /** Name and arguments of each run, in order. */
  calls: () => Promise<string[]>;
}

const folders = ['XDG_STATE_HOME', 'XDG_CACHE_HOME'] as const;
const borrowed = ['PATH', 'LIBVIRT_DEFAULT_URI', 'XDG_RUNTIME_DIR', ...folders] as const;
const everyday = [
  'sh',
  'setpriv',
  'cat',
  'sleep',
  'mkdir',
  'rm',
  'sed',
  'cp',
  'mv',
  'ls',
  'touch',
  'basename',
];

/**
 * Runs the work with the programs in front, and with state, cache and runtime folders that are the test's alone. With
 * `alone`, no program can be found beside the scripts and what scripts are made of.
 */
export async function withPrograms(
  work: (programs: FakePrograms) => Promise<void>,
  { alone = false }: { alone?: boolean } = {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-programs-'));
  const path = join(folder, 'path');
  const before = borrowed.map((name) => [name, process.env[name]] as const);
  await mkdir(path);
  if (alone)
    for (const name of everyday)
      await symlink(findProgram(name, process.env['PATH'] ?? '') ?? '/nowhere', join(path, name));
  process.env['PATH'] = alone ? path : `${path}:${process.env['PATH'] ?? ''}`;
  for (const name of folders) process.env[name] = join(folder, name);
  const runtime = newPrivateRuntime();
  delete process.env['LIBVIRT_DEFAULT_URI'];
  try {
    await work({
      folder,
      script: async (name, body) => {
        const file = join(path, name);
        const preamble = `here=${shellQuote(folder)}\nprintf '%s\\n' "${name} $*" >> "$here/calls"`;
        await writeFile(file, `#!/bin/sh\n${preamble}\n${body}\n`);
        await chmod(file, 0o755);
      },
      calls: async () => {
        const text = await readFile(join(folder, 'calls'), 'utf8').catch(() => '');
        return text.split('\n').slice(0, -1);
      },
    });
  } finally {
    for (const [name, value] of before)
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    await rm(folder, { recursive: true, force: true });
    await rm(runtime, { recursive: true, force: true });
  }
}
