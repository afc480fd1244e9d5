import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHistogram } from 'node:perf_hooks';
import { startFabric, stopFabric } from '../lab/fabric/start.ts';
import { waitFor, within } from '../lab/wait.ts';
import type { BenchRow } from './row.ts';

/** Two clients that speak QEMU's framing, in this process; what joins them is a process of its own. */
type Pair = readonly [Socket, Socket];

interface Figures {
  framesPerSecond: number;
  largeFramesPerSecond: number;
  medianUs: number;
  p99Us: number;
}

const smallFrameBytes = 64;
const largeFrameBytes = 1514;
const pings = 4000;
const runMs = 1500;
const stepTimeoutMs = 20_000;

/**
 * Measures frames per second and latency through one pair of ports of the fabric and, in the same run with the same
 * clients, of QEMU's own hub, and the latency of a plain socket between the clients. About fifteen seconds.
 */
export async function benchFabric(): Promise<BenchRow[]> {
  const directory = await mkdtemp(join(tmpdir(), 'lab-bench-'));
  try {
    const direct = await measureLatency(await directPair(directory));
    const fabric = await measureFabric(directory);
    const hub = await measureHub(directory);
    return rows(direct, fabric, hub);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function rows(direct: Pick<Figures, 'medianUs' | 'p99Us'>, fabric: Figures, hub: Figures): BenchRow[] {
  const rate = (perSecond: number): string => `${Math.round(perSecond).toLocaleString('en')} frames/s`;
  const us = (value: number): string => `${value.toFixed(0)} us`;
  const ratio = (value: number): string => `${value.toFixed(2)} x QEMU hub`;
  const gigabits = (perSecond: number): string =>
    `${((perSecond * largeFrameBytes * 8) / 1e9).toFixed(1)} Gbit/s`;
  return [
    {
      what: `fabric: ${String(smallFrameBytes)}-byte frames through one pair`,
      measured: `${rate(fabric.framesPerSecond)} (hub ${rate(hub.framesPerSecond)})`,
      goal: 'at least 100,000 frames/s',
      ratio: ratio(fabric.framesPerSecond / hub.framesPerSecond),
    },
    {
      what: `fabric: ${String(largeFrameBytes)}-byte frames through one pair`,
      measured: `${rate(fabric.largeFramesPerSecond)}, ${gigabits(fabric.largeFramesPerSecond)} (hub ${rate(hub.largeFramesPerSecond)})`,
      goal: 'at least 100,000 frames/s',
      ratio: ratio(fabric.largeFramesPerSecond / hub.largeFramesPerSecond),
    },
    {
      what: 'fabric: one frame there and back, median',
      measured: `${us(fabric.medianUs)} (hub ${us(hub.medianUs)}, plain socket ${us(direct.medianUs)})`,
      goal: 'under 500 us',
      ratio: ratio(fabric.medianUs / hub.medianUs),
    },
    {
      what: 'fabric: one frame there and back, 99th percentile',
      measured: `${us(fabric.p99Us)} (hub ${us(hub.p99Us)}, plain socket ${us(direct.p99Us)})`,
      goal: 'under 1000 us',
      ratio: ratio(fabric.p99Us / hub.p99Us),
    },
  ];
}

async function directPair(directory: string): Promise<Pair> {
  const path = join(directory, 'direct.sock');
  const server = createServer();
  server.listen(path);
  await once(server, 'listening');
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const one = await dial(path);
  const other = await accepted;
  server.close();
  return [one, other];
}

async function measureFabric(directory: string): Promise<Figures> {
  const folder = join(directory, 'fabric');
  const ports = ['a', 'b'].map((node) => ({ node, nic: 'eth1', network: 'lan', socket: `${node}.sock` }));
  await startFabric({ directory: folder, networks: ['lan'], ports, controlSocket: 'control.sock' });
  try {
    return await measure(async () => [
      await dial(join(folder, 'a.sock')),
      await dial(join(folder, 'b.sock')),
    ]);
  } finally {
    await stopFabric(folder);
  }
}

async function measureHub(directory: string): Promise<Figures> {
  const paths = [join(directory, 'hub-a.sock'), join(directory, 'hub-b.sock')];
  const netdevs = paths.flatMap((path, at) => [
    ...['-netdev', `stream,id=s${String(at)},server=on,addr.type=unix,addr.path=${path}`],
    ...['-netdev', `hubport,id=h${String(at)},hubid=0,netdev=s${String(at)}`],
  ]);
  const machine = ['-M', 'none', '-nodefaults', '-display', 'none'];
  const qemu = spawn('qemu-system-x86_64', [...machine, ...netdevs], { stdio: 'ignore' });
  try {
    await within('qemu-system-x86_64', stepTimeoutMs, once(qemu, 'spawn'));
    // A stream server of QEMU 7.2 takes one connection and never another, so all measurements share the pair.
    const pair: Pair = [await dial(paths[0] ?? ''), await dial(paths[1] ?? '')];
    return await measure(() => Promise.resolve(pair));
  } finally {
    await end(qemu);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await within('the end of QEMU', stepTimeoutMs, gone);
}

async function measure(join: () => Promise<Pair>): Promise<Figures> {
  const pair = await join();
  try {
    await introduce(pair);
    const framesPerSecond = await measureRate(pair, smallFrameBytes);
    const largeFramesPerSecond = await measureRate(pair, largeFrameBytes);
    return { framesPerSecond, largeFramesPerSecond, ...(await measureLatency(pair)) };
  } finally {
    for (const socket of pair) socket.destroy();
  }
}

/** A frame with its length before it. */
function frame(to: number, from: number, bytes: number): Buffer {
  const framed = Buffer.alloc(4 + bytes);
  framed.writeUInt32BE(bytes, 0);
  framed.set([0x52, 0x54, 0, 0, 0, to, 0x52, 0x54, 0, 0, 0, from, 0x88, 0xb5], 4);
  return framed;
}

/** Both sides send until the other has heard them: from then on a switch knows both addresses. */
async function introduce([a, b]: Pair): Promise<void> {
  for (const [from, to, framed] of [
    [a, b, frame(2, 1, 64)],
    [b, a, frame(1, 2, 64)],
  ] as const)
    await collect(to, framed.length, () => from.write(framed));
}

async function collect(socket: Socket, wantedBytes: number, start: () => void): Promise<void> {
  let seenBytes = 0;
  await within(
    `${String(wantedBytes)} bytes`,
    stepTimeoutMs,
    new Promise<void>((resolve) => {
      const onData = (chunk: Buffer): void => {
        seenBytes += chunk.length;
        if (seenBytes < wantedBytes) return;
        socket.off('data', onData);
        resolve();
      };
      socket.on('data', onData);
      start();
    }),
  );
}

/** Frames that arrive per second while the sender keeps at most 1 MiB on the way, so that nothing is dropped. */
async function measureRate([a, b]: Pair, bytes: number): Promise<number> {
  const one = frame(2, 1, bytes);
  const burst = Buffer.concat(Array.from({ length: Math.floor(65_536 / one.length) }, () => one));
  const windowBytes = 1024 * 1024;
  let sentBytes = 0;
  let receivedBytes = 0;
  const startMs = performance.now();
  const endMs = startMs + runMs;
  await within(
    'the frames',
    stepTimeoutMs,
    new Promise<void>((resolve) => {
      const send = (): void => {
        while (sentBytes - receivedBytes < windowBytes && performance.now() < endMs) {
          sentBytes += burst.length;
          a.write(burst);
        }
      };
      const onData = (chunk: Buffer): void => {
        receivedBytes += chunk.length;
        send();
        if (receivedBytes < sentBytes) return;
        b.off('data', onData);
        resolve();
      };
      b.on('data', onData);
      send();
    }),
  );
  return ((receivedBytes / one.length) * 1000) / (performance.now() - startMs);
}

async function measureLatency([a, b]: Pair): Promise<Pick<Figures, 'medianUs' | 'p99Us'>> {
  const ping = frame(2, 1, smallFrameBytes);
  const pong = frame(1, 2, smallFrameBytes);
  const histogram = createHistogram();
  const answer = (): void => void b.write(pong);
  b.on('data', answer);
  for (let at = 0; at < pings; at++) {
    const startNs = process.hrtime.bigint();
    await collect(a, pong.length, () => a.write(ping));
    if (at >= pings / 10) histogram.record(process.hrtime.bigint() - startNs);
  }
  b.off('data', answer);
  return { medianUs: histogram.percentile(50) / 1000, p99Us: histogram.percentile(99) / 1000 };
}

async function dial(path: string): Promise<Socket> {
  return await waitFor(
    `a connection to ${path}`,
    async () => {
      const socket = connect(path);
      await once(socket, 'connect');
      return { done: true, value: socket };
    },
    { timeoutMs: stepTimeoutMs, everyMs: 50 },
  );
}
