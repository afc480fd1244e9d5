import { randomBytes } from 'node:crypto';
import { RigError } from '../errors.ts';
import { crcOf, payloadOf } from '../ledger.ts';
import type { LedgerEntry, ProbeData, RunningProbe } from '../probe.ts';
import type { Lab } from '../provider.ts';
import { shellQuote } from '../quote.ts';
import type { Workload } from '../stack.ts';
import type { Sample } from '../stall.ts';
import { writerProgram } from './writer-program.ts';

interface GuestSample {
  sequence: number;
  dueMs: number;
  startMs: number;
  endMs: number;
  error: string | null;
}

const latestSamples = 9;
/** A writer that lost its lab ends by itself after this long, in seconds. */
const lifetimeSeconds = 3600;

/**
 * Starts the open-loop writer on a client. Each line it prints is one finished operation; the host keeps them, so a client
 * that dies takes nothing with it that was acknowledged.
 * @param zeroMs host time of the run clock's zero
 */
export async function startNfsWriter(
  lab: Lab,
  client: string,
  workload: Workload,
  zeroMs: number,
): Promise<RunningProbe> {
  const path = `${workload.directory}/records-${client}-${randomBytes(4).toString('hex')}`;
  const machine = lab.machine(client);
  const samples: GuestSample[] = [];
  let acknowledged = 0;
  let lastAcknowledgedMs: number | undefined;
  let behindMs: number | undefined;
  const words = [
    'perl',
    '-e',
    writerProgram,
    client,
    path,
    String(workload.intervalMs),
    String(lifetimeSeconds),
  ];
  const running = await machine.stream(`exec ${words.map(shellQuote).join(' ')}`, (line, hostMs) => {
    const sample = parseSample(line);
    if (sample === undefined) return;
    samples.push(sample);
    if (sample.error !== null) return;
    acknowledged += 1;
    lastAcknowledgedMs = hostMs - zeroMs;
    const due = machine.monotonicClock.toHost(sample.dueMs);
    behindMs = due === undefined ? undefined : hostMs - due.hostMs;
  });
  let ended = false;
  void running.ended.then(() => {
    ended = true;
  });
  return {
    client,
    get acknowledged() {
      return acknowledged;
    },
    get lastAcknowledgedMs() {
      return lastAcknowledgedMs;
    },
    get usualLatencyMs() {
      return medianLatencyMs(samples.filter((sample) => sample.error === null).slice(-latestSamples));
    },
    get behindMs() {
      return behindMs;
    },
    get firstDueMs() {
      const first = samples[0];
      const mapped = first === undefined ? undefined : machine.monotonicClock.toHost(first.dueMs);
      return mapped === undefined ? undefined : mapped.hostMs - zeroMs;
    },
    get ended() {
      return ended;
    },
    stop: async (): Promise<ProbeData> => {
      await running.stop(15_000);
      const toRun = (guestMs: number): number => {
        const mapped = machine.monotonicClock.toHost(guestMs);
        if (mapped === undefined) throw new RigError(`${client}: its clock was never read`);
        return mapped.hostMs - zeroMs;
      };
      const onRunClock: Sample[] = samples.map(({ dueMs, startMs, endMs, error }) => ({
        dueMs: toRun(dueMs),
        startMs: toRun(startMs),
        endMs: toRun(endMs),
        error,
      }));
      const ledger: LedgerEntry[] = samples
        .filter((sample) => sample.error === null)
        .map(({ sequence }) => ({ sequence, crc: crcOf(payloadOf(client, sequence)) }));
      return { client, intervalMs: workload.intervalMs, samples: onRunClock, ledger, path };
    },
  };
}

function medianLatencyMs(samples: readonly GuestSample[]): number | undefined {
  const latencies = samples.map(({ dueMs, endMs }) => endMs - dueMs).sort((a, b) => a - b);
  return latencies[Math.floor(latencies.length / 2)];
}

/** `S <sequence> <due> <start> <end> <errno name or ->`, milliseconds of the client's monotonic clock. */
export function parseSample(line: string): GuestSample | undefined {
  const found = /^S (\d+) (\d+\.\d+) (\d+\.\d+) (\d+\.\d+) (-|[A-Z][A-Z0-9]*)$/.exec(line);
  if (found === null) return undefined;
  const [, sequence, due, start, end, error] = found;
  return {
    sequence: Number(sequence),
    dueMs: Number(due),
    startMs: Number(start),
    endMs: Number(end),
    error: error === '-' || error === undefined ? null : error,
  };
}
