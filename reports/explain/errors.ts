import type { ClientResult, Window } from '../../lab/record.ts';
import { failingMsWithin } from '../failing.ts';
import { counted, latency, moment, quantile, shortSeconds } from '../figures.ts';

/** A failure that began so long after the last one of its kind had ended is told apart. */
const apartMs = 10_000;

interface Failure {
  startMs: number;
  endMs: number;
  error: string;
}

/**
 * Stretches in which writes failed, apart from the stall: a client that gets an error behaves otherwise than one that waits.
 * Failures of different kinds can alternate, so each kind is told by itself.
 */
export function errorSentences(window: Window, clients: readonly ClientResult[]): string[] {
  return [...shareSentences(window, clients), ...kindSentences(window, clients)];
}

/** How much of a stall a client was told errors, and how much it was kept waiting. */
function shareSentences({ stalls }: Window, clients: readonly ClientResult[]): string[] {
  return stalls.flatMap(({ client: name, startMs, endMs, seconds }) => {
    const client = clients.find((each) => each.name === name);
    const failingMs = client === undefined ? 0 : failingMsWithin(client, startMs, endMs);
    return failingMs === 0
      ? []
      : [
          `Of the ${shortSeconds(seconds)} without an acknowledgement ${name} got errors for ${shortSeconds(failingMs / 1000)} and was kept waiting for ${shortSeconds(seconds - failingMs / 1000)}.`,
        ];
  });
}

function kindSentences(window: Window, clients: readonly ClientResult[]): string[] {
  return clients.flatMap((client) => {
    const { samples } = client;
    const failures = samples.error.flatMap((error, i): Failure[] => {
      const endMs = samples.endMs[i] ?? 0;
      const inside = endMs >= window.startMs && endMs <= window.endMs;
      return error !== null && inside ? [{ startMs: samples.startMs[i] ?? endMs, endMs, error }] : [];
    });
    failures.sort((a, b) => a.endMs - b.endMs);
    return [...new Set(failures.map((failure) => failure.error))].flatMap((error) =>
      stretchesOf(failures.filter((failure) => failure.error === error)).map((stretch) =>
        stretchSentence(client, error, stretch),
      ),
    );
  });
}

/** Failures cut where none was under way for a while. */
function stretchesOf(failures: readonly Failure[]): Failure[][] {
  const stretches: Failure[][] = [];
  let lastMs = -Infinity;
  for (const failure of failures) {
    if (failure.startMs - lastMs > apartMs) stretches.push([failure]);
    else stretches.at(-1)?.push(failure);
    lastMs = failure.endMs;
  }
  return stretches;
}

function stretchSentence(
  { name, samples }: ClientResult,
  error: string,
  failures: readonly Failure[],
): string {
  const waits = failures.map((failure) => failure.endMs - failure.startMs).sort((a, b) => a - b);
  const median = quantile(waits, 0.5) ?? 0;
  const slowest = waits.at(-1) ?? 0;
  const how =
    median <= samples.intervalMs
      ? `at once (half of them within ${latency(median)}, the slowest after ${latency(slowest)})`
      : `after waiting (half of them for ${latency(median)} or more, the slowest for ${latency(slowest)})`;
  const fromMs = failures.reduce((first, failure) => Math.min(first, failure.startMs), Infinity);
  const toMs = failures.reduce((last, failure) => Math.max(last, failure.endMs), -Infinity);
  return `${name}: ${counted(failures.length, 'write')} failed with ${error} ${how}, from ${moment(fromMs)} to ${moment(toMs)} (${shortSeconds((toMs - fromMs) / 1000)}).`;
}
