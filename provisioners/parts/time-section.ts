import type { PlanSection } from '../../lab/plan.ts';
import type { Topology } from '../../lab/topology.ts';
import { timeAndLogs } from './clock.ts';

/**
 * One clock for all nodes, the first one's, and logs with stamps that can be compared; heartbeat's facility in a file.
 * @param network name of the network over which the nodes ask for the time
 */
export function timeSection(
  machines: Topology,
  network: string,
  haLog: string,
  articleSection?: string,
): PlanSection {
  const reference = machines.nodes[0]?.name ?? '';
  return {
    title: 'One time, and logs that can be compared',
    ...(articleSection === undefined ? {} : { articleSection }),
    text: `No machine of a lab has a way out, so ${reference} is the clock of all.`,
    steps: timeAndLogs(machines, { network, log: haLog, why: 'logfacility local0 of heartbeat' }),
  };
}
