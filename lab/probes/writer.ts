import { RigError } from '../errors.ts';
import { hostNowMs, type ClockTrack } from '../clock.ts';
import { crcOf, payloadOf } from '../ledger.ts';
import type { RunningCommand } from '../machine.ts';
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

/** What a program told from its start to its end, dated by one clock. */
interface Life {
  samples: GuestSample[];
  clock: Pick<ClockTrack, 'toHost'>;
  startedMs: number;
  first: number;
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
  const lives: Life[] = [];
  let acknowledged = 0;
  let lastAcknowledgedMs: number | undefined;
  let behindMs: number | undefined;
  let running: RunningCommand | undefined;
  let ended = false;
  let mayEnd = false;

  const begin = async (): Promise<void> => {
    const first =
      1 + Math.max(-1, ...lives.flatMap(({ samples }) => samples.map(({ sequence }) => sequence)));
    const life: Life = { samples: [], clock: machine.monotonicClock, startedMs: hostNowMs(), first };
    const words = [
      'perl',
      '-e',
      program,
      client,
      path,
      String(intervalMs),
      String(lifetimeSeconds),
      String(first),
    ];
    const command = [...words, ...further].map(shellQuote).join(' ');
    const started = await machine.stream(`exec ${command}`, (line, hostMs) => {
      const sample = parseSample(line);
      if (sample === undefined) return;
      life.samples.push(sample);
      if (sample.error !== null) return;
      acknowledged += 1;
      lastAcknowledgedMs = hostMs - zeroMs;
      const due = machine.monotonicClock.toHost(sample.dueMs);
      behindMs = due === undefined ? undefined : hostMs - due.hostMs;
    });
    lives.push(life);
    running = started;
    ended = false;
    void started.ended.then(() => {
      if (running === started) ended = true;
    });
  };
  await begin();

  return {
    client,
    get acknowledged() {
      return acknowledged;
    },
    get lastAcknowledgedMs() {
      return lastAcknowledgedMs;
    },
    get usualLatencyMs() {
      const samples = lives.flatMap((life) => life.samples);
      return medianLatencyMs(samples.filter((sample) => sample.error === null).slice(-latestSamples));
    },
    get behindMs() {
      return behindMs;
    },
    get firstDueMs() {
      const [life] = lives;
      const any = life?.samples[0];
      const mapped =
        any === undefined ? undefined : life?.clock.toHost(any.dueMs - any.sequence * intervalMs);
      return mapped === undefined ? undefined : mapped.hostMs - zeroMs;
    },
    get ended() {
      return ended && !mayEnd;
    },
    get away() {
      return ended && mayEnd;
    },
    leave: () => {
      mayEnd = true;
      const life = lives.at(-1);
      if (life !== undefined) life.clock = machine.monotonicClock.copy();
    },
    restart: async () => {
      if (ended) await begin();
      mayEnd = false;
    },
    stop: async (): Promise<ProbeData> => {
      await running?.stop(15_000 + operationMs);
      const samples = lives.flatMap((life) => onRunClock(life, client, zeroMs));
      const ledger: LedgerEntry[] = lives
        .flatMap((life) => life.samples)
        .filter((sample) => sample.error === null)
        .sort((a, b) => a.sequence - b.sequence)
        .map(({ sequence }) => ({ sequence, crc: crcOf(payloadOf(client, sequence)) }));
      const restarts = lives
        .slice(1)
        .map(({ startedMs, first }) => ({ atMs: startedMs - zeroMs, sequence: first }));
      return {
        client,
        intervalMs,
        samples,
        ledger,
        path,
        ...(restarts.length === 0 ? {} : { restarts }),
      };
    },
  };
}

function onRunClock({ samples, clock }: Life, client: string, zeroMs: number): Sample[] {
  const toRun = (guestMs: number): number => {
    const mapped = clock.toHost(guestMs);
    if (mapped === undefined) throw new RigError(`${client}: its clock was never read`);
    return mapped.hostMs - zeroMs;
  };
  return samples.map(({ dueMs, startMs, endMs, error }) => ({
    dueMs: toRun(dueMs),
    startMs: toRun(startMs),
    endMs: toRun(endMs),
    error,
  }));
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
