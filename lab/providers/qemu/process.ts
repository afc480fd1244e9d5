import { readFile, readdir, rm } from 'node:fs/promises';
import { execa } from 'execa';
import { HostError, RigError } from '../../errors.ts';
import { together } from '../../together.ts';
import { waitFor } from '../../wait.ts';

/** Starts QEMU in the background (it detaches itself once it is set up). @throws RigError with its own words when it refuses. */
export async function startQemu(
  args: readonly string[],
  workingDirectory: string,
  name: string,
  env: Record<string, string>,
): Promise<void> {
  let result;
  try {
    result = await execa('qemu-system-x86_64', args, {
      cwd: workingDirectory,
      env,
      reject: false,
      timeout: 60_000,
      stdin: 'ignore',
      cleanup: false,
    });
  } catch (error) {
    throw new HostError(`${name}: cannot run qemu-system-x86_64`, 'lab doctor --fix', error);
  }
  if (result.code === 'ENOENT')
    throw new HostError('qemu-system-x86_64 is not installed', 'lab doctor --fix');
  if (result.exitCode !== 0)
    throw new RigError(`${name}: QEMU did not start: ${result.stderr || result.shortMessage || ''}`);
}

/** The process that a pid file names, if it lives and has `mark` on its command line; a reused pid is never taken for it. */
export async function livingProcess(pidFile: string, mark: string): Promise<number | undefined> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  return (await hasMark(pid, mark)) ? pid : undefined;
}

async function hasMark(pid: number, mark: string): Promise<boolean> {
  const commandLine = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => undefined);
  if (commandLine !== undefined) return holds(commandLine, mark);
  if (process.platform === 'linux') return false;
  const ps = await execa('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { reject: false, timeout: 10_000 });
  return holds(ps.stdout, mark);
}

/** A path stands on QEMU's command line as it is, or with its commas doubled. */
function holds(commandLine: string, mark: string): boolean {
  return commandLine.includes(mark) || commandLine.includes(mark.replaceAll(',', ',,'));
}

/** Version of QEMU on this host, as `7.2.22`. @throws HostError when it is not there */
export async function qemuVersion(): Promise<string> {
  const result = await execa('qemu-system-x86_64', ['--version'], { reject: false, timeout: 20_000 });
  const version = /version (\S+)/.exec(result.stdout)?.[1];
  if (version !== undefined) return version;
  throw new HostError(
    `qemu-system-x86_64 does not tell its version: ${result.stderr || result.shortMessage || ''}`,
    'lab doctor --fix',
  );
}

/** Kills all of them, whichever resists. */
export async function killAll(pids: readonly number[]): Promise<void> {
  await together(pids.map((pid) => () => killNow(pid)));
}

/** Kills a process at once and waits until it is gone. */
export async function killNow(pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    return;
  }
  await waitFor(
    `process ${String(pid)} to end`,
    async () => {
      const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined);
      if (stat !== undefined) {
        const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
        return state === 'Z' || state === 'X'
          ? { done: true, value: true }
          : { done: false, state: `state ${state}` };
      }
      try {
        process.kill(pid, 0);
        return process.platform === 'linux' ? { done: true, value: true } : { done: false, state: 'alive' };
      } catch {
        return { done: true, value: true };
      }
    },
    { timeoutMs: 15_000, everyMs: 20 },
  );
}

/** Every QEMU process of this user whose command line holds the mark: also one whose pid file was lost. */
export async function strayProcesses(mark: string): Promise<number[]> {
  if (process.platform !== 'linux') return [];
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const commandLine = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    const program = commandLine.split('\0')[0]?.split('/').at(-1) ?? '';
    if (program.startsWith('qemu-system') && holds(commandLine, mark)) found.push(pid);
  }
  return found;
}

/** Ends the machine of a pid file, if it lives, and removes its pid file and monitor sockets. */
export async function endMachine(files: { pidFile: string; qmp: string; switchQmp: string }): Promise<void> {
  const pid = await livingProcess(files.pidFile, files.qmp);
  if (pid !== undefined) await killNow(pid);
  await rm(files.pidFile, { force: true });
  await rm(files.qmp, { force: true });
  await rm(files.switchQmp, { force: true });
}
