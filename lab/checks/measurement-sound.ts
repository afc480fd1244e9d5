import type { Check, Judgement } from '../check.ts';
import { worstFirst } from '../check.ts';
import type { ClientResult, RunRecord } from '../record.ts';

/** Phases are told to a tenth of a second; clocks that are known worse than this would blur them. */
const clockLimitMs = 50;
/**
 * Of the undisturbed operations, this share may start more than one interval late. On an emulated machine a write takes nearly an
 * interval, and single ones more; beyond this the schedule is no schedule.
 */
const lateShareLimit = 0.25;
/** None may start later than this: whatever held it up would be measured as a stall. */
const latenessLimitMs = 1000;
const operationsNeeded = 10;
/** Nobody may stand still for longer than this at once, in a stall or before the first fault: it would be measured as the cluster's time. */
const standstillLimitMs = 1000;
/** Of a stall, nobody may spend more than this share waiting for its processor. */
const starvedShareLimit = 0.1;
/** Share of processor time that a hypervisor may keep from this host for some seconds within a stall, 0 to 1. */
const stealInStallLimit = 0.25;
/** The same for programs of this host that are not the lab, while less than the second share is idle. */
const othersInStallLimit = 0.25;
const idleEnough = 0.05;
/** Share of processor time that a hypervisor may keep from this host, in percent; timers and scripts are late by more. */
const stealLimitPercent = 10;

/** The clocks are known well enough, and the writers kept their schedule while nothing was broken. */
export const measurementSound: Check = {
  name: 'measurement-sound',
  judge(record: RunRecord): Judgement {
    if (record.clients.length === 0) return { verdict: 'unknown', message: 'no client wrote' };
    const disturbedMs = firstDisturbance(record);
    return worstFirst([
      judgeHost(record),
      ...judgeLoad(record, disturbedMs),
      judgeClocks(record),
      ...record.clients.map((client) =>
        judgeSchedule(client, { fromMs: scheduleKept(record), toMs: disturbedMs }),
      ),
    ]);
  },
};

function judgeHost({ host }: RunRecord): Judgement {
  const steal = Number.parseFloat(host['steal'] ?? '0');
  return steal > stealLimitPercent
    ? {
        verdict: 'unknown',
        message: `this host was starved: its hypervisor kept ${steal.toFixed(1)} % of the processor time from it, more than ${String(stealLimitPercent)} %`,
      }
    : { verdict: 'pass', message: 'the host had its processor time' };
}

/** What watchdogs and the host's own figures say about the stretches that are measured. */
function judgeLoad({ load, windows }: RunRecord, disturbedMs: number): Judgement[] {
  if (load === null) return [];
  const stalls = windows.flatMap((window) => {
    const stall = window.stalls.find((each) => each.client === window.worst);
    return stall === undefined ? [] : [{ in: window.name, fromMs: stall.startMs, toMs: stall.endMs }];
  });
  const measured = [{ in: 'the time before the first fault', fromMs: 0, toMs: disturbedMs }, ...stalls];
  const bad = [
    ...measured.flatMap((stretch) => standstills(load, stretch)),
    ...stalls.flatMap((stretch) => [
      ...starvation(load, stretch),
      ...steal(load, stretch),
      ...others(load, stretch),
    ]),
  ];
  if (bad.length > 0) return bad.map((message) => ({ verdict: 'unknown', message }));
  const worst = load.watchdogs.reduce((most, each) => Math.max(most, each.worstLateMs), 0);
  const watched = load.watchdogs.filter((each) => each.wakes > 0).map((each) => each.of);
  const message =
    watched.length === 0
      ? 'nobody watched for starvation'
      : `${watched.join(', ')} woke in time, ${worst.toFixed(0)} ms late at worst`;
  return [{ verdict: 'pass', message }];
}

interface Stretch {
  in: string;
  fromMs: number;
  toMs: number;
}
type Seen = NonNullable<RunRecord['load']>;

/** The part of a late wake that lies in a stretch; it ends when the watchdog woke. */
function within({ atMs, lateMs }: Seen['late'][number], { fromMs, toMs }: Stretch): number {
  return Math.max(0, Math.min(atMs, toMs) - Math.max(atMs - lateMs, fromMs));
}

