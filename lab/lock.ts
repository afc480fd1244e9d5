import { open, readFile, rm, stat } from 'node:fs/promises';
import { z } from 'zod';
import { HostError } from './errors.ts';
import { waitFor } from './wait.ts';

const Holder = z.strictObject({ pid: z.int(), startTime: z.string(), purpose: z.string() });
type Holder = z.infer<typeof Holder>;

export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes a lock file. It names its holder by pid and start time of the process, so the lock of a process that was killed is
 * taken over and a reused pid is not taken for its holder.
 * @throws HostError naming who holds it, after waitMs (default: at once)
 */
export async function holdLock(
  file: string,
  purpose: string,
  options: { waitMs?: number; signal?: AbortSignal } = {},
): Promise<Lock> {
  const mine: Holder = { pid: process.pid, startTime: await processStartTime(process.pid), purpose };
  const attempt = async (): Promise<Holder | undefined> => {
    try {
      const handle = await open(file, 'wx', 0o600);
      await handle.writeFile(JSON.stringify(mine));
      await handle.close();
      return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = await readLock(file);
    if (holder === undefined) {
      const age =
        Date.now() -
        (await stat(file).then(
          (s) => s.mtimeMs,
          () => 0,
        ));
      if (age < 2000) return { pid: 0, startTime: '', purpose: 'just being taken' };
    } else if (await isAlive(holder)) return holder;
    await rm(file, { force: true });
    return { pid: 0, startTime: '', purpose: 'left by a process that is gone' };
  };
  let holder: Holder | undefined;
  try {
    await waitFor(
      `the lock ${file}`,
      async () => {
        holder = await attempt();
        if (holder === undefined) return { done: true, value: true };
        return { done: false, state: `held by process ${String(holder.pid)}: ${holder.purpose}` };
      },
      {
        timeoutMs: options.waitMs ?? 400,
        everyMs: (options.waitMs ?? 0) > 1000 ? 250 : 50,
        signal: options.signal,
      },
    );
  } catch (error) {
    if (holder === undefined || options.signal?.aborted === true) throw error;
    throw new HostError(
      `busy: process ${String(holder.pid)} is ${holder.purpose} (lock ${file})`,
      'wait until it ends, or end that process',
      error,
    );
  }
  return {
    release: async () => {
      const now = await readLock(file);
      if (now?.pid === mine.pid && now.startTime === mine.startTime) await rm(file, { force: true });
    },
  };
}

/** What the holder of a lock is doing, if it is held by a living process. */
export async function lockPurpose(file: string): Promise<string | undefined> {
  const holder = await readLock(file);
  return holder !== undefined && (await isAlive(holder))
    ? `${holder.purpose} (process ${String(holder.pid)})`
    : undefined;
}

async function readLock(file: string): Promise<Holder | undefined> {
  try {
    return Holder.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const startTime = await processStartTime(holder.pid);
  return startTime === '' || startTime === holder.startTime;
}

/** Field 22 of /proc/PID/stat (proc(5)): clock ticks after boot; empty where there is no /proc. */
async function processStartTime(pid: number): Promise<string> {
  const text = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
