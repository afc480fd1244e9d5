import { RigError, TimeoutError } from '../errors.ts';
import type { RunningProbe } from '../probe.ts';
import { waitFor, type Seen } from '../wait.ts';

/** How many acknowledgements after a disturbance make a client count as writing again. */
const writesAgain = 20;
/** A client that is no later than this keeps its schedule. */
const keptMs = 500;
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
  await forAll(probes, 'the clients to catch up', bounds, lateness);
}

/**
 * Waits until each client has begun to write and keeps its schedule. One that cannot do so undisturbed would never catch up
 * after a fault, and the cluster would be blamed for it.
 * @throws RigError when one does not within half a minute, or has ended
 */
export async function keepSchedule(
  probes: readonly RunningProbe[],
  signal: AbortSignal,
  timeoutMs = warmUpMs,
): Promise<void> {
  try {
    await forAll(probes, 'the clients to keep their schedule', { timeoutMs, signal }, (probe) =>
      probe.acknowledged < firstOperations
        ? `${String(probe.acknowledged)} writes acknowledged`
        : lateness(probe),
    );
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    throw new RigError(
      error.message,
      'a write takes longer than the time between two of them: raise probe.intervalMs',
      error,
    );
  }
}

function lateness({ behindMs }: RunningProbe): string | undefined {
  if (behindMs === undefined) return 'nothing acknowledged';
  return behindMs > keptMs ? `${(behindMs / 1000).toFixed(1)} s behind` : undefined;
}

/** @param lacks what is still missing with a client, in words */
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
