import pRetry, { AbortError } from 'p-retry';
import { messageOf } from './errors.ts';
import type { Judgement } from './judgement.ts';
import type { Night } from './night.ts';

/** What is posted when a night has been judged; docs/nightly.md describes it. */
export interface Notification {
  schema: 1;
  night: string;
  verdict: Judgement['verdict'];
  /** The verdict in one sentence. */
  sentence: string;
  hostClass: string;
  startedAt: string;
  /** Cells that are worse than before, each finding by itself. */
  regressions: { cell: string; kind: string; message: string }[];
  counts: {
    cells: number;
    /** Runs that could be judged. */
    measured: number;
    infrastructure: number;
    /** Repeats that were not run. */
    leftOut: number;
  };
  /** Path of the night's page on the host that ran it; null where there is none. */
  page: string | null;
}

export function notificationOf(night: Night, judgement: Judgement, page: string | null): Notification {
  const attempts = (outcome: Night['attempts'][number]['outcome']): number =>
    night.attempts.filter((attempt) => attempt.outcome === outcome).length;
  return {
    schema: 1,
    night: night.id,
    verdict: judgement.verdict,
    sentence: judgement.sentence,
    hostClass: night.hostClass,
    startedAt: night.startedAt,
    regressions: judgement.cells.flatMap(({ cell, findings }) =>
      findings
        .filter(({ weight }) => weight === 'regression')
        .map(({ kind, message }) => ({ cell, kind, message })),
    ),
    counts: {
      cells: night.cells.length,
      measured: attempts('measured'),
      infrastructure: attempts('infrastructure'),
      leftOut: night.leftOut.reduce((sum, { repeats }) => sum + repeats, 0),
    },
    page,
  };
}

export interface NotifyOptions {
  signal?: AbortSignal;
  /** How often it is tried again. */
  retries?: number;
  /** How long the server may take to answer. */
  timeoutMs?: number;
  /** Pause before the first retry; each later one is twice as long. */
  firstPauseMs?: number;
}

/** 3 retries, answers within 10 s, pauses of 1, 2 and 4 s: it is over after 47 s at most. */
const usual = { retries: 3, timeoutMs: 10_000, firstPauseMs: 1000 };

/**
 * Posts to a webhook and waits for its answer, which is not read. Tried again when there was none, and for 408, 429 and what is the
 * server's fault (5xx); redirects are not followed, since where they lead nobody has named. Never throws.
 * @returns undefined when it was taken (2xx), else what went wrong, without the path of the address, which may be a secret
 */
export async function notify(
  url: string,
  body: Notification,
  { signal, ...options }: NotifyOptions = {},
): Promise<string | undefined> {
  const { retries, timeoutMs, firstPauseMs } = { ...usual, ...options };
  let tries = 0;
  try {
    await pRetry(
      async () => {
        tries += 1;
        await post(url, JSON.stringify(body), timeoutMs, signal);
      },
      {
        retries,
        factor: 2,
        minTimeout: firstPauseMs,
        ...(signal === undefined ? {} : { signal }),
        shouldRetry: () => signal?.aborted !== true,
      },
    );
    return undefined;
  } catch (error) {
    const many = `${String(tries)} ${tries === 1 ? 'try' : 'tries'}`;
    return `${hostOf(url)} was not told, after ${many}: ${messageOf(error)}`;
  }
}

async function post(
  url: string,
  body: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const limit = AbortSignal.timeout(timeoutMs);
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      redirect: 'manual',
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    });
  } catch (error) {
    if (limit.aborted) throw new Error(`no answer within ${String(timeoutMs / 1000)} s`);
    // fetch reports a network failure as a TypeError with its reason as the cause; p-retry takes other TypeErrors for bugs.
    // Without a cause it found fault with the address, which it would repeat in full.
    const cause = error instanceof Error ? error.cause : undefined;
    if (cause === undefined && signal?.aborted !== true) throw new AbortError('the address cannot be used');
    throw new Error(messageOf(cause ?? error) || 'the connection failed');
  }
  await response.body?.cancel().catch(() => undefined);
  if (response.ok) return;
  const { status } = response;
  const location = status >= 300 && status < 400 ? ', a redirect, which is not followed' : '';
  const failure = new Error(`it answered ${String(status)}${location}`);
  throw status === 408 || status === 429 || status >= 500 ? failure : new AbortError(failure);
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return 'the webhook';
  }
}
