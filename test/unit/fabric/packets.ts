import { mac } from './rig.ts';

/** 192.168.33.host */
export function address(host: number): Buffer {
  return Buffer.from([192, 168, 33, host]);
}

export function arp(station: number, operation: number, sender: Buffer, target: Buffer): Buffer {
  const header = Buffer.from([0, 1, 8, 0, 6, 4, 0, operation]);
  const body = Buffer.concat([header, mac(station), sender, Buffer.alloc(6), target, Buffer.alloc(18)]);
  return Buffer.concat([mac(255), mac(station), Buffer.from([0x08, 0x06]), body]);
}

export const flag = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16 } as const;

export interface Segment {
  station: number;
  from: [host: number, port: number];
  to: [host: number, port: number];
  flags: number;
  payload?: string;
  sequence?: number;
  tagged?: boolean;
  fragmentOffset?: number;
}

/** A TCP segment in IPv4, padded to the least length of Ethernet. */
export function tcp(segment: Segment): Buffer {
  const {
    station,
    from,
    to,
    flags,
    payload = '',
    sequence = 0,
    tagged = false,
    fragmentOffset = 0,
  } = segment;
  const ip = Buffer.alloc(20);
  ip[0] = 0x45;
  ip.writeUInt16BE(40 + payload.length, 2);
  ip.writeUInt16BE(fragmentOffset, 6);
  ip[9] = 6;
  address(from[0]).copy(ip, 12);
  address(to[0]).copy(ip, 16);
  const header = Buffer.alloc(20);
  header.writeUInt16BE(from[1], 0);
  header.writeUInt16BE(to[1], 2);
  header.writeUInt32BE(sequence, 4);
  header[12] = 0x50;
  header[13] = flags;
  const type = Buffer.from(tagged ? [0x81, 0, 0, 7, 0x08, 0x00] : [0x08, 0x00]);
  const whole = Buffer.concat([mac(255), mac(station), type, ip, header, Buffer.from(payload)]);
  return Buffer.concat([whole, Buffer.alloc(Math.max(0, 60 - whole.length))]);
}
