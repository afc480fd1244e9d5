import type { Monitor, MonitorEvent, PhaseMarker } from '../../lab/stack.ts';
import { stampOf } from './logging.ts';
import { graceAdvice, graceRetrySeconds, type ClientState } from './nfs-client.ts';
import { on, onForClient } from './takeover.ts';

const everySeconds = 0.1;

/**
 * Watches the grace period of NFSv4 on a server. The kernel's log tells how it begins, and its end only where that came early
 * (fs/nfsd/nfs4state.c): one that simply ran out is seen in /proc/fs/nfsd/v4_end_grace alone, which says Y from then on.
 */
export function graceWatch(node: string): Monitor {
  return { node, command: `exec perl -e '${graceProgram}'`, parse: parseGraceLine };
}

/** Prints a line whenever the answer changes, not what it is at first; ends with its input. */
const graceProgram = [
  'use POSIX (); use Time::HiRes (); $| = 1; my $last;',
  'sub first_of { open my $file, "<", "/proc/fs/nfsd/$_[0]" or return ""; my $line = <$file> // ""; chomp $line; $line }',
  'while (1) {',
  '  my $over = (first_of("threads") || 0) > 0 ? first_of("v4_end_grace") : "";',
  '  $last = $over unless defined $last;',
  '  if ($over ne $last) {',
  '    my ($seconds, $micros) = Time::HiRes::gettimeofday();',
  '    printf "%s.%06dZ grace %s\\n", POSIX::strftime("%Y-%m-%dT%H:%M:%S", gmtime $seconds), $micros, $over eq "Y" ? "over" : $over eq "N" ? "runs" : "none";',
  '    $last = $over;',
  '  }',
  '  my $ready = ""; vec($ready, 0, 1) = 1;',
  `  if (select $ready, undef, undef, ${String(everySeconds)}) { sysread STDIN, my $ignored, 4096 or exit 0 }`,
  '}',
].join('\n');

/**
 * The way back of an NFSv4 client to a server that has just begun. A grace period begins with the server, but holds up only a
 * client that is there: until the server accepts its connection, it is on its way back, however long the period has run by then.
 * @param to the server
 * @param reconnecting the phase of a client that nothing holds up once it is connected
 */
export function backWithGrace(
  to: string,
  { graceSeconds }: ClientState,
  reconnecting: PhaseMarker,
): PhaseMarker[] {
  return [
    { ...reconnecting, matches: onForClient(to, 'connection-accepted') },
    {
      name: 'grace',
      matches: on(to, 'grace-ended'),
      governedBy: `the last client to reclaim, nfs.graceTime=${String(graceSeconds)} at most`,
      shorten: [graceAdvice],
    },
    {
      name: 'resume',
      matches: () => false,
      governedBy: `the next try of a client that the grace period refused, ${String(graceRetrySeconds)} s later at most`,
    },
  ];
}

/** A line of that program. */
export function parseGraceLine(line: string): MonitorEvent | undefined {
  const stamped = stampOf(line);
  const state = /^grace (over|runs|none)$/.exec(stamped?.rest ?? '')?.[1];
  if (stamped === undefined || state === undefined || state === 'none') return undefined;
  return {
    source: 'kernel',
    kind: state === 'over' ? 'grace-ended' : 'grace-begun',
    text:
      state === 'over'
        ? `v4_end_grace of nfsd says Y, looked at every ${String(1000 * everySeconds)} ms`
        : 'v4_end_grace of nfsd says N',
    guestMs: stamped.guestMs,
  };
}
