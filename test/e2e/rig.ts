import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { privateRuntimeIn } from '../private-runtime.ts';

const packageFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where the tests' lab lives, apart from every other lab of this user. Images and base machines come from the common cache. */
export const workFolder = mkdtempSync(join(tmpdir(), 'lab-e2e-'));
export const runtimeFolder = privateRuntimeIn(workFolder);

export interface Outcome {
  status: number | undefined;
  stdout: string;
  stderr: string;
}

function start(args: readonly string[], input?: string) {
  return execa(process.execPath, [join(packageFolder, 'bin', 'lab.js'), ...args], {
    cwd: workFolder,
    env: { LAB_PROVIDER: 'qemu', NO_COLOR: '1' },
    reject: false,
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    timeout: 25 * 60_000,
    maxBuffer: 100_000_000,
  });
}

/** Runs the real command to its end. */
export async function lab(...args: string[]): Promise<Outcome> {
  const result = await start(args);
  return { status: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}

/** Runs the real command with this on its standard input. */
export async function labFed(input: string, ...args: string[]): Promise<Outcome> {
  const result = await start(args, input);
  return { status: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}

/**
 * Starts the real command and, once its standard error matches, does something to it or beside it; then waits for its end.
 * @throws Error when it ended without ever matching
 */
export async function labWhen<T>(
  pattern: RegExp,
  act: (running: { kill: (signal: NodeJS.Signals) => void }) => T | Promise<T>,
  ...args: string[]
): Promise<Outcome & { acted: T }> {
  const running = start(args);
  let seen = '';
  let acted: Promise<T> | undefined;
  running.stderr.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
    if (acted !== undefined || !pattern.test(seen)) return;
    acted = Promise.resolve(act({ kill: (signal) => running.kill(signal) }));
    acted.catch(() => running.kill('SIGKILL'));
  });
  const result = await running;
  if (acted === undefined)
    throw new Error(`${args.join(' ')} ended without saying ${String(pattern)}:\n${seen}`);
  return {
    status: result.exitCode,
    stdout: result.stdout,
    stderr: result.stderr,
    acted: await acted,
  };
}

/** Processes of the tests' labs: machines and fabrics have the runtime folder on their command line. */
export function processesLeft(): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        const words = readFileSync(join('/proc', pid, 'cmdline'), 'utf8').replaceAll('\0', ' ');
        return words.includes(runtimeFolder) ? [`${pid} ${words.slice(0, 120)}`] : [];
      } catch {
        return [];
      }
    });
}

/** Everything that is left in the runtime folder. */
export function runtimeFilesLeft(): string[] {
  try {
    return readdirSync(runtimeFolder, { recursive: true }).map(String);
  } catch {
    return [];
  }
}

/** The pid of a node's machine. */
export function machinePid(node: string): number {
  const file = readdirSync(runtimeFolder, { recursive: true })
    .map(String)
    .find((entry) => entry.endsWith(`/${node}.pid`));
  if (file === undefined) throw new Error(`no machine of ${node} in ${runtimeFolder}`);
  return Number(readFileSync(join(runtimeFolder, file), 'utf8'));
}

export function removeWorkFolder(): void {
  rmSync(workFolder, { recursive: true, force: true });
}
