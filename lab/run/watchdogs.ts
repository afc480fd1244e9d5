import type { Machine, RunningCommand } from '../machine.ts';
import type { Lab } from '../provider.ts';
import { shellQuote } from '../quote.ts';
import type { Load } from '../record.ts';
import { startHostLoad } from './host-load.ts';
import { round, type Journal } from './journal.ts';

/** Looks whether anything is kept from its processor: the nodes, the fabric, this host. */
export interface Watchdogs {
  /** Nothing that this node says counts until it rejoins: it is about to be broken. */
  leave(node: string): void;
  rejoin(node: string): Promise<void>;
  /** Ends all of it and says what was seen. Safe twice. */
  stop(): Promise<Load>;
}

const guestEveryMs = 200;
/** Wakes that are later are kept one by one; on emulated machines that are well they are rarely later than this. */
const lateMs = 250;
/** More late wakes than this say nothing new. */
const mostLate = 500;

/**
 * Wants to wake up five times a second, on the monotonic clock, and says at its first wake, then every ten seconds, and
 * whenever it was late, how often it woke since it last spoke and by how much the latest wake was late. It has the priority of a real-time process where the
 * guest has chrt(1), so that it waits for the processor that the guest is given, and not for the guest's own programs.
 */
const program = [
  'use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC CLOCK_REALTIME); $| = 1; setpriority(0, 0, -20);',
  `my ($every, $limit) = (${String(guestEveryMs / 1000)}, ${String(lateMs / 1000)});`,
  'my ($wakes, $worst) = (0, 0); my $next = clock_gettime(CLOCK_MONOTONIC) + $every; my $tell = $next;',
  'for (;;) {',
  '  my $wait = $next - clock_gettime(CLOCK_MONOTONIC);',
  '  if ($wait > 0) {',
  "    my $in = ''; vec($in, fileno(STDIN), 1) = 1;",
  '    if (select($in, undef, undef, $wait) > 0) { exit 0 if !sysread(STDIN, my $byte, 1); next; }',
  '  }',
  '  my $now = clock_gettime(CLOCK_MONOTONIC); my $late = $now - $next; $late = 0 if $late < 0;',
  '  $wakes++; $worst = $late if $late > $worst;',
  '  if ($late > $limit || $now > $tell) {',
  '    printf "pace %.3f %d %.3f\\n", clock_gettime(CLOCK_REALTIME) * 1e3, $wakes, $worst * 1e3;',
  '    ($wakes, $worst) = (0, 0); $tell = $now + 10;',
  '  }',
  '  $next = $now + $every;',
  '}',
].join('\n');
export const watchdogCommand = `watchdog=${shellQuote(program)}; chrt -f 10 true 2>/dev/null && exec chrt -f 10 perl -e "$watchdog"; exec perl -e "$watchdog"`;

/** `pace <wall clock, ms since the epoch> <wakes> <latest of them, ms late>` */
export function parsePace(line: string): { guestMs: number; wakes: number; worstLateMs: number } | undefined {
  const [, guestMs, wakes, worstLateMs] = /^pace (\d+\.\d+) (\d+) (\d+\.\d+)$/.exec(line) ?? [];
  if (guestMs === undefined || wakes === undefined || worstLateMs === undefined) return undefined;
  return { guestMs: Number(guestMs), wakes: Number(wakes), worstLateMs: Number(worstLateMs) };
}

interface Watched {
  everyMs: number;
  wakes: number;
  worstLateMs: number;
}

/** @param journal its clock is that of what is seen */
export async function startWatchdogs(lab: Lab, journal: Journal): Promise<Watchdogs> {
  const watched = new Map<string, Watched>();
  const late: Load['late'] = [];
  const awaySince = new Map<string, number>();
  const away: { of: string; fromMs: number; toMs: number }[] = [];
  const running = new Map<string, RunningCommand>();
  const hostLoad = await startHostLoad(lab, journal);
  let stopped: Promise<Load> | undefined;

  const note = (of: string, everyMs: number, hostMs: number, wakes: number, worstLateMs: number): void => {
    const atMs = round(hostMs - journal.zeroMs);
    const since = awaySince.get(of) ?? Infinity;
    if (
      atMs >= since ||
      away.some((each) => each.of === of && atMs >= each.fromMs && atMs - worstLateMs <= each.toMs)
    )
      return;
    const held = watched.get(of) ?? { everyMs, wakes: 0, worstLateMs: 0 };
    watched.set(of, {
      everyMs,
      wakes: held.wakes + wakes,
      worstLateMs: round(Math.max(held.worstLateMs, worstLateMs)),
    });
    if (worstLateMs > lateMs && late.length < mostLate) late.push({ of, atMs, lateMs: round(worstLateMs) });
  };
  const watch = async (machine: Machine): Promise<void> => {
    if (running.has(machine.name)) return;
    const command = await machine.stream(watchdogCommand, (line, hostMs) => {
      const pace = parsePace(line);
      if (pace === undefined) return;
      const mapped = machine.wallClock.toHost(pace.guestMs)?.hostMs ?? hostMs;
      note(machine.name, guestEveryMs, mapped, pace.wakes, pace.worstLateMs);
    });
    running.set(machine.name, command);
    void command.ended.then(() => running.delete(machine.name));
  };

  // What cannot be watched is missing in the record; a run does not depend on it.
  await Promise.allSettled(lab.machines.map(watch));
  const fabric = await lab.fabric
    ?.observe({ pace: true }, (sighting) => {
      if (sighting.kind === 'pace')
        note('fabric', sighting.everyMs, sighting.atMs, sighting.wakes, sighting.worstLateMs);
    })
    .catch(() => undefined);

  const end = async (): Promise<Load> => {
    await Promise.allSettled([fabric?.stop(), ...[...running.values()].map((command) => command.stop(2000))]);
    return {
      watchdogs: [...watched].map(([of, each]) => ({ of, ...each })),
      late: late.sort((a, b) => a.atMs - b.atMs),
      ...(await hostLoad.stop()),
    };
  };
  return {
    leave: (node) => {
      awaySince.set(node, journal.nowMs());
    },
    rejoin: async (node) => {
      const fromMs = awaySince.get(node);
      awaySince.delete(node);
      if (fromMs !== undefined) away.push({ of: node, fromMs, toMs: journal.nowMs() });
      await watch(lab.machine(node)).catch(() => undefined);
    },
    stop: () => (stopped ??= end()),
  };
}
