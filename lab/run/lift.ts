import type { Fault, FaultContext } from '../fault.ts';

/** A fault that was injected and not healed yet. */
export interface StandingFault {
  fault: Fault;
  context: FaultContext;
  /** On the host's monotonic clock. */
  struckMs: number;
}

/** Heals a fault unless the cluster has done so itself. @returns what happened, in one sentence */
export async function lifted(
  { fault, context, struckMs }: StandingFault,
  signal: AbortSignal,
): Promise<string> {
  const now = { ...context, signal };
  const byCluster = await fault.liftedByCluster?.(now, struckMs);
  if (byCluster !== undefined) return byCluster;
  await fault.heal(now);
  return `${fault.title} on ${context.node} is lifted`;
}
