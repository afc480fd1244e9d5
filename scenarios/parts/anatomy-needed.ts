import type { Anatomy } from '../../lab/anatomy.ts';
import type { Scenario } from '../../lab/scenario.ts';

type Cluster = Parameters<NonNullable<Scenario['unsuited']>>[0];

/** Why a scenario that takes hold of parts of the cluster makes no sense: the stack does not name them. */
export function withoutAnatomy({ stack, edition, settings }: Cluster): string | undefined {
  return stack.anatomy(edition, settings) === undefined
    ? `${stack.name} does not say what faults could take hold of in its edition ${edition}`
    : undefined;
}

/**
 * The same for a scenario that asks more of the cluster.
 * @param reason why it makes no sense on a cluster like this; undefined where it does
 */
export function unsuitedWhere(
  reason: (anatomy: Anatomy, cluster: Cluster) => string | undefined,
): NonNullable<Scenario['unsuited']> {
  return (cluster) => {
    const anatomy = cluster.stack.anatomy(cluster.edition, cluster.settings);
    return anatomy === undefined ? withoutAnatomy(cluster) : reason(anatomy, cluster);
  };
}
