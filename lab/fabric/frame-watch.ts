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
  const reportHolder = holderWatch(filter.holderOf ?? [], report);
  const reportTcp = tcpPort === undefined ? undefined : tcpWatch(tcpPort, report);
  return (node, network, chunk, start, end, atMs) => {
    const payload = payloadOf(chunk, start, end);
    if (payload === undefined) return;
    const { type, at } = payload;
    if (type === etherType.arp) {
      const arp = readArp(chunk, at, end);
      if (arp === undefined) return;
      if (filter.arp === true)
        report({
          kind: 'arp',
          atMs,
          network,
          node,
          operation: arp.operation,
          senderMac: arp.senderMac,
          senderIp: ipv4Text(arp.senderIp),
          targetIp: ipv4Text(arp.targetIp),
          gratuitous: arp.senderIp === arp.targetIp,
        });
      reportHolder?.(node, network, arp.senderIp, chunk, at + 8, atMs);
    } else if (type === etherType.ipv4) {
      if (reportHolder !== undefined) {
        const source = ipv4Source(chunk, at, end);
        if (source !== undefined) reportHolder(node, network, source, chunk, start + 6, atMs);
      }
      reportTcp?.(node, network, chunk, at, end, atMs);
    }
  };
}

type HolderWatch = (
  node: string,
  network: string,
  address: number,
  chunk: Buffer,
  macAt: number,
  atMs: number,
) => void;

function holderWatch(
  addresses: readonly string[],
  report: (sighting: Sighting) => void,
): HolderWatch | undefined {
  if (addresses.length === 0) return undefined;
  const holders = new Map<number, { node: string | null; lastMs: number }>(
    addresses.map((address) => [ipv4Number(address), { node: null, lastMs: -Infinity }]),
  );
  return (node, network, address, chunk, macAt, atMs) => {
    const held = holders.get(address);
    if (held === undefined || atMs < held.lastMs) return;
    held.lastMs = atMs;
    const previous = held.node;
    if (previous === node) return;
    held.node = node;
    report({
      kind: 'holder',
      atMs,
      network,
      address: ipv4Text(address),
      node,
      mac: macText(chunk, macAt),
      previous,
    });
  };
}

type TcpWatch = (node: string, network: string, chunk: Buffer, at: number, end: number, atMs: number) => void;

function tcpWatch(tcpPort: number, report: (sighting: Sighting) => void): TcpWatch {
  /** By direction: the number after the last byte that was sent. */
  const directions = new Map<string, number>();
  return (node, network, chunk, at, end, atMs) => {
    const read = readTcp(chunk, at, end, tcpPort);
    if (read === undefined) return;
    const { sequence, ...tcp } = read;
    const direction = `${tcp.from}>${tcp.to}`;
    if (tcp.flags.includes('SYN')) directions.delete(direction);
    const hasPayload = tcp.payloadBytes > 0;
    const sentUpTo = directions.get(direction);
    const upTo = (sequence + tcp.payloadBytes) >>> 0;
    const first = hasPayload && sentUpTo === undefined;
    // Numbers of bytes wrap around at 2^32 (RFC 9293, 3.4).
    const again = hasPayload && sentUpTo !== undefined && ((upTo - sentUpTo) | 0) <= 0;
    if (first) {
      const oldest = directions.size < maxDirections ? undefined : directions.keys().next().value;
      if (oldest !== undefined) directions.delete(oldest);
    }
    if (hasPayload && !again) directions.set(direction, upTo);
    const control = tcp.flags.some((flag) => flag !== 'ACK');
    if (first || control || again)
      report({ kind: 'tcp', atMs, network, node, ...tcp, first, ...(again ? { again } : {}) });
  };
}
