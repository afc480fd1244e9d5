import type { Fault } from '../../lab/fault.ts';
import type { Lab } from '../../lab/provider.ts';

export interface Bounds {
  ttlMs: number;
  provenWithinMs: number;
}

/** A fault, and a way to see it that owes nothing to the fault's own code. */
export interface FaultCase {
  /** What is broken, in words: the name of its tests. */
  what: string;
  /** Where it is broken. */
  node: string;
  /** A fresh one each time, as another process would make it. */
  make: (bounds: Bounds) => Fault;
  /** True while it is broken, seen from elsewhere. */
  broken: (lab: Lab) => Promise<boolean>;
  /** How long a killed runner's fault stands at most; longer where others need longer to notice it. */
  ttlMs?: number;
  /** The cluster moves the service, or a node boots: the lab is restored before the next case. */
  unsettles?: boolean;
}
