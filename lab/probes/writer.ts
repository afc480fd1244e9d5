import { RigError } from '../errors.ts';
import { crcOf, payloadOf } from '../ledger.ts';
import type { LedgerEntry, ProbeData, RunningProbe } from '../probe.ts';
import type { Lab } from '../provider.ts';
import { shellQuote } from '../quote.ts';
import type { Sample } from '../stall.ts';

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

/** An open-loop writer: a program of writer-program.ts and what it is told. */
export interface Writer {
  program: string;
  /** Where the records go, as the clients see it. */
  path: string;
  intervalMs: number;
  /** What the program wants to know besides. */
  further?: readonly string[];
  /** Longest time that an operation takes by itself, where the writer bounds it. */
  operationMs?: number;
}

/**
 * Starts an open-loop writer on a client. Each line it prints is one finished operation; the host keeps them, so a client
 * that dies takes nothing with it that was acknowledged.
 * @param zeroMs host time of the run clock's zero
 */
export async function startWriterProgram(
  lab: Lab,
  client: string,
  { program, path, intervalMs, further = [], operationMs = 0 }: Writer,
  zeroMs: number,
): Promise<RunningProbe> {
  const machine = lab.machine(client);
  const samples: GuestSample[] = [];
  let acknowledged = 0;
  let lastAcknowledgedMs: number | undefined;
  let behindMs: number | undefined;
  const words = [
    'perl',
    '-e',
    program,
    client,
    path,
    String(intervalMs),
    String(lifetimeSeconds),
    ...further,
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
      const [any] = samples;
      const mapped =
        any === undefined ? undefined : machine.monotonicClock.toHost(any.dueMs - any.sequence * intervalMs);
      return mapped === undefined ? undefined : mapped.hostMs - zeroMs;
    },
    get ended() {
      return ended;
    },
    stop: async (): Promise<ProbeData> => {
      await running.stop(15_000 + operationMs);
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
      const ledger: LedgerEntry[] = [...samples]
        .filter((sample) => sample.error === null)
        .sort((a, b) => a.sequence - b.sequence)
        .map(({ sequence }) => ({ sequence, crc: crcOf(payloadOf(client, sequence)) }));
      return { client, intervalMs, samples: onRunClock, ledger, path };
    },
  };
}

function medianLatencyMs(samples: readonly GuestSample[]): number | undefined {
  const latencies = samples.map(({ dueMs, endMs }) => endMs - dueMs).sort((a, b) => a - b);
  return latencies[Math.floor(latencies.length / 2)];
}

/** `S <sequence> <due> <start> <end> <error or ->`, milliseconds of the client's monotonic clock; the error as in Sample. */
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
