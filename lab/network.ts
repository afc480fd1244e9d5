import type { Sighting, SightingFilter } from './fabric.ts';

/**
 * The Ethernet between the nodes, as a scenario acts on it and watches it. Under the embedded provider this is the fabric;
 * elsewhere packet filters and captures of the guests stand in, and a record says which. Times are the host's monotonic
 * clock in milliseconds (see hostNowMs in clock.ts).
 */
export interface LabNetwork {
  /** Who acts and watches: the fabric from outside, or the guests themselves. */
  readonly witness: 'fabric' | 'guests';
  /** Rules that are in force now, with the frames each one has hit. */
  rules(): Promise<ActiveRule[]>;
  /** Puts a rule in force at once and returns its id. It ends by itself after ttlMs, whoever asked for it has died or not. */
  addRule(rule: NetworkRule): Promise<string>;
  /** Ends a rule; true when it was still in force. Safe to call twice. */
  removeRule(id: string): Promise<boolean>;
  /** Sightings that match, from now on. */
  observe(
    filter: SightingFilter,
    onSighting: (sighting: Sighting) => void,
  ): Promise<{ stop(): Promise<void> }>;
  /** When the witness last had a frame from this node, on this network or on any; null when it never had one. */
  lastFrameFromMs(node: string, network?: string): Promise<number | null>;
}

/** What happens to frames from one end to another. Several rules on one path add up; drop wins. */
export interface NetworkRule {
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

export interface ActiveRule extends NetworkRule {
  id: string;
  expiresInMs: number;
  hits: number;
}
