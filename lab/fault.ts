import type { Capability, Lab } from './provider.ts';

export interface FaultContext {
  lab: Lab;
  node: string;
  /** What the node's console had written before the fault: older words prove nothing. */
  consoleFromByte: number;
  signal: AbortSignal;
  /**
   * Tells of each blow of a fault that comes and goes, once it has been struck or lifted.
   * @param askedMs when that was ordered, on the host's monotonic clock: it happened between then and now
   */
  tell: (kind: 'fault-struck' | 'fault-lifted', text: string, askedMs: number) => void;
}

/** How it was proven that a fault bit. */
export interface Proof {
  /** Sentences, each with its witness. */
  proof: string[];
  /** When the node was lost to the others, on the host's monotonic clock in milliseconds; only of faults that kill a node. */
  lostMs?: number;
}

/**
 * Something that breaks. The life of a fault: inject, proven, heal, healed. `heal` is safe twice and is called whatever
 * happened, also when inject itself failed halfway. A fault that knows its own doings (rules, a loop) belongs to one lab.
 */
export interface Fault {
  readonly name: string;
  /** What a person would call it, as "halt -f". */
  readonly title: string;
  readonly needs: readonly Capability[];
  /**
   * It ends by itself so long after it was injected, in milliseconds, whether or not the process that injected it still
   * lives. Absent: it stands until it is healed, or until the next command restores the lab.
   */
  readonly ttlMs?: number;
  /** Breaks it and returns as soon as the blow is struck. */
  inject(context: FaultContext): Promise<void>;
  /** Waits, bounded, until it is proven from outside that the fault bit. @throws TimeoutError when it did not */
  proven(context: FaultContext): Promise<Proof>;
  heal(context: FaultContext): Promise<void>;
  /**
   * Says, in one sentence, that the cluster itself has lifted the fault, so that `heal` would only get in its way. Absent where
   * no cluster can.
   * @param struckMs when the blow was struck, on the host's monotonic clock: what was done before has nothing to do with it
   */
  liftedByCluster?(context: FaultContext, struckMs: number): Promise<string | undefined>;
  /** Waits, bounded, until the fault is gone. What the cluster makes of it is not its matter. */
  healed(context: FaultContext): Promise<void>;
}
