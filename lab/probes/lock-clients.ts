import { hostNowMs } from '../clock.ts';
import type { Machine } from '../machine.ts';
import type { LockTry } from '../nfs-lock.ts';
import { shellQuote } from '../quote.ts';
import { waitFor } from '../wait.ts';
import { lockContenderProgram, lockHolderProgram } from './lock-program.ts';

/** A try is a few small requests to the server. */
const tryEveryMs = 5000;
/** A program that lost its lab ends by itself after this long, in seconds. */
const lifetimeSeconds = 3600;
/** A try that began so long before it was asked for may be the one that was asked for: two clocks. */
const clockToleranceMs = 50;

/** What was done with the lock, on the clock of the run; `error` is an errno name. */
export interface LockDeed {
  atMs: number;
  error: string | null;
}

/** The client that holds the lock. Waits throw TimeoutError. */
export interface LockHolder {
  mountOptions(): string | null;
  /** When it ended before it was stopped, on the clock of the run. */
  endedMs(): number | null;
  taken(timeoutMs: number, signal: AbortSignal): Promise<LockDeed>;
  release(timeoutMs: number, signal: AbortSignal): Promise<LockDeed>;
  stop(timeoutMs: number): Promise<void>;
}

/** The client that tries to get it. */
export interface LockContender {
  readonly tries: readonly LockTry[];
  /** When it ended before it was stopped, on the clock of the run. */
  endedMs(): number | null;
  /** A try that begins now, after the one that may be under way; null when the program ends meanwhile. @throws TimeoutError */
  tryNow(timeoutMs: number, signal: AbortSignal): Promise<LockTry | null>;
  stop(timeoutMs: number): Promise<void>;
}

/** @param zeroMs host time of the run clock's zero */
export async function startLockHolder(machine: Machine, path: string, zeroMs: number): Promise<LockHolder> {
  let mountOptions: string | null = null;
  let taken: LockDeed | undefined;
  let released: LockDeed | undefined;
  let endedMs: number | null = null;
  let stopping = false;
  const command = await machine.stream(commandOf(lockHolderProgram, machine.name, path), (line, hostMs) => {
    const [, mount] = /^M (\S*)$/.exec(line) ?? [];
    if (mount !== undefined) mountOptions = mount;
    const answer = parseLockLine(line);
    if (answer === undefined || answer.what === 'T') return;
    const deed = {
      atMs: onRun(machine, answer.endMs, hostMs) - zeroMs,
      error: answer.result === '-' ? null : answer.result,
    };
    if (answer.what === 'H') taken = deed;
    else released = deed;
  });
  void command.ended.then(() => {
    if (!stopping) endedMs = hostNowMs() - zeroMs;
  });
  return {
    mountOptions: () => mountOptions,
    endedMs: () => endedMs,
    taken: (timeoutMs, signal) =>
      untilSeen(`${machine.name} to lock ${path}`, () => taken, timeoutMs, signal),
    release: (timeoutMs, signal) => {
      command.write('release\n');
      return untilSeen(`${machine.name} to give the lock back`, () => released, timeoutMs, signal);
    },
    stop: async (timeoutMs) => {
      stopping = true;
      await command.stop(timeoutMs);
    },
  };
}

/** @param zeroMs host time of the run clock's zero */
export async function startLockContender(
  machine: Machine,
  path: string,
  zeroMs: number,
): Promise<LockContender> {
  const tries: LockTry[] = [];
  let endedMs: number | null = null;
  let stopping = false;
  const program = commandOf(lockContenderProgram, machine.name, path);
  const command = await machine.stream(program, (line, hostMs) => {
    const answer = parseLockLine(line);
    if (answer?.what !== 'T') return;
    const endMs = onRun(machine, answer.endMs, hostMs) - zeroMs;
    tries.push({ startMs: endMs - (answer.endMs - answer.startMs), endMs, result: answer.result });
  });
  void command.ended.then(() => {
    if (!stopping) endedMs = hostNowMs() - zeroMs;
  });
  return {
    tries,
    endedMs: () => endedMs,
    tryNow: (timeoutMs, signal) => {
      const askedMs = hostNowMs() - zeroMs - clockToleranceMs;
      // The tolerance must not reach back to an answer that was there already.
      const answered = tries.length;
      command.write('try\n');
      return untilSeen(
        `${machine.name} to try the lock`,
        () =>
          tries.slice(answered).find((each) => each.startMs >= askedMs) ??
          (endedMs === null ? undefined : null),
        timeoutMs,
        signal,
      );
    },
    stop: async (timeoutMs) => {
      stopping = true;
      await command.stop(timeoutMs);
    },
  };
}

/** A line of either program, in milliseconds of the client's monotonic clock. */
export function parseLockLine(
  line: string,
): { what: 'H' | 'R' | 'T'; startMs: number; endMs: number; result: string } | undefined {
  const [, what, start, end, result] =
    /^([HRT]) (\d+\.\d+) (\d+\.\d+) (-|refused|granted|disputed|[A-Z][A-Z0-9]*)$/.exec(line) ?? [];
  if (what !== 'H' && what !== 'R' && what !== 'T') return undefined;
  return { what, startMs: Number(start), endMs: Number(end), result: result ?? '' };
}

function commandOf(program: string, client: string, path: string): string {
  const words = ['perl', '-e', program, client, path, String(tryEveryMs), String(lifetimeSeconds)];
  return `exec ${words.map(shellQuote).join(' ')}`;
}

/** Host time of an instant of the client's clock; of one whose clock was not read yet, that of the line. */
function onRun(machine: Machine, guestMs: number, hostMs: number): number {
  return machine.monotonicClock.toHost(guestMs)?.hostMs ?? hostMs;
}

async function untilSeen<T>(
  awaited: string,
  look: () => T | undefined,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<T> {
  return await waitFor(
    awaited,
    () => {
      const value = look();
      return Promise.resolve(
        value === undefined ? { done: false, state: 'no answer' } : { done: true, value },
      );
    },
    { timeoutMs, everyMs: 50, signal },
  );
}
