import type { MonitorEvent } from '../../lab/stack.ts';
import { syslogLine } from './logging.ts';

/** What lines of a virtual machine's console mean: those of its kernel (Linux 6.1), and the `vm: ` lines of its scripts. */
const meanings: readonly { pattern: RegExp; kind: string }[] = [
  // The first line of User-Mode Linux; what its kernel says follows when it has a console.
  { pattern: /^Core dump limits/, kind: 'vm-started' },
  { pattern: /^EXT4-fs \(ubda\): recovery complete/, kind: 'vm-journal-replayed' },
  { pattern: /^vm: Linux \S+ is up/, kind: 'vm-up' },
  { pattern: /^vm: fsck ended with status \d+/, kind: 'vm-checked' },
  { pattern: /^vm: serving$/, kind: 'vm-serving' },
  { pattern: /^vm: shutting down$/, kind: 'vm-stopping' },
  { pattern: /^vm: root is read-only$/, kind: 'vm-stopped' },
  { pattern: /^(?:vm: |Kernel panic)/, kind: 'log' },
];

/** A line of the console's log. Of a kernel's boot messages only those that mark a step are told, and errors. */
export function parseConsoleLine(line: string, consoleTag: string): MonitorEvent | undefined {
  const parsed = syslogLine(line);
  if (parsed?.tag !== consoleTag) return undefined;
  const text = parsed.text.trimEnd();
  const kind =
    meanings.find(({ pattern }) => pattern.test(text))?.kind ??
    (/\b(?:EXT4-fs error|I\/O error|BUG|Oops|hung task)\b/.test(text) ? 'log' : undefined);
  return kind === undefined ? undefined : { source: 'console', kind, text, guestMs: parsed.guestMs };
}
