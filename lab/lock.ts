import { randomBytes } from 'node:crypto';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HostError, LabError, messageOf } from './errors.ts';
import { pause } from './wait.ts';

export interface Lock {
  release(): Promise<void>;
}

interface Holder {
  pid: number;
  purpose: string;
}

/**
 * Takes the lock that this path stands for. Whoever wants it lays down a claim, a file beside the path whose name holds pid
 * and start time of its process, and has the lock when no other claim belongs to a living process; else it takes its claim
 * back. So of two that come at once at most one gets it, the claim of a process that was killed counts for nothing, and a
 * reused pid is not taken for the claimant. A claim's name is never used again: anyone may remove a dead one.
 * @throws HostError naming who holds it, after waitMs (default 400); InterruptedError when the signal fires
 */
export async function holdLock(
  file: string,
  purpose: string,
  { waitMs = 400, signal }: { waitMs?: number; signal?: AbortSignal } = {},
): Promise<Lock> {
  const { startTime } = await readProcess(process.pid);
  const mine = `${file}.${String(process.pid)}-${startTime}-${randomBytes(4).toString('hex')}`;
  const deadline = performance.now() + waitMs;
  for (;;) {
    const holder = await tryToHold(file, mine, purpose);
    if (holder === undefined) return { release: () => rm(mine, { force: true }) };
    if (performance.now() >= deadline)
      throw new HostError(
        `busy: process ${String(holder.pid)} is ${holder.purpose} (lock ${file})`,
        'wait until it ends, or end that process',
      );
    // Two that meet both step back; chance keeps them from meeting for ever.
    await pause((waitMs > 1000 ? 200 : 20) * (1 + Math.random()), signal);
  }
}

/** What the holder of a lock is doing, if it is held by a living process. */
export async function lockPurpose(file: string): Promise<string | undefined> {
  const holder = await livingHolder(file, undefined).catch(() => undefined);
  return holder === undefined ? undefined : `${holder.purpose} (process ${String(holder.pid)})`;
}

/** @returns who has it, or undefined when it is ours now */
async function tryToHold(file: string, mine: string, purpose: string): Promise<Holder | undefined> {
  try {
    const holder = await livingHolder(file, mine);
    if (holder !== undefined) return holder;
    await writeFile(mine, purpose, { flag: 'wx', mode: 0o600 });
    const rival = await livingHolder(file, mine);
    if (rival !== undefined) await rm(mine, { force: true });
    return rival;
  } catch (error) {
    await rm(mine, { force: true }).catch(() => undefined);
    if (error instanceof LabError) throw error;
    throw new HostError(`cannot take the lock ${file}: ${messageOf(error)}`, undefined, error);
  }
}

/** The first other claim of a living process; claims of dead ones are removed on the way. */
async function livingHolder(file: string, mine: string | undefined): Promise<Holder | undefined> {
  const prefix = `${basename(file)}.`;
  for (const entry of await readdir(dirname(file))) {
    const path = join(dirname(file), entry);
    const claim = /^(\d+)-(\d*)-[0-9a-f]{8}$/.exec(
      entry.startsWith(prefix) ? entry.slice(prefix.length) : '',
    );
    if (claim === null || path === mine) continue;
    const pid = Number(claim[1]);
    if (await isAlive(pid, claim[2] ?? '')) {
      const purpose = await readFile(path, 'utf8').catch(() => '');
      return { pid, purpose: purpose === '' ? 'just taking it' : purpose };
    }
    await rm(path, { force: true });
  }
  return undefined;
}

async function isAlive(pid: number, startTime: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = await readProcess(pid);
  if (now.state === 'Z' || now.state === 'X') return false;
  return now.startTime === '' || now.startTime === startTime;
}

/** Fields 3 and 22 of /proc/PID/stat (proc(5)): state, and start in clock ticks after boot; empty where there is no /proc. */
async function readProcess(pid: number): Promise<{ state: string; startTime: string }> {
  const text = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startTime: fields[19] ?? '' };
}
