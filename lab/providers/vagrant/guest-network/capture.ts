import { HostError, RigError, messageOf } from '../../../errors.ts';
import type { Machine, RunningCommand } from '../../../machine.ts';
import { shellQuote } from '../../../quote.ts';
import { pause, within } from '../../../wait.ts';
import { captureProgram } from './capture-program.ts';

export interface CaptureRequest {
  machine: Machine;
  nic: string;
  /** Of pcap-filter(7). */
  expression: string;
  /** Addresses that the node pings once a second while it listens. */
  peers: readonly string[];
  /** `hex` holds the frame's first bytes. */
  onFrame: (hex: string, atMs: number, arrivedMs: number) => void;
  /** Frames may have been missed, and why; `count` of them where that is known, else 1. */
  onMissed: (count: number, why: string) => void;
}

export interface Capture {
  /** Whether it listens now. */
  readonly listening: boolean;
  stop(): Promise<void>;
}

const readyWithinMs = 30_000;
const stopWithinMs = 5000;
const retryEveryMs = 1000;

/**
 * Listens on a NIC of a node and resolves when nothing is missed any more. When the capture ends or the node is not there,
 * what happens meanwhile is missed, which is told, and it begins again as soon as the node answers.
 * @throws HostError when the node has no perl or no tcpdump
 */
export async function startCapture(request: CaptureRequest): Promise<Capture> {
  const { machine, nic, onMissed } = request;
  const over = new AbortController();
  const isOver = (): boolean => over.signal.aborted;
  let running: RunningCommand | undefined;

  const tell = (count: number, why: string): void => {
    if (!isOver()) onMissed(count, `${machine.name} ${nic}: ${why}`);
  };
  const open = async (): Promise<void> => {
    try {
      running = await openStream(request, tell);
    } catch (error) {
      if (error instanceof HostError) throw error;
      tell(1, messageOf(error));
    }
  };
  const keepOpen = async (): Promise<void> => {
    while (!isOver()) {
      if (running === undefined) {
        await pause(retryEveryMs, over.signal);
        running = await openStream(request, tell);
        if (isOver()) await running.stop(stopWithinMs);
      } else {
        await running.ended;
        running = undefined;
        tell(1, 'the capture ended');
      }
    }
  };

  await open();
  void (async () => {
    while (!isOver()) await keepOpen().catch(() => undefined);
  })();
  return {
    get listening() {
      return running !== undefined;
    },
    stop: async () => {
      over.abort();
      await running?.stop(stopWithinMs);
    },
  };
}

/** Starts the program and waits for its word that it listens. */
async function openStream(
  { machine, nic, expression, peers, onFrame }: CaptureRequest,
  tell: CaptureRequest['onMissed'],
): Promise<RunningCommand> {
  let tellReady: () => void = () => undefined;
  let lastWords = '';
  const ready = new Promise<true>((resolve) => {
    tellReady = () => {
      resolve(true);
    };
  });
  const words = ['perl', '-e', captureProgram, nic, expression, ...peers];
  const running = await machine.stream(`exec ${words.map(shellQuote).join(' ')}`, (line, arrivedMs) => {
    const frame = parseFrame(line);
    if (frame !== undefined) {
      const mapped = machine.wallClock.toHost(frame.guestMs)?.hostMs ?? arrivedMs;
      onFrame(frame.hex, Math.min(mapped, arrivedMs), arrivedMs);
    } else if (line === 'ready') tellReady();
    else if (line.startsWith('dropped '))
      tell(Number(line.slice(8)) || 1, 'the kernel had no room for frames');
    else lastWords = line.replace(/^failed /, '');
  });
  try {
    const begun = await within(
      `${machine.name} to listen on ${nic}`,
      readyWithinMs,
      Promise.race([ready, running.ended]),
    );
    if (begun === true) return running;
    if (begun === 127 || lastWords.includes('there is no tcpdump'))
      throw new HostError(
        `${machine.name}: watching the network needs ${begun === 127 ? 'perl' : 'tcpdump'}, which is not there`,
        'a box whose guests have it',
      );
    throw new RigError(`cannot listen: ${lastWords === '' ? `status ${String(begun)}` : lastWords}`);
  } catch (error) {
    await running.stop(stopWithinMs);
    throw error;
  }
}

/** A line of the program: `1700000000.123456789 ffffffffffff...`; undefined for what is none. */
export function parseFrame(line: string): { guestMs: number; hex: string } | undefined {
  const found = /^(\d+)\.(\d{9}) ((?:[0-9a-f]{2}){14,128})$/.exec(line);
  if (found === null) return undefined;
  const [, seconds, nanoseconds, hex = ''] = found;
  return { guestMs: Number(seconds) * 1000 + Number(nanoseconds) / 1e6, hex };
}
