import { RigError, TimeoutError } from '../errors.ts';
import type { RunningProbe } from '../probe.ts';
import { waitFor, type Seen } from '../wait.ts';

/** How many acknowledgements after a disturbance make a client count as writing again. */
const writesAgain = 20;
/** A client that is no later than this has caught up. */
const caughtUpMs = 500;
/** One operation in time may be luck: the first ones open a file, and find the caches of a restored machine cold. */
const firstOperations = 5;
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

/** Waits until each client has made up for what it could not write in time. @throws RigError when a writer ended */
export async function caughtUp(probes: readonly RunningProbe[], bounds: Bounds): Promise<void> {
  await forAll(probes, 'the clients to catch up', bounds, (probe) => lateness(probe, caughtUpMs));
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
