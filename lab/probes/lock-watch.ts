import { randomBytes } from 'node:crypto';
import { TimeoutError } from '../errors.ts';
import { judgeLock, noNfsLock } from '../nfs-lock.ts';
import type { LockFacts, LockWatch, StartLockWatch } from '../nfs-lock.ts';
import type { NfsLock } from '../record.ts';
import { clientsOf } from '../topology.ts';
import { startLockContender, startLockHolder } from './lock-clients.ts';

/** A server that was started a moment ago grants no new locks for some time: 50 s by default of lockd. */
const takenWithinMs = 75_000;
const stopWithinMs = 3000;

/** A lock on a file of the service: the first client holds it, the second one tries to get it. */
export const startLockWatch: StartLockWatch = async (lab, workload, { zeroMs, signal }) => {
  const [first, second] = clientsOf(lab.topology).map(({ name }) => lab.machine(name));
  if (workload.kind !== 'nfs-append' || first === undefined) return nothingToWatch;
  const path = `${workload.directory}/lock-${randomBytes(4).toString('hex')}`;
  const holder = await startLockHolder(first, path, zeroMs);
  const facts: LockFacts = { ...nothingSeen, holder: first.name, contender: second?.name ?? null };
  let stopped: Promise<NfsLock> | undefined;
  let triesWhileHeld: number | undefined;
  const end = async (): Promise<NfsLock> => {
    facts.holderEndedMs = holder.endedMs();
    facts.contenderEndedMs = contender?.endedMs() ?? null;
    await Promise.all([holder.stop(stopWithinMs), contender?.stop(stopWithinMs)]);
    const tries = contender?.tries.slice(0, triesWhileHeld) ?? [];
    return judgeLock({ ...facts, mountOptions: holder.mountOptions(), tries });
  };

  const taken = await orNull(holder.taken(takenWithinMs, signal)).catch(async (error: unknown) => {
    await holder.stop(stopWithinMs);
    throw error;
  });
  facts.takenMs = taken?.error === null ? taken.atMs : null;
  facts.refusal = taken?.error ?? null;
  const contender =
    second === undefined || facts.takenMs === null
      ? undefined
      : await startLockContender(second, path, zeroMs).catch(async (error: unknown) => {
          await holder.stop(stopWithinMs);
          throw error;
        });
  return {
    conclude: async ({ timeoutMs, signal: inner }) => {
      if (contender === undefined || holder.endedMs() !== null) return;
      facts.lastTry = await orNull(contender.tryNow(timeoutMs, inner));
      triesWhileHeld = contender.tries.length;
      if (facts.lastTry?.result !== 'refused') return;
      facts.released = await orNull(holder.release(timeoutMs, inner));
      if (facts.released?.error === null)
        facts.tryAfterRelease = await orNull(contender.tryNow(timeoutMs, inner));
    },
    stop: () => (stopped ??= end()),
  };
};

const nothingToWatch: LockWatch = {
  conclude: () => Promise.resolve(),
  stop: () => Promise.resolve(noNfsLock),
};

const nothingSeen = {
  mountOptions: null,
  takenMs: null,
  refusal: null,
  holderEndedMs: null,
  contenderEndedMs: null,
  tries: [],
  lastTry: null,
  released: null,
  tryAfterRelease: null,
} as const;

/** null where no answer came in time. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TimeoutError) return null;
    throw error;
  }
}
