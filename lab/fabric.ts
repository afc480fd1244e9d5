/**
 * The Ethernet between the nodes, as the engine sees it. Every frame passes through it, so it can cut, delay and count
 * without asking a node, and it is a witness that no fault on a node can silence. Times are the host's monotonic clock
 * in milliseconds (see hostNowMs in clock.ts).
 */
export interface Fabric {
  ports(): Promise<FabricPort[]>;
  /** Rules that are in force now, with the frames each one has hit. */
  rules(): Promise<ActiveRule[]>;
  /** Puts a rule in force at once and returns its id. It ends by itself after ttlMs, whoever asked for it has died or not. */
  addRule(rule: FabricRule): Promise<string>;
  /** Ends a rule; true when it was still in force. Safe to call twice. */
  removeRule(id: string): Promise<boolean>;
  /** Sightings that match, from now on. */
  observe(
    filter: SightingFilter,
    onSighting: (sighting: Sighting) => void,
  ): Promise<{ stop(): Promise<void> }>;
  /**
   * Writes every frame that a node sends to a network, cut or not, to a pcap file (nanosecond format, wall-clock
   * stamps) until stopped or until this connection ends.
   */
  startCapture(network: string, file: string): Promise<string>;
  stopCapture(id: string): Promise<{ file: string; frames: number } | undefined>;
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

/** What happens to frames from one end to another. Several rules on one path add up; drop wins. */
export interface FabricRule {
  /** Which frames: sender and receiver nodes; absent means any. A rule has one direction. */
  network: string;
  from?: string;
  to?: string;
  effect:
    | { kind: 'drop' }
    /** Part of the frames is dropped, 0 to 1. */
    | { kind: 'loss'; probability: number }
    /** Each frame waits delayMs plus or minus up to jitterMs; order is kept. */
    | { kind: 'delay'; delayMs: number; jitterMs: number }
    /** Bytes per second; a queue of at most queueBytes waits, the rest is dropped. */
    | { kind: 'rate'; bytesPerSecond: number; queueBytes: number };
  ttlMs: number;
}

export interface ActiveRule extends FabricRule {
  id: string;
  expiresInMs: number;
  hits: number;
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
  /** TCP segments with SYN, FIN or RST, and the first segment with payload in each direction of a connection, to or from this port. */
  tcpPort?: number;
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
    }
  /** The observer read too slowly: this many sightings before this one were discarded. */
  | { kind: 'missed'; atMs: number; count: number };