function standstills({ late }: Seen, stretch: Stretch): string[] {
  return late
    .filter((wake) => within(wake, stretch) > standstillLimitMs)
    .map(
      ({ of, atMs, lateMs }) =>
        `${of} stood still for ${seconds(lateMs)} up to ${seconds(atMs)}, in ${stretch.in}: it had no processor`,
    );
}

function starvation({ late }: Seen, stretch: Stretch): string[] {
  const length = stretch.toMs - stretch.fromMs;
  return [...new Set(late.map((wake) => wake.of))].flatMap((of) => {
    const lost = late.filter((wake) => wake.of === of).reduce((sum, wake) => sum + within(wake, stretch), 0);
    return lost > standstillLimitMs && lost > starvedShareLimit * length
      ? [`${of} was kept from its processor for ${seconds(lost)} of the ${seconds(length)} of ${stretch.in}`]
      : [];
  });
}

function steal(load: Seen, { in: where, fromMs, toMs }: Stretch): string[] {
  const worst = load.steal
    .filter((stretch) => stretch.toMs > fromMs && stretch.fromMs < toMs)
    .reduce((most, stretch) => Math.max(most, stretch.share), 0);
  return worst > stealInStallLimit
    ? [
        `the hypervisor of this host kept ${(worst * 100).toFixed(0)} % of the processor time from it for some seconds in ${where}, more than ${String(stealInStallLimit * 100)} %`,
      ]
    : [];
}

function others(load: Seen, { in: where, fromMs, toMs }: Stretch): string[] {
  const worst = (load.others ?? [])
    .filter((stretch) => stretch.toMs > fromMs && stretch.fromMs < toMs && stretch.idle < idleEnough)
    .reduce((most, stretch) => Math.max(most, stretch.share), 0);
  return worst > othersInStallLimit
    ? [
        `other programs of this host took ${(worst * 100).toFixed(0)} % of its processor time for some seconds in ${where}, and none was idle`,
      ]
    : [];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}

function judgeClocks({ clocks, clients }: RunRecord): Judgement {
  const unread = clients.find(
    ({ name }) => !clocks.some((clock) => clock.node === name && clock.readings > 0),
  );
  if (unread !== undefined)
    return { verdict: 'unknown', message: `the clock of ${unread.name} was never read` };
  const worst = clocks.reduce((a, b) => (b.uncertaintyMs > a.uncertaintyMs ? b : a));
  const known = `the clock of ${worst.node} is known to ±${worst.uncertaintyMs.toFixed(1)} ms`;
  return worst.uncertaintyMs > clockLimitMs
    ? { verdict: 'unknown', message: `${known}, worse than ${String(clockLimitMs)} ms` }
    : { verdict: 'pass', message: `${known}, the others better` };
}

/** What was due before, while the writers opened their files, is not judged; records of before this was told have all of it judged. */
function scheduleKept({ events }: RunRecord): number {
  return events.find((event) => event.source === 'lab' && event.kind === 'schedule-kept')?.atMs ?? 0;
}

function judgeSchedule(
  { name, samples }: ClientResult,
  { fromMs, toMs }: Pick<Stretch, 'fromMs' | 'toMs'>,
): Judgement {
  const { dueMs, startMs, intervalMs } = samples;
  // What was due before the fault and could not start by then is held up by the fault.
  const lateness = dueMs.flatMap((due, i) => {
    const start = startMs[i] ?? due;
    return due >= fromMs && due < toMs && start < toMs ? [start - due] : [];
  });
  if (lateness.length < operationsNeeded)
    return {
      verdict: 'unknown',
      message: `${name} had ${String(lateness.length)} operations before the fault, too few to judge its schedule by`,
    };
  const share = lateness.filter((late) => late > intervalMs).length / lateness.length;
  const worst = lateness.reduce((a, b) => Math.max(a, b));
  const found = `${(share * 100).toFixed(1)} % of its undisturbed operations more than ${String(intervalMs)} ms late, the worst ${worst.toFixed(0)} ms`;
  return share > lateShareLimit || worst > latenessLimitMs
    ? {
        verdict: 'unknown',
        message: `${name} fell behind its schedule before anything was broken: ${found}; the host was starved or the storage slower than the schedule`,
      }
    : { verdict: 'pass', message: `${name} kept its schedule: ${found}` };
}

function firstDisturbance({ faults, windows }: RunRecord): number {
  const injected = faults.flatMap((fault) => (fault.injectedMs === null ? [] : [fault.injectedMs]));
  return Math.min(...injected, ...windows.map((window) => window.startMs));
}
