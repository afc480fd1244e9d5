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
import type { Port, Segment, Tap } from './port.ts';

/** Directions of connections whose first payload was seen; the oldest are forgotten beyond this. */
const maxDirections = 65_536;

/**
 * Taps segments and reports what matches, as stated at SightingFilter. A SYN makes a direction new again, so a
 * connection that reuses its ports is reported again.
 * @returns a function that ends it
 */
export function observe(
  segments: Iterable<Segment>,
  filter: SightingFilter,
  report: (sighting: Sighting) => void,
): () => void {
  const ends = [...segments].map((segment) => {
    const tap = tapFor(filter, report);
    segment.taps = [...segment.taps, tap];
    return () => {
      segment.taps = segment.taps.filter((one) => one !== tap);
    };
  });
  return () => {
    for (const end of ends) end();
  };
}

function tapFor(filter: SightingFilter, report: (sighting: Sighting) => void): Tap {
  const { tcpPort } = filter;
  const reportHolder = holderWatch(filter.holderOf ?? [], report);
  const reportTcp = tcpPort === undefined ? undefined : tcpWatch(tcpPort, report);
  return (port, chunk, start, end, atMs) => {
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
          network: port.segment.name,
          node: port.node,
          operation: arp.operation,
          senderMac: arp.senderMac,
          senderIp: ipv4Text(arp.senderIp),
          targetIp: ipv4Text(arp.targetIp),
          gratuitous: arp.senderIp === arp.targetIp,
        });
      reportHolder?.(port, arp.senderIp, chunk, at + 8, atMs);
    } else if (type === etherType.ipv4) {
      if (reportHolder !== undefined) {
        const source = ipv4Source(chunk, at, end);
        if (source !== undefined) reportHolder(port, source, chunk, start + 6, atMs);
      }
      reportTcp?.(port, chunk, at, end, atMs);
    }
  };
}

type HolderWatch = (port: Port, address: number, chunk: Buffer, macAt: number, atMs: number) => void;

function holderWatch(
  addresses: readonly string[],
  report: (sighting: Sighting) => void,
): HolderWatch | undefined {
  if (addresses.length === 0) return undefined;
  const holders = new Map<number, string | null>(addresses.map((address) => [ipv4Number(address), null]));
  return (port, address, chunk, macAt, atMs) => {
    const previous = holders.get(address);
    if (previous === undefined || previous === port.node) return;
    holders.set(address, port.node);
    report({
      kind: 'holder',
      atMs,
      network: port.segment.name,
      address: ipv4Text(address),
      node: port.node,
      mac: macText(chunk, macAt),
      previous,
    });
  };
}

type TcpWatch = (port: Port, chunk: Buffer, at: number, end: number, atMs: number) => void;

function tcpWatch(tcpPort: number, report: (sighting: Sighting) => void): TcpWatch {
  const directions = new Set<string>();
  return (port, chunk, at, end, atMs) => {
    const tcp = readTcp(chunk, at, end, tcpPort);
    if (tcp === undefined) return;
    const direction = `${tcp.from}>${tcp.to}`;
    if (tcp.flags.includes('SYN')) directions.delete(direction);
    const first = tcp.payloadBytes > 0 && !directions.has(direction);
    if (first) {
      const oldest = directions.size < maxDirections ? undefined : directions.values().next().value;
      if (oldest !== undefined) directions.delete(oldest);
      directions.add(direction);
    }
    const control = tcp.flags.some((flag) => flag !== 'ACK');
    if (first || control)
      report({ kind: 'tcp', atMs, network: port.segment.name, node: port.node, ...tcp, first });
  };
}
