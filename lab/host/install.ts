import { appendFile, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import pRetry from 'p-retry';
import { HostError, InterruptedError } from '../errors.ts';
import { holdLock } from '../lock.ts';
import type { Progress } from '../progress.ts';
import { pause } from '../wait.ts';
import { missingRequirements } from './programs.ts';
import type { HostKind } from './programs.ts';
import { debianPackages, mendCommand, packageManagerOf } from './requirements.ts';
import type { Requirement } from './requirements.ts';

export interface InstallOptions {
  host: HostKind;
  env: NodeJS.ProcessEnv;
  /** Folder for the lock and for the log of apt-get. */
  folder: string;
  progress: Progress;
  signal: AbortSignal;
  /** What is wanted, and the folder of apt's package lists; elsewhere only in tests. */
  wanted?: readonly Requirement[];
  aptLists?: string;
}

const installTimeoutMs = 20 * 60_000;
const busyTimeoutMs = 5 * 60_000;
/** Package lists older than this name versions that mirrors no longer have. */
const listsAgeMs = 24 * 3_600_000;

/**
 * Makes sure that this host has what the embedded provider needs: installs it where lab runs as root on Debian or Ubuntu,
 * after saying which and why.
 * @throws HostError with the command to type where it may not, or when apt-get failed
 */
export async function ensureHostPackages(options: InstallOptions): Promise<void> {
  const missing = missingRequirements(options.host, options.wanted);
  if (missing.length === 0) return;
  const manager = packageManagerOf(options.host.osRelease, options.host.platform);
  if (manager !== 'apt' || !options.host.root) throw cannotInstall(missing, options.host);
  await mkdir(options.folder, { recursive: true });
  const lock = await holdLock(join(options.folder, 'apt.lock'), 'installing host packages', {
    waitMs: installTimeoutMs,
    signal: options.signal,
  });
  try {
    const still = missingRequirements(options.host, options.wanted);
    if (still.length > 0) await installPackages(still, options);
  } finally {
    await lock.release();
  }
}

function cannotInstall(missing: readonly Requirement[], host: HostKind): HostError {
  return new HostError(
    `this host lacks ${missing.map((each) => `${each.name} (${each.why})`).join('; ')}`,
    mendCommand(missing, packageManagerOf(host.osRelease, host.platform), { root: host.root }),
  );
}

async function installPackages(missing: readonly Requirement[], options: InstallOptions): Promise<void> {
  const packages = debianPackages(missing);
  await options.progress.step(`install host packages: ${packages.join(' ')}`, async (progress) => {
    for (const each of missing) progress.note(`${each.name} is missing: it ${each.why}`);
    const apt = aptGet(options);
    let updated = false;
    if (!(await hasFreshLists(options.aptLists ?? '/var/lib/apt/lists'))) {
      await progress.step('apt-get update', () => update(apt, options.signal));
      updated = true;
    }
    const install = [
      'install',
      '-y',
      '--no-install-recommends',
      '-o',
      'DPkg::Lock::Timeout=300',
      ...packages,
    ];
    try {
      await apt(install);
    } catch (error) {
      if (updated || !(error instanceof HostError)) throw error;
      await progress.step('apt-get update', () => update(apt, options.signal));
      await apt(install);
    }
  });
  const left = missingRequirements(options.host, options.wanted);
  if (left.length > 0)
    throw new HostError(
      `apt-get installed ${packages.join(' ')}, and still there is no ${left.map((each) => each.name).join(', ')}`,
      `see ${logFileIn(options.folder)}`,
    );
}

/** A mirror that is just being synchronised, or a name server that hiccups, is over a moment later. */
async function update(apt: ReturnType<typeof aptGet>, signal: AbortSignal): Promise<void> {
  await pRetry(() => apt(['update']), {
    retries: 2,
    minTimeout: 300,
    shouldRetry: ({ error }) => error instanceof HostError && !signal.aborted,
  });
}

/**
 * Runs apt-get with its output in the log, bounded. apt itself waits for the lock of dpkg (DPkg::Lock::Timeout), but not for
 * that of the package lists, so this waits for it.
 */
function aptGet(options: InstallOptions): (parameters: readonly string[]) => Promise<void> {
  const logFile = logFileIn(options.folder);
  return async (parameters) => {
    const deadline = performance.now() + busyTimeoutMs;
    for (;;) {
      const result = await execa('apt-get', parameters, {
        env: {
          ...options.env,
          PATH: options.host.path,
          DEBIAN_FRONTEND: 'noninteractive',
          LC_ALL: 'C.UTF-8',
        },
        extendEnv: false,
        stdin: 'ignore',
        all: true,
        reject: false,
        timeout: installTimeoutMs,
        forceKillAfterDelay: 10_000,
        cancelSignal: options.signal,
      });
      await appendFile(logFile, `$ apt-get ${parameters.join(' ')}\n${result.all}\n`);
      if (options.signal.aborted) throw new InterruptedError();
      if (!result.failed) return;
      const busy = /Could not get lock|Unable to lock/.test(result.all);
      if (busy && performance.now() < deadline) {
        await pause(2000, options.signal);
        continue;
      }
      const tail = result.all.trimEnd().split('\n').slice(-12).join('\n');
      const how = result.timedOut
        ? `did not end within ${String(installTimeoutMs / 60_000)} min`
        : `failed with ${result.exitCode === undefined ? (result.code ?? 'a signal') : `status ${String(result.exitCode)}`}`;
      throw new HostError(
        `apt-get ${parameters.join(' ')} ${how}:\n${tail}`,
        `the whole output is in ${logFile}; dpkg --configure -a mends an install that was cut short`,
      );
    }
  };
}

export function logFileIn(folder: string): string {
  return join(folder, 'apt.log');
}

async function hasFreshLists(folder: string): Promise<boolean> {
  try {
    const lists = (await readdir(folder)).filter(
      (name) => name.endsWith('_Packages') || name.includes('_Packages.'),
    );
    const ages = await Promise.all(
      lists.map(async (name) => Date.now() - (await stat(join(folder, name))).mtimeMs),
    );
    return ages.length > 0 && Math.min(...ages) < listsAgeMs;
  } catch {
    return false;
  }
}
