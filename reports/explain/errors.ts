import type { ClientResult, Window } from '../../lab/record.ts';
import { counted, latency, moment, quantile, shortSeconds } from '../figures.ts';

/**
 * Stretches in which writes failed, apart from the stall: a client that gets an error behaves otherwise than one that waits.
 * A failed write is no acknowledgement, so such a stretch lies inside a stall.
 */
export function errorSentences(window: Window, clients: readonly ClientResult[]): string[] {
  return clients.flatMap((client) =>
    client.failing
      .filter((stretch) => stretch.endMs >= window.startMs && stretch.startMs <= window.endMs)
      .map((stretch) => stretchSentence(client, stretch)),
  );
}

function stretchSentence(client: ClientResult, stretch: ClientResult['failing'][number]): string {
  const { samples } = client;
  const waits = samples.error.flatMap((error, i) => {
    const startMs = samples.startMs[i] ?? 0;
    const endMs = samples.endMs[i] ?? 0;
    const inside = startMs >= stretch.startMs - 1 && endMs <= stretch.endMs + 1;
    return error === stretch.error && inside ? [endMs - startMs] : [];
  });
  waits.sort((a, b) => a - b);
  const median = quantile(waits, 0.5) ?? 0;
  const slowest = waits.at(-1) ?? 0;
  const how =
    median <= samples.intervalMs
      ? `at once (half of them within ${latency(median)}, the slowest after ${latency(slowest)})`
      : `after waiting (half of them for ${latency(median)} or more, the slowest for ${latency(slowest)})`;
  const span = `${moment(stretch.startMs)} to ${moment(stretch.endMs)}`;
  return `${client.name}: ${counted(stretch.operations, 'write')} failed with ${stretch.error} ${how}, from ${span} (${shortSeconds((stretch.endMs - stretch.startMs) / 1000)}).`;
}
