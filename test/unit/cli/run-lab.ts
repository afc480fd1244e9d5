import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** A working folder of its own, removed after the work. */
export async function inFolder<T>(work: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-cli-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Runs a command line in this process, as if typed in `cwd`. The program is imported here, as bin/lab.js does it: mocha loads
 * test files through require, and a program that came that way would not share its error classes with the commands that it
 * imports later.
 */
export async function runLab(
  cwd: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  const { runCommandLine } = await import('../../../lab/cli/main.ts');
  const stdout = collector();
  const stderr = collector();
  const code = await runCommandLine(argv, {
    cwd,
    // No program is found there: nothing that a test types can start a machine or build an image.
    env: { PATH: join(cwd, 'no-programs'), HOME: cwd, XDG_CACHE_HOME: join(cwd, 'cache'), ...env },
    stdin: Readable.from([]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    signal: new AbortController().signal,
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

export function collector(): { stream: Writable; text: () => string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk.toString('utf8'));
      done();
    },
  });
  return { stream, text: () => chunks.join('') };
}
