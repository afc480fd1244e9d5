/** How long a fault stands at most, and how long its proof may take. */
export interface FaultBounds {
  /** It ends by itself after this, even when nobody is left to heal it. */
  ttlMs?: number;
  provenWithinMs?: number;
}

/** Longer than any scenario leaves a fault standing. */
export const defaultTtlMs = 900_000;
