import type { Monitor } from '../../lab/stack.ts';

/**
 * rsyslog: stamps of RFC 3339 with microseconds everywhere, and heartbeat's facility in a file of its own. The leading
 * "-" leaves the file unsynced, as Debian does for its own logs.
 */
export function rsyslogConfig(facility: string, file: string): string {
  return ['$ActionFileDefaultTemplate RSYSLOG_FileFormat', `${facility}.*\t-${file}`, ''].join('\n');
}

/** Time stamp at the beginning of such a line, or of one of `drbdsetup events2 --timestamps`. */
export function stampOf(line: string): { guestMs: number; rest: string } | undefined {
  const [, stamp, fraction, zone, rest] =
    /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2}) +(.*)$/.exec(line) ?? [];
  if (stamp === undefined || zone === undefined || rest === undefined) return undefined;
  const wholeMs = Date.parse(`${stamp}${zone}`);
  if (Number.isNaN(wholeMs)) return undefined;
  return { guestMs: wholeMs + Number(`0.${fraction ?? '0'}`) * 1000, rest };
}

/** A line `<RFC 3339 stamp> <node> <tag>[<pid>]: <text>`, taken apart. */
export function syslogLine(line: string): { guestMs: number; tag: string; text: string } | undefined {
  const stamped = stampOf(line);
  if (stamped === undefined) return undefined;
  const [, tag, text] = /^\S+ (.+?)(?:\[\d+\])?: +(.*)$/.exec(stamped.rest) ?? [];
  return tag === undefined || text === undefined ? undefined : { guestMs: stamped.guestMs, tag, text };
}

/** Follows log files until the input closes. */
export function followLogs(node: string, files: readonly string[], parse: Monitor['parse']): Monitor {
  return {
    node,
    command:
      `tail -q -n0 -F ${files.join(' ')} </dev/null 2>/dev/null & ` +
      'tail=$!; cat >/dev/null; kill $tail 2>/dev/null; exit 0',
    parse,
  };
}
