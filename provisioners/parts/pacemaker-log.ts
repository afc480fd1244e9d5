import type { MonitorEvent } from '../../lab/stack.ts';
import { syslogLine } from './logging.ts';

/** What the lines of Corosync 3.1 and Pacemaker 2.1 mean, which they send to syslog at their default priorities. */
const meanings: readonly { pattern: RegExp; kind: string }[] = [
  { pattern: /\[TOTEM *\] Token has not been received in \d+ ms/, kind: 'peer-late' },
  { pattern: /\[TOTEM *\] A processor failed, forming new configuration/, kind: 'token-lost' },
  { pattern: /\bNode (?<subject>\S+) state is now lost\b/, kind: 'peer-dead' },
  { pattern: /\bNode (?<subject>\S+) state is now member\b/, kind: 'peer-active' },
  {
    pattern: /\bRequesting local execution of (?:start|promote) operation for (?<subject>\S+) on /,
    kind: 'resource-starting',
  },
  {
    pattern: /\bRequesting local execution of (?:stop|demote) operation for (?<subject>\S+) on /,
    kind: 'resource-stopping',
  },
  {
    pattern: /\bResult of (?:start|promote) operation for (?<subject>\S+) on \S+: ok\b/,
    kind: 'resource-started',
  },
  {
    pattern: /\bResult of (?:stop|demote) operation for (?<subject>\S+) on \S+: ok\b/,
    kind: 'resource-stopped',
  },
  {
    pattern: /\bResult of (?:start|promote|stop|demote) operation for (?<subject>\S+) on \S+: /,
    kind: 'resource-failed',
  },
  { pattern: /\bINFO: directory (?<subject>\/\S+) exported$/, kind: 'serving' },
];

/** A line of the cluster's log: `<RFC 3339 stamp> <node> <tag>: <text>`; lines that tell nothing new are left out. */
export function parsePacemakerLine(line: string): MonitorEvent | undefined {
  const parsed = syslogLine(line);
  if (parsed === undefined) return undefined;
  const { guestMs, tag } = parsed;
  // Every daemon of Pacemaker says the same of a node; the controller is the one that acts upon it.
  if (/^pacemaker-(?:attrd|based|fenced)$/.test(tag) && / state is now /.test(parsed.text)) return undefined;
  const text = parsed.text.trim();
  for (const { pattern, kind } of meanings) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const subject = match.groups?.['subject']?.replace(/:\d+$/, '');
    return { source: 'cluster', kind, text, guestMs, ...(subject === undefined ? {} : { subject }) };
  }
  return /\b(?:warning|error|crit)\b|\bERROR\b/.test(text) ||
    /State transition .* -> S_(?:IDLE|ELECTION)/.test(text)
    ? { source: 'cluster', kind: 'log', text: `${tag}: ${text}`, guestMs }
    : undefined;
}
