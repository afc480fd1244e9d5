import { setTimeout as sleep } from 'node:timers/promises';
import { InterruptedError, TimeoutError, UsageError, messageOf } from './errors.ts';

/** What one look at a condition found: either it holds, or what was seen instead. */
export type Seen<T> = { done: true; value: T } | { done: false; state: string };

export interface WaitOptions {
  timeoutMs: number;
  /** Pause between two looks, in milliseconds. */
  everyMs?: number;
  signal?: AbortSignal | undefined;
}

/**
 * Looks until the condition holds and returns its value; looks a last time when the time is up. A look that throws counts
 * as "not yet" and its message as the state seen, so that a node that is rebooting does not end the wait. A look that
 * does not answer in time is abandoned: the bound holds whatever it does.
 * @throws TimeoutError naming what was awaited and the last state; InterruptedError when the signal fires; UsageError from
 * a look at once, since waiting does not mend it.
 */
export async function waitFor<T>(
  awaited: string,
  look: () => Promise<Seen<T>>,
  { timeoutMs, everyMs = 250, signal }: WaitOptions,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let state = '';
  for (;;) {
    if (signal?.aborted === true) throw new InterruptedError();
    const remainingMs = deadline - performance.now();
    const seen = await lookOnce(look, Math.max(remainingMs, lastLookMs), signal);
    if (seen === 'no answer') {
      const before = state === '' ? '' : `; before that: ${state}`;
      throw new TimeoutError(awaited, timeoutMs, `a look that did not answer${before}`);
    }
    if (seen.done) return seen.value;
    state = seen.state;
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) throw new TimeoutError(awaited, timeoutMs, state);
    await pause(Math.min(everyMs, leftMs), signal);
  }
}

/** The look at the very end gets this long to answer. */
const lastLookMs = 100;

async function lookOnce<T>(
  look: () => Promise<Seen<T>>,
  boundMs: number,
  signal: AbortSignal | undefined,
): Promise<Seen<T> | 'no answer'> {
  const over = new AbortController();
  const either = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  const bound = pause(boundMs, either).then(() => 'no answer' as const);
  try {
    return await Promise.race([look(), bound]);
  } catch (error) {
    if (error instanceof InterruptedError || error instanceof UsageError) throw error;
    return { done: false, state: messageOf(error) };
  } finally {
    bound.catch(() => undefined);
    over.abort();
  }
}

/** Sleeps; ends early with InterruptedError when the signal fires. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted === true) throw new InterruptedError();
    throw error;
  }
}

/**
 * Settles with the promise, or rejects with TimeoutError after timeoutMs. The work itself is not stopped: use it where
 * the caller abandons the other end anyway.
 */
export async function within<T>(awaited: string, timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new TimeoutError(awaited, timeoutMs, 'no answer'));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, expiry]);
  } finally {
    clearTimeout(timer);
  }
}
