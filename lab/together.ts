import { setTimeout as sleep } from 'node:timers/promises';

/** Work that was told to stop gets this long to do so before it is left to itself. */
const settleMs = 10_000;

/**
 * Runs all works at once. The first failure fires the signal that every work is given, and is thrown when all of them have
 * settled: nothing of them goes on behind the caller's back.
 */
export async function together<T>(
  works: readonly ((signal: AbortSignal) => Promise<T>)[],
  signal?: AbortSignal,
): Promise<T[]> {
  const over = new AbortController();
  const either = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  const failures: unknown[] = [];
  const results = await Promise.allSettled(
    works.map(async (work) => {
      try {
        return await work(either);
      } catch (error) {
        failures.push(error);
        over.abort();
        throw error;
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/**
 * Runs the work unless the lab breaks meanwhile: then the signal that the work was given fires, the work gets some seconds
 * to settle, and what broke is thrown.
 * @param broken rejects when the lab breaks, never resolves
 */
export async function unlessBroken<T>(
  broken: Promise<never>,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const working = work(AbortSignal.any([over.signal, signal]));
  try {
    return await Promise.race([working, broken]);
  } catch (error) {
    over.abort();
    const patience = new AbortController();
    await Promise.race([
      working.catch(() => undefined),
      sleep(settleMs, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
    patience.abort();
    throw error;
  }
}
