import { readFileSync } from 'node:fs';
import type { Lab } from '../provider.ts';
import type { Load } from '../record.ts';
import { processorTimes } from './host-facts.ts';
import { round, type Journal } from './journal.ts';

const everyMs = 5000;

/** Ticks of all processors, and of each process of the lab, at one moment. */
export interface Ticks {
  total: number;
  idle: number;
  steal: number;
  /** By pid. */
  own: ReadonlyMap<number, number>;
}

/**
 * The share of the processor time between two moments that neither the lab nor a hypervisor took, and what was idle.
 * @returns undefined where it cannot be told: no time has passed, or a process of the lab has ended and took its figure along
 */
export function othersBetween(before: Ticks, now: Ticks): { share: number; idle: number } | undefined {
  const total = now.total - before.total;
  if (total <= 0 || [...before.own.keys()].some((pid) => !now.own.has(pid))) return undefined;
  const own = [...now.own].reduce((sum, [pid, ticks]) => sum + ticks - (before.own.get(pid) ?? 0), 0);
  const idle = now.idle - before.idle;
  const others = total - idle - (now.steal - before.steal) - own;
  return { share: thousandths(Math.max(0, others) / total), idle: thousandths(idle / total) };
}

/** Watches, every few seconds, what a hypervisor kept from this host and what programs besides the lab took of it. */
export async function startHostLoad(
  lab: Pick<Lab, 'hostProcesses'>,
  journal: Journal,
): Promise<{ stop(): Promise<Pick<Load, 'steal' | 'others'>> }> {
  const steal: Load['steal'] = [];
  const others: NonNullable<Load['others']> = [];
  const own = async (): Promise<ReadonlyMap<number, number>> => {
    const pids = [process.pid, ...((await lab.hostProcesses?.()) ?? [])];
    return new Map(
      pids.flatMap((pid) => {
        const ticks = ticksOf(pid);
        return ticks === undefined ? [] : [[pid, ticks] as const];
      }),
    );
  };
  const moment = async (): Promise<Ticks & { atMs: number }> => {
    const processes = await own();
    const { total, busy, steal: stolen } = processorTimes();
    return { total, idle: total - busy, steal: stolen, own: processes, atMs: journal.nowMs() };
  };
  let before = await moment();
  const look = async (): Promise<void> => {
    const now = await moment();
    const stretch = { fromMs: round(before.atMs), toMs: round(now.atMs) };
    const total = now.total - before.total;
    if (total > 0) steal.push({ ...stretch, share: thousandths((now.steal - before.steal) / total) });
    const found = othersBetween(before, now);
    if (found !== undefined) others.push({ ...stretch, ...found });
    before = now;
  };
  // One look at a time; one that fails is missing, and a run does not depend on it.
  let looking: Promise<void> = Promise.resolve();
  const lookAgain = (): Promise<void> => (looking = looking.then(look).catch(() => undefined));
  const timer = setInterval(() => void lookAgain(), everyMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await lookAgain();
      return { steal, others: lab.hostProcesses === undefined ? null : others };
    },
  };
}

/** Ticks that a process has run, all of its threads together; undefined where it is gone (proc(5), /proc/pid/stat). */
function ticksOf(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The name before it, in brackets, may hold anything; utime and stime are fields 14 and 15, the state is the third.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return undefined;
  }
}

function thousandths(share: number): number {
  return Math.round(1000 * share) / 1000;
}
