import { basename } from 'node:path';
import { execa } from 'execa';
import { HostError, InterruptedError } from '../../../errors.ts';
import { diesWithParent } from '../../../host/dies-with-parent.ts';

export interface ProgramOptions {
  /** Files are named relative to it, so that no path can be read as an option or as another kind of address. */
  cwd: string;
  signal: AbortSignal;
  /** Handed to its standard input. */
  input?: string;
}

const timeoutMs = 15 * 60_000;

/**
 * Runs a program of this host to its end.
 * @returns what it printed on both streams
 * @throws HostError with the end of its output when it is missing, fails or takes longer than 15 minutes; InterruptedError
 */
export async function run(
  command: readonly [program: string, ...args: string[]],
  { cwd, signal, input }: ProgramOptions,
): Promise<{ stdout: string; stderr: string }> {
  if (signal.aborted) throw new InterruptedError();
  const [program = '', ...args] = [...diesWithParent('TERM'), ...command];
  const result = await execa(program, args, {
    cwd,
    reject: false,
    timeout: timeoutMs,
    forceKillAfterDelay: 5000,
    cancelSignal: signal,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, LC_ALL: 'C.UTF-8' },
  });
  if (result.isCanceled) throw new InterruptedError();
  if (result.exitCode !== 0) throw failure(command, result);
  return { stdout: result.stdout, stderr: result.stderr };
}

/** Why a program did not do its work. */
export function failure(
  [program]: readonly [string, ...string[]],
  result: { exitCode?: number | undefined; timedOut: boolean; stderr: string; stdout?: unknown },
): HostError {
  const how = result.timedOut
    ? `did not end within ${String(timeoutMs / 60_000)} minutes`
    : `ended with ${result.exitCode === undefined ? 'a signal' : `status ${String(result.exitCode)}`}`;
  const printed = typeof result.stdout === 'string' ? result.stdout : '';
  const said = `${printed}\n${result.stderr}`.trim().split('\n').slice(-10).join('\n');
  return new HostError(
    `${basename(program)} ${how}${said === '' ? '' : `:\n${said}`}`,
    'is there space in the cache folder, and does lab doctor find what it needs?',
  );
}
