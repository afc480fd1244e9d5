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
      judgeClocks(record),
      ...record.clients.map((client) => judgeSchedule(client, disturbedMs)),
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

function judgeSchedule({ name, samples }: ClientResult, disturbedMs: number): Judgement {
  const { dueMs, startMs, intervalMs } = samples;
  const lateness = dueMs.flatMap((due, i) => (due < disturbedMs ? [(startMs[i] ?? due) - due] : []));
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
