import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { HostError, RigError, messageOf } from '../errors.ts';
import { waitFor } from '../wait.ts';
import { connectFabric } from './client.ts';
import { configFile, logFile, parseFabricConfig, pidFile, readFabricConfig, socketsOf } from './config.ts';
import type { FabricConfig, FabricSettings } from './config.ts';
import { identify, runningFabric } from './identity.ts';
import type { ProcessIdentity } from './identity.ts';

const startTimeoutMs = 10_000;
const stopTimeoutMs = 5000;
const lookEveryMs = 20;

/** require.resolve, because import.meta.resolve is missing where a module was loaded through require(). */
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const program = fileURLToPath(new URL('main.ts', import.meta.url));

/**
 * Makes sure that a fabric with this configuration runs, as a process of its own that outlives the caller, and that its
 * control socket answers. The runtime folder is made when it is missing.
 * @throws UsageError for an invalid configuration; HostError when the folder's fabric has another one; RigError with
 * the last lines of its log when it does not come up
 */
export async function startFabric(settings: FabricSettings): Promise<{ pid: number }> {
  const config = parseFabricConfig(settings);
  const { directory } = config;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const running = await runningFabric(directory);
  if (running !== undefined) return waitUntilItAnswers(config, () => undefined);

  const configPath = join(directory, configFile);
  const draft = `${configPath}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, configPath);
  const log = await open(
    join(directory, logFile),
    constants.O_CREAT | constants.O_APPEND | constants.O_RDWR,
    0o600,
  );
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, ['--import', tsx, program, configPath], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    cwd: '/',
    env,
  });
  let death: string | undefined;
  child.once('error', (error) => {
    death = error.message;
  });
  child.once('exit', (status, signal) => {
    death = signal === null ? `it ended with status ${String(status)}` : `it was ended by ${signal}`;
  });
  child.unref();
  try {
    return await waitUntilItAnswers(config, () => death);
  } catch (error) {
    if (death === undefined && !(error instanceof HostError)) child.kill('SIGKILL');
    throw error;
  } finally {
    await log.close();
  }
}

/**
 * Ends the folder's fabric and removes its sockets. Does nothing when none runs; never signals another process.
 * @throws RigError when it survives SIGKILL
 */
export async function stopFabric(directory: string): Promise<void> {
  const running = await runningFabric(directory);
  if (running !== undefined) {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (!isAlive(running)) break;
      try {
        process.kill(running.pid, signal);
        await waitForTheEnd(running);
      } catch (error) {
        if (signal === 'SIGKILL' && isAlive(running)) throw error;
      }
    }
  }
  await removeLeftovers(directory);
}

function isAlive({ pid, startedAt }: ProcessIdentity): boolean {
  return identify(pid)?.startedAt === startedAt;
}

async function waitForTheEnd(fabric: ProcessIdentity): Promise<void> {
  await waitFor(
    `the end of fabric ${String(fabric.pid)}`,
    () =>
      Promise.resolve(isAlive(fabric) ? { done: false, state: 'it runs' } : { done: true, value: undefined }),
    { timeoutMs: stopTimeoutMs, everyMs: lookEveryMs },
  );
}

async function waitUntilItAnswers(
  config: FabricConfig,
  death: () => string | undefined,
): Promise<{ pid: number }> {
  let fatal: Error | undefined;
  const found = await waitFor(
    `the fabric in ${config.directory}`,
    async () => {
      const dead = death();
      try {
        return { done: true, value: await ask(config) };
      } catch (error) {
        if (error instanceof HostError) fatal = error;
        else if (dead !== undefined && (await runningFabric(config.directory)) === undefined)
          fatal = await deathReport(config.directory, dead);
        else return { done: false, state: messageOf(error) };
        return { done: true, value: undefined };
      }
    },
    { timeoutMs: startTimeoutMs, everyMs: lookEveryMs },
  ).catch(async (error: unknown) => {
    throw await deathReport(config.directory, messageOf(error));
  });
  if (found !== undefined) return found;
  throw fatal ?? new RigError(`the fabric in ${config.directory} did not start`);
}

async function ask(config: FabricConfig): Promise<{ pid: number }> {
  const connection = await connectFabric(config.directory, { timeoutMs: 2000 });
  try {
    const { pid, config: running } = await connection.hello();
    if (isDeepStrictEqual(running, config)) return { pid };
    throw new HostError(
      `fabric ${String(pid)} runs in ${config.directory} with another configuration`,
      'end that lab first: lab down',
    );
  } finally {
    connection.close();
  }
}

async function deathReport(directory: string, why: string): Promise<RigError> {
  const path = join(directory, logFile);
  const text = await readFile(path, 'utf8').catch(() => '');
  const last = text.trimEnd().split('\n').slice(-10).join('\n');
  return new RigError(`the fabric did not start: ${why}${last === '' ? '' : `\n${last}`}`, `see ${path}`);
}

async function removeLeftovers(directory: string): Promise<void> {
  const config = await readFabricConfig(join(directory, configFile)).catch(() => undefined);
  const sockets = config === undefined ? [] : socketsOf(config);
  for (const name of [...sockets, pidFile]) await rm(join(directory, name), { force: true });
}
