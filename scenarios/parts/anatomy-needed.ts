import type { Scenario } from '../../lab/scenario.ts';

type Cluster = Parameters<NonNullable<Scenario['unsuited']>>[0];

/** Why a scenario that takes hold of parts of the cluster makes no sense: the stack does not name them. */
export function withoutAnatomy({ stack, edition, settings }: Cluster): string | undefined {
  return stack.anatomy?.(edition, settings) === undefined
    ? `${stack.name} does not say yet what faults could take hold of`
    : undefined;
}

/** The same for a scenario that breaks the disk beneath a replica. */
export function withoutBackingDisk(cluster: Cluster): string | undefined {
  const lacking = withoutAnatomy(cluster);
  if (lacking !== undefined) return lacking;
  const { stack, edition, settings } = cluster;
  const anatomy = stack.anatomy?.(edition, settings);
  return anatomy?.replication.backingDisk === undefined
    ? `${stack.name} has no device-mapper device beneath its replicas, which could be made to fail`
    : undefined;
}
