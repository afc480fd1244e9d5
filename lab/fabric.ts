import type { FenceAction, Fencing } from './fencing.ts';
import type { LabNetwork } from './network.ts';

/**
 * The switch of the embedded provider. Every frame passes through it, so it can cut, delay and count without asking a node,
 * and it is a witness that no fault on a node can silence.
 */
export interface Fabric extends LabNetwork {
  ports(): Promise<FabricPort[]>;
  /**
   * Writes every frame that a node sends to a network, cut or not, to a pcap file (nanosecond format, wall-clock
   * stamps) until stopped or until this connection ends.
   */
  startCapture(network: string, file: string): Promise<string>;
  stopCapture(id: string): Promise<{ file: string; frames: number } | undefined>;
  /** What servers last did to each other's power through their fence channels. */
  fencings(): Promise<Fencing[]>;
  /** Closes this control connection; the fabric goes on. */
  close(): void;
}

/** One end of a cable: a NIC of a node on a network. */
export interface FabricPort {
  node: string;
  nic: string;
  network: string;
  connected: boolean;
  /** Frames that came from the node and frames handed to it, since the fabric started. */
  framesFromNode: number;
  framesToNode: number;
  /** Frames discarded because the node did not read and its queue was full. */
  framesDropped: number;
  /** Arrival of the last frame that the node sent; null when it never sent one. */
  lastFrameFromNodeMs: number | null;
}

/** Which frames to report. Absent kinds are not reported. */
export interface SightingFilter {
  /** Every ARP packet (RFC 826); gratuitous ones are how an address moves. */
  arp?: boolean;
  /**
   * A change of the node that sends with this IPv4 source address (IP or ARP sender): who holds the service address.
   * The first sighting names the first holder seen.
   */
  holderOf?: readonly string[];
  /** A change of the MAC address that ARP packets give for this IPv4 address, as their sender. */
  announcerOf?: readonly string[];
  /** A change of the node that sends data from `tcpPort` of this IPv4 address: who serves. */
  serverOf?: readonly string[];
  /**
   * TCP segments with SYN, FIN or RST, the first segment with payload in each direction of a connection, every one whose
   * payload was sent before, and every one with payload to which nothing had come the other way for over a second; to or from this port.
   */
  tcpPort?: number;
  /** What servers do to each other's power. */
  fencing?: boolean;
  /** How late the switch itself is: every ten seconds, and whenever a timer of it was late. */
  pace?: boolean;
}

export type Sighting =
  | {
      kind: 'arp';
      atMs: number;
      network: string;
      node: string;
      operation: 'request' | 'reply';
      senderMac: string;
      senderIp: string;
      targetIp: string;
      gratuitous: boolean;
    }
  | {
      kind: 'holder';
      atMs: number;
      network: string;
      address: string;
      node: string;
      mac: string;
      previous: string | null;
    }
  | {
      kind: 'announcer';
      atMs: number;
      network: string;
      address: string;
      /** The node that sent the packet. */
      node: string;
      /** The hardware address in it. */
      mac: string;
      previous: string | null;
    }
  | {
      kind: 'server';
      atMs: number;
      network: string;
      address: string;
      node: string;
      previous: string | null;
    }
  | {
      kind: 'tcp';
      atMs: number;
      network: string;
      /** The node that sent the segment. */
      node: string;
      from: string;
      to: string;
      flags: ('SYN' | 'ACK' | 'FIN' | 'RST')[];
      payloadBytes: number;
      first: boolean;
      /** True when all of its payload was sent before: a retransmission. */
      again?: boolean;
      /** Of a segment with new payload: for how long nothing had come the other way, where that was over a second. */
      silentMs?: number;
    }
  | {
      kind: 'fencing';
      atMs: number;
      /** The server that asked. */
      node: string;
      target: string;
      action: FenceAction;
      /** `done` is told only once it is proven. */
      outcome: 'asked' | 'done' | 'failed';
      reason?: string;
    }
  /**
   * Since the last one of these the switch woke so often, every `everyMs` if it could, and the latest wake was so late: frames
   * were as late then.
   */
  | { kind: 'pace'; atMs: number; everyMs: number; wakes: number; worstLateMs: number }
  /** The observer read too slowly: this many sightings before this one were discarded. */
  | { kind: 'missed'; atMs: number; count: number };
