import type { PlanStep } from '../../lab/plan.ts';
import { addressOn } from '../../lab/topology.ts';
import type { Topology } from '../../lab/topology.ts';
import { rsyslogConfig } from './logging.ts';
import { file, packages, run, wait } from './steps.ts';

/**
 * Gives all nodes the clock of the first one, and a log file to the cluster's facility, local0.
 * @param network name of the network over which the nodes ask for the time
 * @param why what uses that facility
 */
export function timeAndLogs(
  machines: Topology,
  { network, log, why }: { network: string; log: string; why: string },
): PlanStep[] {
  const all = machines.nodes.map((node) => node.name);
  const [reference = '', ...followers] = all;
  const source = addressOn(machines, reference, network);
  const range = machines.networks.find((each) => each.name === network)?.cidr ?? '';
  return [
    packages(all, ['chrony', 'rsyslog']),
    file([reference], '/etc/chrony/chrony.conf', chronyOfReference(range)),
    file(followers, '/etc/chrony/chrony.conf', chronyOfFollower(source)),
    file(all, '/etc/rsyslog.d/10-lab.conf', rsyslogConfig('local0', log)),
    run(all, 'Restart both', ['systemctl restart chrony.service rsyslog.service'], {
      why: `${why} gets a file of its own, and every line a stamp with microseconds.`,
    }),
    wait(followers, `every node to follow ${reference}`, 'chronyc -n tracking; chronyc waitsync 1 0.5'),
  ];
}

/** chrony.conf(5) of the node all others follow: nobody outside is asked, its own clock is the time of the lab. */
export function chronyOfReference(network: string): string {
  return ['local stratum 8', `allow ${network}`, ...common].join('\n');
}

/** chrony.conf(5) of a follower. `iburst` and short polls: a node that boots must agree within seconds. */
export function chronyOfFollower(reference: string): string {
  return [`server ${reference} iburst minpoll 2 maxpoll 4`, ...common].join('\n');
}

const common = [
  'driftfile /var/lib/chrony/chrony.drift',
  '# Step whenever the clock is off by more than 0.1 s: a machine that was restored wakes up in the past.',
  'makestep 0.1 -1',
  '',
];
