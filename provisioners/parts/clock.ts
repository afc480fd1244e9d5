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
