import type { Stall } from './stall.ts';
import type { TimelineEvent } from './timeline.ts';

/** What shows that a client tries to reach the service: it sends data again, sends it into a silence, or asks for a connection. */
const triesKinds: ReadonlySet<string> = new Set([
  'retransmission',
  'request-unanswered',
  'connection-attempt',
]);
/** Segments of one request, and of one attempt, are no further tries. */
const sameTryMs = 100;
/** A shorter stall is over before a client tries anything twice. */
const shortestStallMs = 1000;
/** More tries than this are not told one by one. */
const mostTold = 12;

/**
 * What the frames show of a client's own tries while it waited, as an event at the try that the stall's end followed; undefined
 * where none were seen. A stall ends with the client's try and not with the service's return: what lies between is its back-off.
 * @param serviceMs when the service was there again, where that is known
 */
export function triesOf(
  client: string,
  stall: Stall,
  serviceMs: number | null,
  events: readonly TimelineEvent[],
): TimelineEvent | undefined {
  if (stall.endMs - stall.startMs < shortestStallMs) return undefined;
  const seen = events
    .filter(
      (event) =>
        triesKinds.has(event.kind) &&
        event.node === client &&
        event.atMs > stall.startMs &&
        event.atMs <= stall.endMs,
    )
    .sort((a, b) => a.atMs - b.atMs);
  const tries = seen.filter((event, i) => event.atMs - (seen[i - 1]?.atMs ?? -Infinity) > sameTryMs);
  const last = tries.at(-1);
  if (last === undefined) return undefined;
  const afterMs = tries.map((event) => event.atMs - stall.startMs);
  const next =
    serviceMs === null || serviceMs <= stall.startMs
      ? undefined
      : tries.find((event) => event.atMs >= serviceMs);
  const deciding = next ?? last;
  const before = tries[tries.indexOf(deciding) - 1]?.atMs ?? stall.startMs;
  return {
    atMs: deciding.atMs,
    uncertaintyMs: deciding.uncertaintyMs,
    source: deciding.source,
    node: client,
    kind: 'client-tries',
    text:
      `${client} tried ${toldTimes(afterMs)} s into its stall${rhythmOf(afterMs)}` +
      (next === undefined || serviceMs === null
        ? ''
        : `; the service was there ${seconds(serviceMs - stall.startMs)} s into it, and the next try came ${seconds(next.atMs - serviceMs)} s later, ` +
          `${seconds(next.atMs - before)} s after ${before === stall.startMs ? 'the stall began' : 'the one before'}`),
  };
}

function toldTimes(afterMs: readonly number[]): string {
  const told = afterMs.slice(-mostTold).map(seconds);
  const more = afterMs.length > mostTold ? `${String(afterMs.length)} times, the last ` : '';
  return told.length < 2 ? told.join('') : `${more}${told.slice(0, -1).join(', ')} and ${told.at(-1) ?? ''}`;
}

/** Whether the pauses between tries double, or are all alike. */
function rhythmOf(afterMs: readonly number[]): string {
  const pauses = afterMs.slice(1).map((ms, i) => ms - (afterMs[i] ?? 0));
  if (pauses.length < 2) return '';
  const ratios = pauses.slice(1).map((ms, i) => ms / (pauses[i] ?? ms));
  const middle = [...pauses].sort((a, b) => a - b)[Math.floor(pauses.length / 2)] ?? 0;
  const end = ratios.findIndex((ratio) => ratio < 1.6 || ratio > 2.5);
  const doubling = end < 0 ? ratios.length : end;
  if (doubling === ratios.length) return ', each pause about twice as long as the one before';
  if (doubling >= 2) return `, at first with pauses that double, up to ${seconds(pauses[doubling] ?? 0)} s`;
  return pauses.every((ms) => Math.abs(ms - middle) < 0.15 * middle) ? `, every ${seconds(middle)} s` : '';
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
