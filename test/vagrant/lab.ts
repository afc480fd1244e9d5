import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

const project = join(import.meta.dirname, '..', '..');

/** Folder of the test run; exists only inside `npm run test:vagrant`. */
export function testFolder(): string {
  const folder = process.env['LAB_TEST_FOLDER'];
  if (folder === undefined)
    throw new Error('these tests run in namespaces of their own: npm run test:vagrant');
  return folder;
}

export function workFolder(): string {
  const folder = join(testFolder(), 'work');
  mkdirSync(folder, { recursive: true });
  return folder;
}

export interface Outcome {
  status: number | undefined;
  stdout: string;
  stderr: string;
}

/** Runs the real command to its end. */
export async function lab(...args: string[]): Promise<Outcome> {
  const result = await execa(process.execPath, [join(project, 'bin', 'lab.js'), ...args], {
    cwd: workFolder(),
    env: { NO_COLOR: '1' },
    reject: false,
    stdin: 'ignore',
    timeout: 40 * 60_000,
    maxBuffer: 100_000_000,
    stderr: process.env['LAB_TEST_VERBOSE'] === undefined ? 'pipe' : ['pipe', 'inherit'],
  });
  return { status: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}

/** Runs a tool of the host beside lab, in the folder of a lab. */
export async function tool(program: string, args: readonly string[], cwd = workFolder()): Promise<string> {
  const result = await execa(program, args, { cwd, stdin: 'ignore', timeout: 5 * 60_000 });
  return result.stdout;
}
