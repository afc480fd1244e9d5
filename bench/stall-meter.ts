import { hostNowMs } from '../lab/clock.ts';
import { RigError } from '../lab/errors.ts';
import type { RunningProbe } from '../lab/probe.ts';
import { startWriter } from '../lab/probes/start-writer.ts';
import type { Lab } from '../lab/provider.ts';
import type { Settings, Stack } from '../lab/stack.ts';
import { longestStall } from '../lab/stall.ts';
import { clientsOf } from '../lab/topology.ts';
import { pause, waitFor } from '../lab/wait.ts';

export interface MeasuredFreeze {
  /** How long the server really stood still, by the host's clock around QMP's stop and cont. */
  frozenMs: number;
  measuredMs: number;
  errorMs: number;
}

/**
 * How long before its usual end a write is caught by the freeze. A freeze that fits between two writes would be shorter for the
 * client than for the server; one that catches a write near its end adds its whole length to the time between two
 * acknowledgements, and the little that is left to do then is not counted twice.
 */
const beforeEndMs = 27;
const settleWrites = 10;

/**
 * Freezes the active server for known times while a client writes, and measures each freeze as a scenario would. A freeze
 * begins while a write is in flight.
 */
export async function measureFreezes(
  lab: Lab,
  stack: Stack,
  settings: Settings,
  freezesMs: readonly number[],
): Promise<MeasuredFreeze[]> {
  const client = clientsOf(lab.topology)[0]?.name ?? '';
  const [server = ''] = await stack.active(lab);
  await lab.machine(client).calibrate(20);
  const zeroMs = hostNowMs();
  const workload = stack.workload(settings);
  const { intervalMs } = workload;
  const writer = await startWriter(lab, client, workload, zeroMs);
  const windows: { fromMs: number; resumedMs: number; toMs: number }[] = [];
  for (const freezeMs of freezesMs) {
    await settled(writer, intervalMs);
    await lab.machine(client).calibrate(5);
    const intoWriteMs = Math.max(3, (writer.usualLatencyMs ?? 0) - beforeEndMs);
    await until(zeroMs + nextDueMs(writer, hostNowMs() - zeroMs + 50, intervalMs) + intoWriteMs);
    await lab.pause(server);
    const fromMs = hostNowMs() - zeroMs;
    await until(zeroMs + fromMs + freezeMs);
    const resumedMs = hostNowMs() - zeroMs;
    await lab.resume(server);
    await settled(writer, intervalMs);
    windows.push({ fromMs, resumedMs, toMs: hostNowMs() - zeroMs });
  }
  await lab.machine(client).calibrate(20);
  const { samples } = await writer.stop();
  return windows.map(({ fromMs, resumedMs, toMs }) => {
    const stall = longestStall(samples, intervalMs, { fromMs, toMs });
    if (stall === undefined) throw new RigError('the client acknowledged nothing');
    const frozenMs = resumedMs - fromMs;
    const measuredMs = stall.seconds * 1000;
    return { frozenMs, measuredMs, errorMs: measuredMs - frozenMs };
  });
}

function nextDueMs(writer: RunningProbe, afterMs: number, intervalMs: number): number {
  const first = writer.firstDueMs;
  if (first === undefined) throw new RigError('the writer has not begun');
  return first + Math.ceil((afterMs - first) / intervalMs) * intervalMs;
}

/** Until the writer keeps its schedule again, and for some writes more. */
async function settled(writer: RunningProbe, intervalMs: number): Promise<void> {
  await waitFor(
    `${writer.client} to keep its schedule`,
    () => {
      const behindMs = writer.behindMs ?? Infinity;
      return Promise.resolve(
        behindMs < 2 * intervalMs
          ? { done: true, value: true }
          : { done: false, state: `${behindMs.toFixed(0)} ms late` },
      );
    },
    { timeoutMs: 60_000, everyMs: 20 },
  );
  await writes(writer, settleWrites);
}

async function writes(writer: RunningProbe, count: number): Promise<void> {
  const before = writer.acknowledged;
  await waitFor(
    `${String(count)} writes of ${writer.client}`,
    () => {
      const made = writer.acknowledged - before;
      return Promise.resolve(
        made >= count ? { done: true, value: made } : { done: false, state: String(made) },
      );
    },
    { timeoutMs: 60_000, everyMs: 20 },
  );
}

/** Sleeps until a host time; the last milliseconds are spun, for a timer is late by one or two. */
async function until(hostMs: number): Promise<void> {
  const sleepMs = hostMs - hostNowMs() - 4;
  if (sleepMs > 0) await pause(sleepMs);
  while (hostNowMs() < hostMs);
}
