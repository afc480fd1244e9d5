import type { Fault, FaultContext } from '../fault.ts';

/** Heals a fault unless the cluster has done so itself. @returns what happened, in one sentence */
export async function lifted(fault: Fault, context: FaultContext): Promise<string> {
  const byCluster = await fault.liftedByCluster?.(context);
  if (byCluster !== undefined) return byCluster;
  await fault.heal(context);
  return `${fault.title} on ${context.node} is lifted`;
}
