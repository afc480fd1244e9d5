import type { MonitorEvent } from '../../lab/stack.ts';
import { syslogLine } from './logging.ts';

/** What the lines of heartbeat 3.0.6 and its resource scripts mean; texts from its binary and ResourceManager. */
const meanings: readonly { pattern: RegExp; kind: string }[] = [
  { pattern: /\bnode (?<subject>\S+): is dead$/, kind: 'peer-dead' },
  { pattern: /\bLate heartbeat: Node (?<subject>\S+): interval/, kind: 'peer-late' },
  { pattern: /\bStatus update for node (?<subject>\S+): status active$/, kind: 'peer-active' },
  { pattern: /\bLink (?<subject>\S+) dead\.$/, kind: 'link-dead' },
  { pattern: /\bLink (?<subject>\S+) up\.$/, kind: 'link-up' },
  { pattern: /\bAcquiring resource group: (?<subject>\S+)/, kind: 'takeover-begun' },
  { pattern: /\bReleasing resource group: (?<subject>\S+)/, kind: 'release-begun' },
  { pattern: /\bRunning \S*\/(?<subject>[^/\s]+) .*\bstart$/, kind: 'resource-starting' },
  { pattern: /\bRunning \S*\/(?<subject>[^/\s]+) .*\bstop$/, kind: 'resource-stopping' },
  { pattern: /\b(?<subject>nfs-kernel-server|apache2|iscsi-target|vm) serving$/, kind: 'serving' },
  { pattern: /\bGiving up resources due to failure of (?<subject>\S+)/, kind: 'takeover-failed' },
  { pattern: /\bmach_down takeover complete for node (?<subject>[^\s.]+)\.$/, kind: 'takeover-complete' },
  { pattern: /\blocal HA resource acquisition completed/, kind: 'takeover-complete' },
  { pattern: /\b(?<subject>\S+) wants to go standby/, kind: 'standby-requested' },
  { pattern: /\bHeartbeat shutdown in progress\b/, kind: 'shutdown-begun' },
];

/** A line of /var/log/ha-log: `<RFC 3339 stamp> <node> <tag>: <text>`; lines that tell nothing new are left out. */
export function parseHeartbeatLine(line: string): MonitorEvent | undefined {
  const parsed = syslogLine(line);
  if (parsed === undefined) return undefined;
  const { guestMs, tag } = parsed;
  const text = parsed.text.replace(/^\[\d+\]: /, '').trimEnd();
  for (const { pattern, kind } of meanings) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const subject = match.groups?.['subject'];
    return { source: 'cluster', kind, text, guestMs, ...(subject === undefined ? {} : { subject }) };
  }
  return /\b(?:WARN|ERROR|CRIT|EMERG)/i.test(text)
    ? { source: 'cluster', kind: 'log', text: `${tag}: ${text}`, guestMs }
    : undefined;
}
