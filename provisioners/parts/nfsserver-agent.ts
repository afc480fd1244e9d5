/**
 * The resource-agents of CentOS 7.2 start the NFS daemons in `monitor` when they are down
 * (bz1304370-nfsserver-fix-systemd-status-detection.patch), so that a look at the standby starts a second server. This is
 * the line by which such an agent is known.
 */
const startsInMonitor = 'nfsserver_start frommonitor';

/** Prints `passive`, or `starts-daemons` where `monitor` of the agent does so. */
export function agentMonitorCommand(agent: string): string {
  return `if grep -q '${startsInMonitor}' ${agent} 2>/dev/null && grep -q 'tries=1' ${agent}; then echo starts-daemons; else echo passive; fi`;
}

/** Commands that find out, mend the agent as the article does where it needs it, and say in the log what they found. */
export function mendAgent(agent: string): string[] {
  return [
    `found=$(${agentMonitorCommand(agent)})`,
    'done="left as it is"',
    `if [ "$found" = starts-daemons ]; then cp -a ${agent} ${agent}.orig; sed 's/tries=1/tries=0/g' -i ${agent}; done=patched; fi`,
    'logger -t nfsserver-agent -p local0.notice "monitor of ocf:heartbeat:nfsserver: $found, $done"',
    'echo "monitor of ocf:heartbeat:nfsserver: $found, $done"',
  ];
}
