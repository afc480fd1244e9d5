/** Reads the headers that observers ask for. Positions are offsets in the buffer; nothing is read past end. */

export interface Arp {
  operation: 'request' | 'reply';
  senderMac: string;
  senderIp: number;
  targetIp: number;
}

export interface Tcp {
  from: string;
  to: string;
  flags: ('SYN' | 'ACK' | 'FIN' | 'RST')[];
  payloadBytes: number;
  /** Number of its first byte (RFC 9293, 3.1). */
  sequence: number;
}

/** EtherType and the offset of what it carries, behind an IEEE 802.1Q tag when there is one. */
export function payloadOf(
  frame: Buffer,
  start: number,
  end: number,
): { type: number; at: number } | undefined {
  if (end - start < 14) return undefined;
  const type = frame.readUInt16BE(start + 12);
  if (type !== 0x8100) return { type, at: start + 14 };
  return end - start < 18 ? undefined : { type: frame.readUInt16BE(start + 16), at: start + 18 };
}

export const etherType = { ipv4: 0x0800, arp: 0x0806 } as const;

/** ARP for IPv4 over Ethernet (RFC 826). */
export function readArp(frame: Buffer, at: number, end: number): Arp | undefined {
  if (end - at < 28) return undefined;
  const forIpv4 = frame.readUInt32BE(at) === 0x0001_0800 && frame.readUInt16BE(at + 4) === 0x0604;
  const operation = frame.readUInt16BE(at + 6);
  if (!forIpv4 || (operation !== 1 && operation !== 2)) return undefined;
  return {
    operation: operation === 1 ? 'request' : 'reply',
    senderMac: macText(frame, at + 8),
    senderIp: frame.readUInt32BE(at + 14),
    targetIp: frame.readUInt32BE(at + 24),
  };
}

/** The source address of an IPv4 packet (RFC 791) as a number. */
export function ipv4Source(frame: Buffer, at: number, end: number): number | undefined {
  const isIpv4 = end - at >= 20 && (frame[at] ?? 0) >> 4 === 4;
  return isIpv4 ? frame.readUInt32BE(at + 12) : undefined;
}

/** The TCP segment (RFC 9293) in an IPv4 packet when one of its ports is this; not for later fragments. */
export function readTcp(frame: Buffer, at: number, end: number, port: number): Tcp | undefined {
  if (ipv4Source(frame, at, end) === undefined || frame[at + 9] !== 6) return undefined;
  const laterFragment = (frame.readUInt16BE(at + 6) & 0x1fff) !== 0;
  const tcp = at + ((frame[at] ?? 0) & 0x0f) * 4;
  if (laterFragment || tcp < at + 20 || tcp + 20 > end) return undefined;
  const source = frame.readUInt16BE(tcp);
  const target = frame.readUInt16BE(tcp + 2);
  if (source !== port && target !== port) return undefined;
  const bits = frame[tcp + 13] ?? 0;
  const flags: Tcp['flags'] = [];
  if ((bits & 0x02) !== 0) flags.push('SYN');
  if ((bits & 0x10) !== 0) flags.push('ACK');
  if ((bits & 0x01) !== 0) flags.push('FIN');
  if ((bits & 0x04) !== 0) flags.push('RST');
  const headersEnd = tcp + ((frame[tcp + 12] ?? 0) >> 4) * 4;
  const packetEnd = at + frame.readUInt16BE(at + 2);
  return {
    from: `${ipv4Text(frame.readUInt32BE(at + 12))}:${String(source)}`,
    to: `${ipv4Text(frame.readUInt32BE(at + 16))}:${String(target)}`,
    flags,
    payloadBytes: Math.max(0, packetEnd - headersEnd),
    sequence: frame.readUInt32BE(tcp + 4),
  };
}

export function ipv4Text(address: number): string {
  return [24, 16, 8, 0].map((shift) => String((address >>> shift) & 0xff)).join('.');
}

export function ipv4Number(text: string): number {
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function macText(frame: Buffer, at: number): string {
  return frame.toString('hex', at, at + 6).replace(/..(?=.)/g, '$&:');
}
