import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { execa } from 'execa';
import { HostError, RigError } from '../../errors.ts';
import { refusalOf } from './refusal.ts';

/** The programs of VirtualBox that lab uses. */
export interface VirtualBoxTools {
  /**
   * Runs one VBoxManage command and returns its stdout.
   * @throws HostError when VirtualBox is not there or cannot run machines; VBoxManageRefusal with its own words
   */
  manage(args: readonly string[], timeoutMs?: number): Promise<string>;
  /**
   * Starts a machine that stands still, as VBoxManage startvm cannot. Returns when its process has started; whether the
   * machine came up is told by `failed`, which resolves with the process's words if it ends.
   */
  startPaused(id: string): Promise<StartingMachine>;
}

export interface StartingMachine {
  /** Resolves when the process ends; never, while the machine lives. */
  failed: Promise<string>;
  /** Lets the process go on by itself. */
  release(): void;
}

/** Most commands answer within 0.1 s; VBoxSVC, which the first one starts, takes a few seconds. */
const commandTimeoutMs = 60_000;

/** The tools of the VirtualBox that is installed here. It is looked for at the first use. */
export function installedTools(env: NodeJS.ProcessEnv): VirtualBoxTools {
  let found: string | undefined;
  const program = (): string => {
    found ??= findVBoxManage(env, process.platform);
    if (found === undefined)
      throw new HostError('VirtualBox is not installed: there is no VBoxManage', 'lab doctor');
    return found;
  };
  let before: Promise<unknown> = Promise.resolve();
  return {
    manage: async (args, timeoutMs = commandTimeoutMs) => {
      // One after the other: of several that start at once, now and then one takes ten seconds to reach VBoxSVC.
      const running = before.then(() => runVBoxManage(program(), args, timeoutMs));
      before = running.catch(() => undefined);
      return await running;
    },
    startPaused: async (id) => await spawnHeadless(headlessBeside(program()), id),
  };
}

/** Where VBoxManage may be, in the order of preference. */
export function vboxManagePlaces(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  const windows = platform === 'win32';
  const flavour = windows ? win32 : posix;
  const program = windows ? 'VBoxManage.exe' : 'VBoxManage';
  const path = env['PATH'] ?? env['Path'] ?? '';
  // VirtualBox' installer for Windows sets these and leaves PATH alone.
  const installed = windows ? [env['VBOX_MSI_INSTALL_PATH'], env['VBOX_INSTALL_PATH']] : [];
  const usual =
    platform === 'darwin' ? ['/usr/local/bin', '/Applications/VirtualBox.app/Contents/MacOS'] : [];
  return [...path.split(flavour.delimiter), ...installed, ...usual]
    .filter((folder) => folder !== undefined && folder !== '')
    .map((folder) => flavour.join(folder ?? '', program));
}

export function findVBoxManage(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | undefined {
  return vboxManagePlaces(env, platform).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });
}

/** VBoxHeadless lies beside VBoxManage on every platform. */
function headlessBeside(program: string): string {
  return program.replace(/VBoxManage(\.exe)?$/i, 'VBoxHeadless$1');
}

/** Without a language of the user's, whose words would not be recognised; file names stay UTF-8. */
const plainEnglish = { LC_ALL: 'C.UTF-8', LANG: 'C.UTF-8', LANGUAGE: 'C' };

/** @throws HostError, VBoxManageRefusal; RigError when it does not end in time */
export async function runVBoxManage(
  program: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<string> {
  const result = await execa(program, args, {
    reject: false,
    timeout: timeoutMs,
    forceKillAfterDelay: 5000,
    stdin: 'ignore',
    env: plainEnglish,
    windowsHide: true,
  });
  // Some commands say that they failed and end with 0: discardstate, modifyvm with a NIC that is not there.
  if (result.exitCode === 0 && !/^VBoxManage(?:\.exe)?: error: /m.test(result.stderr)) return result.stdout;
  if (result.timedOut)
    throw new RigError(
      `VBoxManage ${args.join(' ')} did not end within ${String(timeoutMs / 1000)} s`,
      'end the processes VBoxSVC and VBoxHeadless if they hang',
    );
  if (result.exitCode === undefined)
    throw new HostError(`cannot run ${program}: ${result.shortMessage ?? 'no reason'}`, 'lab doctor');
  throw refusalOf(
    `VBoxManage ${args.join(' ')}`,
    `${result.stderr}\n${refusalOnStdout(result.stdout)}`,
    result.exitCode,
  );
}

/** Some refusals go to stdout, among the output proper. */
function refusalOnStdout(stdout: string): string {
  return /^This machine does not have any snapshots/m.exec(stdout)?.[0] ?? '';
}

/**
 * `VBoxHeadless --startvm ID --start-paused` (VBoxHeadless(1)), in a session of its own: a signal to lab's process group
 * would make it save the machine and end.
 */
async function spawnHeadless(program: string, id: string): Promise<StartingMachine> {
  const child = spawn(program, ['--startvm', id, '--start-paused'], {
    detached: true,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...plainEnglish },
    windowsHide: true,
  });
  let output = '';
  const read = (chunk: Buffer): void => {
    if (output.length < 10_000) output += chunk.toString('utf8');
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const failed = new Promise<string>((resolve) => {
    child.once('close', (status, signal) => {
      resolve(`${output.trim()} (ended with ${signal ?? `status ${String(status)}`})`.trim());
    });
  });
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new HostError(`cannot run ${program}`, 'lab doctor', error);
  }
  return {
    failed,
    release: () => {
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
    },
  };
}
