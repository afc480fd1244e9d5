import type { NfsLock } from './record.ts';
import type { Lab } from './provider.ts';
import type { Workload } from './stack.ts';

/** One try of the contender, on the clock of the run: `refused`, `granted`, `disputed` (F_GETLK and F_SETLK disagree), or an errno name. */
export type LockTry = NfsLock['tries'][number];

/** What was seen of a lock. Times are on the clock of the run. */
export interface LockFacts {
  holder: string;
  contender: string | null;
  /** Options of the holder's mount as /proc/mounts has them; null where they were not told. */
  mountOptions: string | null;
  takenMs: number | null;
  /** Why it was not taken, as errno name; null where it was, or where no answer came. */
  refusal: string | null;
  /** When the program that held it ended before it was told to. */
  holderEndedMs: number | null;
  /** The same of the program that tried to get it, as when its client lost its power. */
  contenderEndedMs: number | null;
  /** While the holder had it. */
  tries: readonly LockTry[];
  /** The try that was asked for at the end of the run; it is among `tries`. null when no answer came. */
  lastTry: LockTry | null;
  /** The holder's answer to being told to give it back; null when none came. */
  released: { atMs: number; error: string | null } | null;
  /** The contender's try after that; null when no answer came. */
  tryAfterRelease: LockTry | null;
}

/** Holds a lock on one client and tries to get it on another one, until it is told to conclude. */
export interface LockWatch {
  /** Tries a last time, gives the lock back, tries once more. Each of the three answers is waited for this long. */
  conclude(options: { timeoutMs: number; signal: AbortSignal }): Promise<void>;
  /** Ends both programs and says what became of the lock. Safe twice. */
  stop(): Promise<NfsLock>;
}

/**
 * Returns when the lock is held, or is not to be had.
 * @param at.zeroMs host time of the run clock's zero
 */
export type StartLockWatch = (
  lab: Lab,
  workload: Workload,
  at: { zeroMs: number; signal: AbortSignal },
) => Promise<LockWatch>;

/**
 * What became of a lock. It was kept when the other client was refused to the end, never got it meanwhile, the holder could
 * give it back, and the other client got it then: only that shows that the refusals were the lock's doing.
 */
export function judgeLock(facts: LockFacts): NfsLock {
  const { holder, contender, takenMs, tries, released } = facts;
  const stolen = stolenTry(facts);
  return {
    holder,
    contender,
    ...outcomeOf(facts, stolen),
    takenMs,
    lostMs: stolen?.endMs ?? null,
    releasedMs: released?.error === null ? released.atMs : null,
    tries: [...tries],
  };
}

/** Where no client mounts NFS. */
export const noNfsLock: NfsLock = {
  holder: null,
  contender: null,
  outcome: 'none',
  reason: 'the clients mount no NFS, so they hold no lock there',
  takenMs: null,
  lostMs: null,
  releasedMs: null,
  tries: [],
};

function stolenTry({ tries, takenMs, holderEndedMs, mountOptions }: LockFacts): LockTry | undefined {
  if (takenMs === null || localLocking(mountOptions) !== undefined) return undefined;
  return tries.find(
    (each) => each.result === 'granted' && each.startMs > takenMs && each.endMs < (holderEndedMs ?? Infinity),
  );
}

function outcomeOf(facts: LockFacts, stolen: LockTry | undefined): Pick<NfsLock, 'outcome' | 'reason'> {
  const { holder, takenMs, refusal, holderEndedMs, tries, lastTry, released, tryAfterRelease } = facts;
  const contender = facts.contender ?? 'another client';
  const unknown = (reason: string): Pick<NfsLock, 'outcome' | 'reason'> => ({ outcome: 'unknown', reason });
  const local = localLocking(facts.mountOptions);
  if (local !== undefined)
    return { outcome: 'local', reason: `not held on the server: ${holder} has it mounted with ${local}` };
  if (takenMs === null) return unknown(`${holder} did not get it: ${refusal ?? 'no answer came'}`);
  if (stolen !== undefined)
    return {
      outcome: 'lost',
      reason: `${contender} got it at ${seconds(stolen.endMs)}, while ${holder} held it since ${seconds(takenMs)}`,
    };
  if (holderEndedMs !== null)
    return unknown(`the program on ${holder} that held it ended at ${seconds(holderEndedMs)}`);
  if (facts.contender === null) return unknown('there is no other client that could try to get it');
  if (facts.contenderEndedMs !== null && tryAfterRelease === null)
    return unknown(
      `the program on ${contender} that tried to get it ended at ${seconds(facts.contenderEndedMs)}`,
    );
  if (lastTry === null) return unknown(`${contender} had no answer to its last try`);
  if (lastTry.result !== 'refused')
    return unknown(`the last try of ${contender} ended with ${lastTry.result}`);
  if (released === null) return unknown(`${holder} did not answer when it was to give it back`);
  if (released.error !== null)
    return { outcome: 'lost', reason: `${holder} could not give it back: ${released.error}` };
  if (tryAfterRelease?.result !== 'granted')
    return unknown(
      `given back, it still was not to be had (${tryAfterRelease?.result ?? 'no answer'}), so refusals prove nothing`,
    );
  const refused = tries.filter((each) => each.result === 'refused').length;
  return {
    outcome: 'kept',
    reason: `${contender} was refused ${String(refused)} times, last at ${seconds(lastTry.endMs)}, and got it once ${holder} had given it back`,
  };
}

/** The option that keeps locks on the client (nfs(5)); undefined where the server has them. */
function localLocking(mountOptions: string | null): string | undefined {
  const options = (mountOptions ?? '').split(',');
  return options.find((option) => ['nolock', 'local_lock=all', 'local_lock=posix'].includes(option));
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
