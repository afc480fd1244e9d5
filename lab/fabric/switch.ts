import type { Socket } from 'node:net';
import { hostNowMs } from '../clock.ts';
import type { FabricPort } from '../fabric.ts';
import type { FabricConfig } from './config.ts';
import { createDelayLine, discardTo, hold, stopDelayLine } from './delay-line.ts';
import type { DelayLine } from './delay-line.ts';
import { admit, pathBetween, refused } from './path.ts';
import { addPort, createSegment, queueFrame } from './port.ts';
import type { Port, Segment } from './port.ts';

/** A learning Ethernet switch (IEEE 802.1D without spanning tree): one segment per network. */
export interface Switch {
  readonly segments: ReadonlyMap<string, Segment>;
  readonly ports: readonly Port[];
  readonly delayLine: DelayLine;
  readonly log: (line: string) => void;
  readonly random: () => number;
  lastRule: number;
}

/** The length before every frame: 4 bytes, big endian (QEMU, net/stream.c). */
export const lengthBytes = 4;
/** Two addresses and a type. */
export const minFrameBytes = 14;
/** Nothing that a NIC sends is longer; more means that the stream is out of step. */
export const maxFrameBytes = 65 * 1024;

/** Addresses remembered per network; a guest that invents addresses cannot fill the memory. */
const maxMacs = 8192;

export function createSwitch(
  { networks, ports }: Pick<FabricConfig, 'networks' | 'ports'>,
  log: (line: string) => void,
  random: () => number = Math.random,
): Switch {
  const segments = new Map(networks.map((name) => [name, createSegment(name)]));
  const made = ports.flatMap(({ node, nic, network }) => {
    const segment = segments.get(network);
    return segment === undefined ? [] : [addPort(segment, node, nic)];
  });
  return { segments, ports: made, delayLine: createDelayLine(), log, random, lastRule: 0 };
}

/** What switchChunk found: the bytes of whole frames, and why the stream is garbage if it is. */
export interface Switched {
  consumedBytes: number;
  garbage: string | undefined;
}

/**
 * Switches every whole frame at the start of the chunk, which came from the port's node. Receiving ports are added to
 * touched; the caller flushes them.
 */
export function switchChunk(fabric: Switch, port: Port, chunk: Buffer, touched: Port[]): Switched {
  const atMs = hostNowMs();
  const size = chunk.length;
  let start = 0;
  let garbage: string | undefined;
  while (size - start >= lengthBytes) {
    const length = chunk.readUInt32BE(start);
    if (length < minFrameBytes || length > maxFrameBytes) {
      garbage = `a frame of ${String(length)} bytes is not possible`;
      break;
    }
    const end = start + lengthBytes + length;
    if (end > size) break;
    switchFrame(fabric, port, chunk, start, end, atMs, touched);
    start = end;
  }
  if (start > 0) port.lastFrameFromNodeMs = atMs;
  return { consumedBytes: start, garbage };
}

function switchFrame(
  fabric: Switch,
  port: Port,
  chunk: Buffer,
  start: number,
  end: number,
  atMs: number,
  touched: Port[],
): void {
  const { segment } = port;
  const frame = start + lengthBytes;
  port.framesFromNode++;
  learn(segment, port, macAt(chunk, frame + 6));
  for (const tap of segment.taps) tap(port, chunk, frame, end, atMs);
  const targetMac = macAt(chunk, frame);
  const target = isGroup(chunk, frame) ? undefined : portOf(segment, port, targetMac);
  if (target === port) return;
  if (target !== undefined) {
    forward(fabric, port, target, chunk, start, end, atMs, touched);
    return;
  }
  for (const other of segment.ports)
    if (other !== port) forward(fabric, port, other, chunk, start, end, atMs, touched);
}

function forward(
  fabric: Switch,
  from: Port,
  to: Port,
  chunk: Buffer,
  start: number,
  end: number,
  atMs: number,
  touched: Port[],
): void {
  if (to.socket === undefined) return;
  if (from.segment.rules.length > 0 || from.segment.waiting > 0) {
    const path = pathBetween(from, to);
    const leavesMs = admit(path, end - start - lengthBytes, atMs, fabric.random);
    if (leavesMs === refused) return;
    if (leavesMs > atMs || path.waiting.length > 0) {
      hold(fabric.delayLine, path, chunk.subarray(start, end), leavesMs);
      return;
    }
  }
  if (queueFrame(to, to.socket, chunk, start, end)) touched.push(to);
}

function macAt(chunk: Buffer, at: number): number {
  return chunk.readUInt16BE(at) * 0x1_0000_0000 + chunk.readUInt32BE(at + 2);
}

/** Broadcast and multicast have the lowest bit of the first byte set. */
function isGroup(chunk: Buffer, at: number): boolean {
  return ((chunk[at] ?? 0) & 1) === 1;
}

function learn(segment: Segment, port: Port, mac: number): void {
  if (port.lastSource === mac && port.lastVersion === segment.macsVersion) return;
  if (segment.macs.get(mac) !== port && Math.floor(mac / 0x100_0000_0000) % 2 === 0) {
    const oldest = segment.macs.size < maxMacs ? undefined : segment.macs.keys().next().value;
    if (oldest !== undefined) segment.macs.delete(oldest);
    segment.macs.set(mac, port);
    segment.macsVersion++;
  }
  port.lastSource = mac;
  port.lastTarget = -1;
  port.lastVersion = segment.macsVersion;
}

function portOf(segment: Segment, port: Port, mac: number): Port | undefined {
  if (port.lastTarget !== mac) {
    port.lastTargetPort = segment.macs.get(mac);
    port.lastTarget = mac;
  }
  return port.lastTargetPort;
}

/** Makes a socket the port's connection; an older one, of a machine that was replaced, is closed. */
export function plug(fabric: Switch, port: Port, socket: Socket): void {
  if (port.socket !== undefined) {
    fabric.log(`${port.node} ${port.nic}: a new connection replaces the old one`);
    unplug(fabric, port, port.socket);
  }
  port.socket = socket;
}

/** Ends the port's connection if it is this one: its addresses and what waited for it are forgotten. */
export function unplug(fabric: Switch, port: Port, socket: Socket): void {
  socket.destroy();
  if (port.socket !== socket) return;
  port.socket = undefined;
  const { macs } = port.segment;
  for (const [mac, holder] of macs) if (holder === port) macs.delete(mac);
  port.segment.macsVersion++;
  discardTo(fabric.delayLine, port);
}

export function portStates(fabric: Switch): FabricPort[] {
  return fabric.ports.map((port) => ({
    node: port.node,
    nic: port.nic,
    network: port.segment.name,
    connected: port.socket !== undefined,
    framesFromNode: port.framesFromNode,
    framesToNode: port.framesToNode,
    framesDropped: port.framesDropped,
    lastFrameFromNodeMs: port.lastFrameFromNodeMs,
  }));
}

/** Closes all ports and ends all timers. */
export function closeSwitch(fabric: Switch): void {
  for (const port of fabric.ports) if (port.socket !== undefined) unplug(fabric, port, port.socket);
  stopDelayLine(fabric.delayLine);
  for (const segment of fabric.segments.values()) {
    for (const { timer } of segment.rules) clearTimeout(timer);
    segment.rules = [];
  }
}
