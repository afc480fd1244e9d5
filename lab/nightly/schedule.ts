import type { Night } from '../night.ts';
import { spoken } from './duration.ts';
import type { Task } from './order.ts';

/** Whether a lab may run beside those that run. */
export type Fits = (lab: string, running: readonly string[]) => boolean;

export interface ScheduleState {
  /** Labs that need no provisioning any more. */
  ready: ReadonlySet<string>;
  /** Labs that run something. */
  running: readonly string[];
  /** Seconds that are left; absent without a budget. */
  leftSeconds: number | undefined;
}

/** What is to be done now. */
export type Step =
  | { kind: 'start'; task: Task }
  /** There is not enough time left for it. */
  | { kind: 'leave'; task: Task; why: string }
  /** Nothing can start before something that runs has ended; or there is nothing left. */
  | { kind: 'wait' };

/**
 * The first task in order whose lab is free and finds room. One that does not end in time is left out, and a shorter one after it may
 * still have its turn.
 */
export function nextStep(pending: readonly Task[], state: ScheduleState, fits: Fits): Step {
  const task = pending.find(({ lab }) => !state.running.includes(lab) && fits(lab, state.running));
  if (task === undefined) return { kind: 'wait' };
  const needed = secondsOf(task, state.ready);
  if (state.leftSeconds === undefined || needed <= state.leftSeconds) return { kind: 'start', task };
  return { kind: 'leave', task, why: `the time budget had no room for it: it takes about ${spoken(needed)}` };
}

export function secondsOf({ cell: { estimate }, lab }: Task, ready: ReadonlySet<string>): number {
  return estimate.runSeconds + (ready.has(lab) ? 0 : estimate.provisionSeconds);
}

/** Labs of which nothing has to be provisioned, as far as the estimates know. */
export function readyLabs(tasks: readonly Task[]): Set<string> {
  return new Set(tasks.filter(({ cell }) => cell.estimate.provisionSeconds === 0).map(({ lab }) => lab));
}

export interface Forecast {
  seconds: number;
  /** In the order in which they start. */
  starts: { task: Task; atSeconds: number }[];
  leftOut: { task: Task; why: string }[];
}

/** How a night goes when everything takes as long as is expected. */
export function forecast(
  tasks: readonly Task[],
  {
    ready = readyLabs(tasks),
    budgetSeconds,
    fits,
  }: { ready?: ReadonlySet<string>; budgetSeconds?: number; fits: Fits },
): Forecast {
  const pending = [...tasks];
  const known = new Set(ready);
  const running = new Map<string, number>();
  const result: Forecast = { seconds: 0, starts: [], leftOut: [] };
  let now = 0;
  for (;;) {
    const step = nextStep(
      pending,
      {
        ready: known,
        running: [...running.keys()],
        leftSeconds: budgetSeconds === undefined ? undefined : Math.max(0, budgetSeconds - now),
      },
      fits,
    );
    if (step.kind === 'wait') {
      const [lab, ends] = [...running].sort((a, b) => a[1] - b[1])[0] ?? [];
      if (lab === undefined || ends === undefined) return result;
      running.delete(lab);
      now = ends;
      result.seconds = Math.max(result.seconds, now);
      continue;
    }
    pending.splice(pending.indexOf(step.task), 1);
    if (step.kind === 'leave') {
      result.leftOut.push({ task: step.task, why: step.why });
      continue;
    }
    result.starts.push({ task: step.task, atSeconds: now });
    running.set(step.task.lab, now + secondsOf(step.task, known));
    known.add(step.task.lab);
  }
}

/** One line for each cell and reason: how many of its repeats were left out. */
export function summedUp(left: readonly { task: Task; why: string }[]): Night['leftOut'] {
  const sums: Night['leftOut'] = [];
  for (const { task, why } of left) {
    const known = sums.find((each) => each.cell === task.cell.key && each.why === why);
    if (known === undefined) sums.push({ cell: task.cell.key, repeats: 1, why });
    else known.repeats += 1;
  }
  return sums;
}
