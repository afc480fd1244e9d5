import type { MonitorEvent } from '../../lab/stack.ts';
import { syslogLine } from './logging.ts';

/** What the kernel says about mounts, resynchronisation, NFS, iSCSI, bonds and the loss of a peer (Linux 6.1, DRBD 8.4). */
const meanings: readonly { pattern: RegExp; kind: string }[] = [
  { pattern: /^EXT4-fs \((?<subject>\w+)\): mounted filesystem\b/, kind: 'mounted' },
  { pattern: /^EXT4-fs \((?<subject>\w+)\): unmounting filesystem\b/, kind: 'unmounted' },
  { pattern: /^XFS \((?<subject>\w+)\): Ending (?:clean mount|recovery)\b/, kind: 'mounted' },
  { pattern: /^XFS \((?<subject>\w+)\): Unmounting Filesystem\b/, kind: 'unmounted' },
  { pattern: /^block (?<subject>drbd\d+): Resync done\b/, kind: 'resync-finished' },
  { pattern: /^block (?<subject>drbd\d+): Online verify +done\b/, kind: 'verify-finished' },
  { pattern: /^drbd (?<subject>[\w-]+): PingAck did not arrive in time/, kind: 'replication-silent' },
  { pattern: /^NFSD: .*(?:starting|Starting) \d+-second grace period/, kind: 'grace-begun' },
  { pattern: /^NFSD: .*(?:ending|skipping) NFSv4 (?:recovery|grace) period/, kind: 'grace-ended' },
  { pattern: /^lockd: failed to reclaim lock for pid \d+/, kind: 'lock-not-reclaimed' },
  { pattern: /^NFS: \w+: Lock reclaim failed!/, kind: 'lock-not-reclaimed' },
  { pattern: /^nfs: server (?<subject>\S+) not responding/, kind: 'server-silent' },
  { pattern: /^nfs: server (?<subject>\S+) OK/, kind: 'server-answers' },
  { pattern: /^(?<subject>connection\d+:\d+): ping timeout of \d+ secs expired/, kind: 'session-silent' },
  { pattern: /^(?<subject>connection\d+:\d+): detected conn error/, kind: 'session-lost' },
  { pattern: /^(?<subject>session\d+): session recovery timed out/, kind: 'session-given-up' },
  { pattern: /^\w+: \(slave (?<subject>\w+)\): link status definitely down/, kind: 'slave-down' },
  { pattern: /^\w+: \(slave (?<subject>\w+)\): link status definitely up/, kind: 'slave-up' },
];

/** A line of /var/log/kern.log. */
export function parseKernelLine(line: string): MonitorEvent | undefined {
  const parsed = syslogLine(line);
  if (parsed?.tag !== 'kernel') return undefined;
  const text = parsed.text.replace(/^\[ *\d+\.\d+\] +/, '').trimEnd();
  for (const { pattern, kind } of meanings) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const subject = match.groups?.['subject'];
    return {
      source: 'kernel',
      kind,
      text,
      guestMs: parsed.guestMs,
      ...(subject === undefined ? {} : { subject }),
    };
  }
  return /\b(?:error|BUG|Oops|panic|hung task|I\/O error|split-brain)\b/i.test(text)
    ? { source: 'kernel', kind: 'log', text, guestMs: parsed.guestMs }
    : undefined;
}
