import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// Runs before anything is installed: nothing but Node's own modules.

export const minimumNode = '20.19';

const installTimeoutMs = 15 * 60_000;
const waitTimeoutMs = installTimeoutMs + 60_000;

/** @param {string} version as process.versions.node has it */
export function nodeIsNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = minimumNode.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/**
 * Installs the npm packages of package-lock.json where they are missing or of other versions. Several processes may ask
 * at once; one installs, the others wait for it.
 * @param {string} packageFolder
 * @param {{ withDevelopment: boolean }} options
 * @returns {Promise<{ message: string, hint: string, exitCode: number } | undefined>} what went wrong
 */
export async function ensureDependencies(packageFolder, { withDevelopment }) {
  if (reasonToInstall(packageFolder, withDevelopment) === undefined) return undefined;
  const lockFile = join(packageFolder, '.install.lock');
  let release;
  try {
    release = await takeLock(lockFile);
  } catch (error) {
    return {
      message: `cannot install npm packages in ${packageFolder}: ${error.message}`,
      hint: 'the folder must be writable for the first start, or another process must finish first',
      exitCode: 69,
    };
  }
  try {
    const reason = reasonToInstall(packageFolder, withDevelopment);
    return reason === undefined ? undefined : await install(packageFolder, withDevelopment, reason);
  } finally {
    release();
  }
}

/** Why an install is due; undefined when all packages are there in the versions of package-lock.json. */
export function reasonToInstall(packageFolder, withDevelopment) {
  const wanted = readPackages(join(packageFolder, 'package-lock.json'));
  if (wanted === undefined) return undefined;
  const modules = join(packageFolder, 'node_modules');
  const installed = readPackages(join(modules, '.package-lock.json'));
  if (!existsSync(modules)) return 'node_modules is not there yet';
  if (installed === undefined) return 'the last install did not finish';
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.optional || entry.devOptional || (entry.dev && !withDevelopment)) continue;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const found = installed[path];
    if (found === undefined) return `${name} ${entry.version} is missing`;
    if (found.version !== entry.version)
      return `${name} is ${found.version}, package-lock.json asks for ${entry.version}`;
  }
  return undefined;
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Waits its turn, bounded. The lock is a file with the holder's pid; that of a dead process is taken over. */
async function takeLock(lockFile) {
  const mine = `${lockFile}.${String(process.pid)}`;
  writeFileSync(mine, `${String(process.pid)}\n`);
  try {
    const deadline = performance.now() + waitTimeoutMs;
    let told = false;
    for (;;) {
      try {
        linkSync(mine, lockFile);
        return () => {
          removeIfThere(lockFile);
        };
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const holder = holderOf(lockFile);
      if (holder !== undefined && !isAlive(holder)) {
        takeAway(lockFile, holder);
        continue;
      }
      if (performance.now() > deadline)
        throw new Error(`process ${String(holder)} has held ${lockFile} for more than 16 minutes`);
      if (!told && holder !== undefined)
        process.stderr.write(`lab: process ${String(holder)} is installing npm packages; waiting for it\n`);
      told ||= holder !== undefined;
      await sleep(200);
    }
  } finally {
    removeIfThere(mine);
  }
}

function holderOf(lockFile) {
  try {
    return Number(readFileSync(lockFile, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Removes the lock of a dead holder, and puts it back when a live one had taken it in the meantime. */
function takeAway(lockFile, deadHolder) {
  const aside = `${lockFile}.stale.${String(process.pid)}`;
  try {
    renameSync(lockFile, aside);
    if (holderOf(aside) !== deadHolder) linkSync(aside, lockFile);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    removeIfThere(aside);
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function removeIfThere(file) {
  try {
    unlinkSync(file);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

async function install(packageFolder, withDevelopment, reason) {
  const keepDevelopment = withDevelopment || developmentIsInstalled(packageFolder);
  const parameters = ['ci', ...(keepDevelopment ? [] : ['--omit=dev']), '--no-audit', '--no-fund'];
  process.stderr.write(`lab: installing npm packages (${reason}): npm ${parameters.join(' ')}\n`);
  const logFile = join(packageFolder, '.install.log');
  const startedMs = performance.now();
  const outcome = await runNpm(packageFolder, parameters, logFile);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  if (outcome.problem === undefined) {
    process.stderr.write(`lab: npm packages installed in ${seconds} s\n`);
    return undefined;
  }
  const tail = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
  return {
    message: `npm ${parameters.join(' ')} ${outcome.problem} after ${seconds} s${tail === '' ? '' : `:\n${tail}`}`,
    hint: outcome.hint ?? `see ${logFile}; then run npm ci in ${packageFolder}`,
    exitCode: outcome.exitCode ?? 69,
  };
}

/** An installation with development packages (for the tests) stays one. */
function developmentIsInstalled(packageFolder) {
  const installed = readPackages(join(packageFolder, 'node_modules', '.package-lock.json')) ?? {};
  return Object.values(installed).some((entry) => entry.dev === true);
}

function runNpm(packageFolder, parameters, logFile) {
  return new Promise((resolve) => {
    const log = openSync(logFile, 'w');
    const npm = spawn('npm', parameters, { cwd: packageFolder, stdio: ['ignore', log, log] });
    closeSync(log);
    const stopTicker = showElapsed();
    let interruptedBy;
    let expired = false;
    const interrupt = (signal) => {
      interruptedBy = signal;
      npm.kill('SIGTERM');
    };
    const timer = setTimeout(() => {
      expired = true;
      npm.kill('SIGKILL');
    }, installTimeoutMs);
    const finish = (outcome) => {
      clearTimeout(timer);
      stopTicker();
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
      resolve(outcome);
    };
    process.on('SIGINT', interrupt);
    process.on('SIGTERM', interrupt);
    npm.once('error', (error) => {
      if (error.code === 'ENOENT')
        finish({
          problem: 'could not start: there is no npm in PATH',
          hint: 'install npm (Debian, Ubuntu: apt-get install npm; it comes with Node from nodejs.org)',
        });
      else finish({ problem: `could not start: ${error.message}` });
    });
    npm.once('exit', (code, signal) => {
      if (interruptedBy !== undefined)
        finish({ problem: 'was interrupted', hint: 'run the command again', exitCode: 130 });
      else if (expired) finish({ problem: 'did not end in time' });
      else if (code !== 0) finish({ problem: `failed (${signal ?? `status ${String(code)}`})` });
      else finish({});
    });
  });
}

/** One line that counts the seconds, on a terminal only. */
function showElapsed() {
  if (!process.stderr.isTTY) return () => undefined;
  const startedMs = performance.now();
  const ticker = setInterval(() => {
    process.stderr.write(`\r\u001b[Knpm ci: ${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
  }, 1000);
  return () => {
    clearInterval(ticker);
    process.stderr.write('\r\u001b[K');
  };
}
