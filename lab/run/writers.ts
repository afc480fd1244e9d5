import { hostNowMs } from '../clock.ts';
import { RigError, TimeoutError } from '../errors.ts';
import type { RunningProbe } from '../probe.ts';
import { waitFor, type Seen } from '../wait.ts';

/** How many acknowledgements after a disturbance make a client count as writing again. */
const writesAgain = 20;
/** A client that is no later than this has caught up. */
const caughtUpMs = 500;
/** One operation in time may be luck: the first ones open a file, and find the caches of a restored machine cold. */
const firstOperations = 5;
/** A client's pace is judged from this long on. */
const paceMs = 15_000;
/** A writer that can keep its schedule does so within a second or two after its first operation. */
const warmUpMs = 30_000;

interface Bounds {
  timeoutMs: number;
  signal: AbortSignal;
}

/** Waits until each client has had 20 acknowledgements after this call. @throws RigError when a writer ended */
export async function writing(probes: readonly RunningProbe[], bounds: Bounds): Promise<void> {
  const before = new Map(probes.map((probe) => [probe.client, probe.acknowledged]));
  await forAll(probes, `${String(writesAgain)} acknowledged writes of each client`, bounds, (probe) => {
    const writes = probe.acknowledged - (before.get(probe.client) ?? 0);
    return writes < writesAgain ? String(writes) : undefined;
  });
}

/** How far a client was behind its schedule at a moment, and how much it had written by then. */
export interface Backlog {
  atMs: number;
  behindMs: number;
  acknowledged: number;
}

/** At its pace since then a client will not have made up for what it missed within the time that is left. */
export function tooSlow(then: Backlog, now: Backlog, leftMs: number): boolean {
  const watchedMs = now.atMs - then.atMs;
  if (watchedMs < paceMs || now.acknowledged - then.acknowledged < writesAgain) return false;
  const gainedMs = then.behindMs - now.behindMs;
  return gainedMs <= 0 || (now.behindMs / gainedMs) * watchedMs > leftMs;
}

/**
 * Waits until each client has made up for what it could not write in time. One that writes, but whose operations take about as
 * long as its interval, never will: that is its host's pace and says nothing about the cluster.
 * @returns undefined, or in words who is too slow for it, as soon as its pace says so
 * @throws RigError when a writer ended, TimeoutError when one does not write
 */
export async function caughtUp(
  probes: readonly RunningProbe[],
  bounds: Bounds,
  now: () => number = hostNowMs,
): Promise<string | undefined> {
  const deadlineMs = now() + bounds.timeoutMs;
  const first = new Map<string, Backlog>();
  const slow = new Set<string>();
  await forAll(probes, 'the clients to catch up', bounds, (probe) => {
    const late = lateness(probe, caughtUpMs);
    if (late === undefined || probe.behindMs === undefined) return late;
    const { client, behindMs, acknowledged } = probe;
    const seen = { atMs: now(), behindMs, acknowledged };
    const then = first.get(client);
    if (then === undefined) first.set(client, seen);
    else if (tooSlow(then, seen, deadlineMs - seen.atMs)) slow.add(`${client}: ${late}`);
    return slow.size > 0 ? undefined : late;
  });
  return slow.size === 0 ? undefined : [...slow].join(', ');
}

/**
 * Waits until each client has begun to write and keeps its schedule, so that word of a write comes within two intervals of when
 * it was due: later ones count as late where the measurement is judged.
 * @returns undefined, or in words who does not keep it within half a minute: a host that is too slow now makes the run unknown,
 * and what the cluster does may still be told
 * @throws RigError when a writer ended
 */
export async function keepSchedule(
  probes: readonly RunningProbe[],
  intervalMs: number,
  signal: AbortSignal,
  timeoutMs = warmUpMs,
): Promise<string | undefined> {
  try {
    await forAll(probes, 'the clients to keep their schedule', { timeoutMs, signal }, (probe) =>
      probe.acknowledged < firstOperations
        ? `${String(probe.acknowledged)} writes acknowledged`
        : lateness(probe, 2 * intervalMs),
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    return error.message;
  }
}

function lateness({ behindMs }: RunningProbe, mostMs: number): string | undefined {
  if (behindMs === undefined) return 'nothing acknowledged';
  return behindMs > mostMs ? `${(behindMs / 1000).toFixed(1)} s behind` : undefined;
}

/** Waits for all that are not away. @param lacks what is still missing with a client, in words */
async function forAll(
  probes: readonly RunningProbe[],
  awaited: string,
  { timeoutMs, signal }: Bounds,
  lacks: (probe: RunningProbe) => string | undefined,
): Promise<void> {
  const look = (): Seen<RunningProbe | undefined> => {
    const gone = probes.find((probe) => probe.ended);
    const waitedFor = probes.flatMap((probe) => {
      const what = probe.away ? undefined : lacks(probe);
      return what === undefined ? [] : [`${probe.client}: ${what}`];
    });
    return waitedFor.length === 0 || gone !== undefined
      ? { done: true, value: gone }
      : { done: false, state: waitedFor.join(', ') };
  };
  const ended = await waitFor(awaited, () => Promise.resolve(look()), { timeoutMs, everyMs: 100, signal });
  if (ended !== undefined) throw new RigError(`the writer on ${ended.client} ended by itself`);
}
