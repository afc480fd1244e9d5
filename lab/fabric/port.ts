import type { Socket } from 'node:net';
import type { Path } from './path.ts';
import type { RuleState } from './rules.ts';

/** Called with every frame that a node sends, at bytes [start, end) of the chunk, before any rule is applied. */
export type Tap = (port: Port, chunk: Buffer, start: number, end: number, atMs: number) => void;

/** One network: ports that hear each other, and nobody else. */
export interface Segment {
  readonly name: string;
  readonly ports: Port[];
  /** Which port a unicast address was last seen on. Keys are the 48 bits of the address. */
  readonly macs: Map<number, Port>;
  /** Grows with every change of macs, so that a port may keep its last answer. */
  macsVersion: number;
  taps: Tap[];
  rules: RuleState[];
  rulesVersion: number;
  /** Frames that a delay or rate rule holds back. While there are any, new ones have to queue behind them. */
  waiting: number;
}

/** The switch's side of one NIC. */
export interface Port {
  readonly node: string;
  readonly nic: string;
  readonly segment: Segment;
  socket: Socket | undefined;
  framesFromNode: number;
  framesToNode: number;
  framesDropped: number;
  lastFrameFromNodeMs: number | null;
  /** What rules do on the way to each other port. */
  readonly paths: Map<Port, Path>;
  /** Bytes that rules hold back on their way to this port. */
  waitingBytes: number;
  lastSource: number;
  lastTarget: number;
  lastTargetPort: Port | undefined;
  lastVersion: number;
  /** Output that waits for flush: finished runs of neighbouring frames, and the open one. */
  runs: Buffer[];
  runChunk: Buffer | undefined;
  runStart: number;
  runEnd: number;
  budgetBytes: number;
}

/** What waits for a node that does not read; more is dropped. */
export const maxQueueBytes = 4 * 1024 * 1024;

/** In a queue longer than this, small frames are copied: they must not keep whole 64 KiB read buffers alive. */
const copyAboveBytes = 64 * 1024;

export function createSegment(name: string): Segment {
  return {
    name,
    ports: [],
    macs: new Map(),
    macsVersion: 0,
    taps: [],
    rules: [],
    rulesVersion: 0,
    waiting: 0,
  };
}

export function addPort(segment: Segment, node: string, nic: string): Port {
  const port: Port = {
    node,
    nic,
    segment,
    socket: undefined,
    framesFromNode: 0,
    framesToNode: 0,
    framesDropped: 0,
    lastFrameFromNodeMs: null,
    paths: new Map(),
    waitingBytes: 0,
    lastSource: -1,
    lastTarget: -1,
    lastTargetPort: undefined,
    lastVersion: -1,
    runs: [],
    runChunk: undefined,
    runStart: 0,
    runEnd: 0,
    budgetBytes: 0,
  };
  segment.ports.push(port);
  return port;
}

/**
 * Hands bytes [start, end) of the chunk, a frame with its length, to a connected port. Neighbouring frames become one
 * write; nothing is copied and nothing is written before flush.
 * @returns true when the port now waits for a flush that it did not wait for before
 */
export function queueFrame(port: Port, socket: Socket, chunk: Buffer, start: number, end: number): boolean {
  const first = port.runChunk === undefined;
  if (first) port.budgetBytes = maxQueueBytes - socket.writableLength - port.waitingBytes;
  if (port.runChunk !== chunk) {
    closeRun(port);
    port.runChunk = chunk;
    port.runStart = port.runEnd = start;
  }
  if (port.budgetBytes < end - start) {
    port.framesDropped++;
    return first;
  }
  port.budgetBytes -= end - start;
  port.framesToNode++;
  if (port.runEnd !== start) {
    closeRun(port);
    port.runStart = start;
  }
  port.runEnd = end;
  return first;
}

function closeRun(port: Port): void {
  if (port.runChunk === undefined || port.runEnd === port.runStart) return;
  port.runs.push(port.runChunk.subarray(port.runStart, port.runEnd));
}

/** Writes what queueFrame collected. */
export function flush(port: Port): void {
  const { socket } = port;
  closeRun(port);
  const { runs } = port;
  port.runs = [];
  port.runChunk = undefined;
  if (socket === undefined) return;
  const crowded = socket.writableLength > copyAboveBytes;
  const [only] = runs;
  if (runs.length === 1 && only !== undefined) socket.write(crowded ? compact(only) : only);
  else {
    socket.cork();
    for (const run of runs) socket.write(crowded ? compact(run) : run);
    socket.uncork();
  }
}

/** A copy when the run keeps alive a buffer of more than twice its size. */
function compact(run: Buffer): Buffer {
  return run.length * 2 < run.buffer.byteLength ? Buffer.from(run) : run;
}

/** Writes one frame that waited, with its length before it. */
export function writeFrame(port: Port, bytes: Buffer): void {
  if (port.socket === undefined) return;
  port.framesToNode++;
  port.socket.write(bytes);
}
