import type { Sighting, SightingFilter } from '../fabric.ts';
import {
  etherType,
  ipv4Number,
  ipv4Source,
  ipv4Text,
  macText,
  payloadOf,
  readArp,
  readTcp,
} from './frame.ts';

/** Who sends into a longer silence than this tries to reach somebody. */
const silenceMs = 1000;

/** Directions of connections whose first payload was seen; the oldest are forgotten beyond this. */
const maxDirections = 65_536;

/** Looks at a frame that a node sent to a network, at bytes [start, end) of the chunk, and reports what is in it. */
export type FrameWatch = (
  node: string,
  network: string,
  chunk: Buffer,
  start: number,
  end: number,
  atMs: number,
) => void;

/**
 * Reports what matches, as stated at SightingFilter, from frames of one network. A SYN makes a direction new again, so a
 * connection that reuses its ports is reported again. A frame that comes in later than a younger one changes no holder.
 */
export function frameWatch(filter: SightingFilter, report: (sighting: Sighting) => void): FrameWatch {
  const { tcpPort } = filter;
  const holders = changeWatch(filter.holderOf);
  const announcers = changeWatch(filter.announcerOf);
  const servers = changeWatch(filter.serverOf);
  const reportTcp = tcpPort === undefined ? undefined : tcpWatch(tcpPort, report);
  const hold = (
    node: string,
    network: string,
    source: number,
    chunk: Buffer,
    macAt: number,
    atMs: number,
  ): void => {
    const previous = holders?.(source, node, atMs);
    if (previous === undefined) return;
    const mac = macText(chunk, macAt);
    report({ kind: 'holder', atMs, network, address: ipv4Text(source), node, mac, previous });
  };
  return (node, network, chunk, start, end, atMs) => {
    const payload = payloadOf(chunk, start, end);
    if (payload === undefined) return;
    const { type, at } = payload;
    if (type === etherType.arp) {
      const arp = readArp(chunk, at, end);
      if (arp === undefined) return;
      const { operation, senderMac, senderIp, targetIp } = arp;
      if (filter.arp === true)
        report({
          kind: 'arp',
          atMs,
          network,
          node,
          operation,
          senderMac,
          senderIp: ipv4Text(senderIp),
          targetIp: ipv4Text(targetIp),
          gratuitous: senderIp === targetIp,
        });
      const previous = announcers?.(senderIp, senderMac, atMs);
      if (previous !== undefined) {
        const address = ipv4Text(senderIp);
        report({ kind: 'announcer', atMs, network, address, node, mac: senderMac, previous });
      }
      hold(node, network, senderIp, chunk, at + 8, atMs);
    } else if (type === etherType.ipv4) {
      const source = ipv4Source(chunk, at, end);
      if (source === undefined) return;
      hold(node, network, source, chunk, start + 6, atMs);
      if (servers !== undefined && sendsData(chunk, at, end, tcpPort)) {
        const previous = servers(source, node, atMs);
        if (previous !== undefined)
          report({ kind: 'server', atMs, network, address: ipv4Text(source), node, previous });
      }
      reportTcp?.(node, network, chunk, at, end, atMs);
    }
  };
}

/**
 * Takes who was seen with an address, and says who it was before when that is another one (null: nobody), else undefined. A
 * frame that comes in later than a younger one changes nothing.
 */
type ChangeWatch = (address: number, who: string, atMs: number) => string | null | undefined;

function changeWatch(addresses: readonly string[] = []): ChangeWatch | undefined {
  if (addresses.length === 0) return undefined;
  const seen = new Map<number, { who: string | null; lastMs: number }>(
    addresses.map((address) => [ipv4Number(address), { who: null, lastMs: -Infinity }]),
  );
  return (address, who, atMs) => {
    const last = seen.get(address);
    if (last === undefined || atMs < last.lastMs) return undefined;
    last.lastMs = atMs;
    const previous = last.who;
    if (previous === who) return undefined;
    last.who = who;
    return previous;
  };
}

/** True for a segment with payload that comes from this port. */
function sendsData(chunk: Buffer, at: number, end: number, port: number | undefined): boolean {
  if (port === undefined) return false;
  const segment = readTcp(chunk, at, end, port);
  return segment !== undefined && segment.payloadBytes > 0 && segment.from.endsWith(`:${String(port)}`);
}

type TcpWatch = (node: string, network: string, chunk: Buffer, at: number, end: number, atMs: number) => void;

function tcpWatch(tcpPort: number, report: (sighting: Sighting) => void): TcpWatch {
  /** By direction: the number after the last byte that was sent. */
  const directions = new Map<string, number>();
  /** By direction: when the last segment was sent. */
  const heardMs = new Map<string, number>();
  return (node, network, chunk, at, end, atMs) => {
    const read = readTcp(chunk, at, end, tcpPort);
    if (read === undefined) return;
    const { sequence, ...tcp } = read;
    const direction = `${tcp.from}>${tcp.to}`;
    if (tcp.flags.includes('SYN')) directions.delete(direction);
    const silentMs = atMs - (heardMs.get(`${tcp.to}>${tcp.from}`) ?? atMs);
    remember(heardMs, direction, atMs);
    const hasPayload = tcp.payloadBytes > 0;
    const sentUpTo = directions.get(direction);
    const upTo = (sequence + tcp.payloadBytes) >>> 0;
    const first = hasPayload && sentUpTo === undefined;
    // Numbers of bytes wrap around at 2^32 (RFC 9293, 3.4).
    const again = hasPayload && sentUpTo !== undefined && ((upTo - sentUpTo) | 0) <= 0;
    if (hasPayload && !again) remember(directions, direction, upTo);
    const control = tcp.flags.some((flag) => flag !== 'ACK');
    const intoSilence = hasPayload && !again && silentMs > silenceMs;
    if (first || control || again || intoSilence)
      report({
        kind: 'tcp',
        atMs,
        network,
        node,
        ...tcp,
        first,
        ...(again ? { again } : {}),
        ...(intoSilence ? { silentMs } : {}),
      });
  };
}

function remember(values: Map<string, number>, direction: string, value: number): void {
  const oldest =
    values.size < maxDirections || values.has(direction) ? undefined : values.keys().next().value;
  if (oldest !== undefined) values.delete(oldest);
  values.set(direction, value);
}
