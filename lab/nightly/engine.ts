import { InterruptedError } from '../errors.ts';
import type { Attempt, Night } from '../night.ts';
import type { Verdict } from '../record.ts';
import type { Task } from './order.ts';
import { mostAttempts, nextAttempt } from './outcome.ts';
import type { Fits } from './schedule.ts';
import { nextStep, readyLabs, summedUp } from './schedule.ts';

/** What came of one attempt. Its record is on disk. */
export interface AttemptResult {
  run: string;
  outcome: Attempt['outcome'];
  verdict: Verdict;
  stallSeconds: number | null;
  /** Kind of host of the record; null where no machine ever ran. */
  hostClass: string | null;
  /** False where the lab did not come up. */
  labUp: boolean;
  /** Why it says nothing about the cluster, in a line. */
  why: string | null;
}

export interface NightWork {
  /** What there is to do, in order; what the night has measured already is passed over. */
  tasks: readonly Task[];
  /** One try. Throws for what ends the night: an interruption, a results folder that cannot be written. */
  runOne(task: Task, attempt: number, signal: AbortSignal): Promise<AttemptResult>;
  /** What is to be run besides when all of that is done, so that the night can be judged; asked again after it was run. */
  confirm?(night: Night): Promise<readonly Task[]>;
  /** Ends the machines of a lab. */
  endLab(lab: string): Promise<void>;
  /** Writes the night down. */
  keep(night: Night): Promise<void>;
  fits: Fits;
  /** How long attempts may take together; absent: as long as it takes. */
  budgetSeconds?: number;
  /** Told of what happens, as it does. */
  watch?: NightWatch;
  /** Monotonic. */
  nowMs?: () => number;
}

export interface NightWatch {
  begun?(task: Task, attempt: number): void;
  ended?(task: Task, attempt: number, result: AttemptResult): void;
  leftOut?(task: Task, why: string): void;
  /** What is still to be done. */
  pending?(tasks: readonly Task[]): void;
}

/** A confirming run that does not fit any more is not missed: the night is judged on what is there. */
function isPlanned({ task: { cell, repeat } }: { task: Task }): boolean {
  return repeat <= cell.repeats;
}

interface Ended {
  task: Task;
  attempt: number;
  result: AttemptResult | undefined;
  error: unknown;
}

/**
 * Runs a night, or the rest of one. After each attempt it is on disk, so that it can go on wherever it is killed. An infrastructure
 * failure is tried once more, at once; where a lab does not come up twice, what is left for it is left out. A lab whose turn is
 * over ends before another one begins: an idle cluster takes processor time from the one that is measured.
 * @returns the night as it ended
 * @throws InterruptedError when the signal fires, after what runs has healed and its labs are ended; the night can be resumed then
 */
export async function runNight(begun: Night, work: NightWork, signal: AbortSignal): Promise<Night> {
  const { nowMs = () => performance.now(), watch = {} } = work;
  const startedMs = nowMs();
  let night: Night = { ...begun, endedAt: null, leftOut: [] };
  const pending = work.tasks.filter(({ cell, repeat }) => nextAttempt(night, cell.key, repeat) !== null);
  const left: { task: Task; why: string }[] = [];
  const ready = readyLabs(work.tasks);
  const running = new Map<string, Promise<Ended>>();
  const idle = new Set<string>();
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  let failure: { error: unknown } | undefined;

  const leave = (task: Task, why: string): void => {
    pending.splice(pending.indexOf(task), 1);
    left.push({ task, why });
    watch.leftOut?.(task, why);
  };
  const isLeft = ({ cell, repeat }: Task): boolean =>
    left.some(({ task }) => task.cell.key === cell.key && task.repeat === repeat);
  /** Takes out of the list what begins now. */
  const due = (): Task[] => {
    const starting: Task[] = [];
    for (;;) {
      const usedSeconds = (nowMs() - startedMs) / 1000;
      const step = nextStep(
        pending,
        {
          ready,
          running: [...running.keys(), ...starting.map(({ lab }) => lab)],
          leftSeconds: work.budgetSeconds === undefined ? undefined : work.budgetSeconds - usedSeconds,
        },
        work.fits,
      );
      if (step.kind === 'wait') return starting;
      if (step.kind === 'leave') leave(step.task, step.why);
      else {
        pending.splice(pending.indexOf(step.task), 1);
        starting.push(step.task);
      }
    }
  };
  const begin = (task: Task): void => {
    const attempt = nextAttempt(night, task.cell.key, task.repeat) ?? mostAttempts;
    watch.begun?.(task, attempt);
    running.set(
      task.lab,
      work.runOne(task, attempt, either).then(
        (result): Ended => ({ task, attempt, result, error: undefined }),
        (error: unknown): Ended => ({ task, attempt, result: undefined, error }),
      ),
    );
  };
  const note = async ({ task, attempt, result, error }: Ended): Promise<void> => {
    running.delete(task.lab);
    idle.add(task.lab);
    if (result === undefined) {
      failure ??= { error };
      pending.unshift(task);
      stop.abort(new InterruptedError());
      return;
    }
    const { run, outcome } = result;
    night = {
      ...night,
      hostClass: result.hostClass ?? night.hostClass,
      attempts: [...night.attempts, { cell: task.cell.key, repeat: task.repeat, attempt, run, outcome }],
    };
    if (result.labUp) ready.add(task.lab);
    if (nextAttempt(night, task.cell.key, task.repeat) !== null) pending.unshift(task);
    else if (!result.labUp)
      for (const each of pending.filter(({ lab }) => lab === task.lab))
        leave(each, `its lab did not come up: ${result.why ?? 'nobody knows why'}`);
    await work.keep(night);
    watch.ended?.(task, attempt, result);
  };
  const end = async (lab: string): Promise<void> => {
    idle.delete(lab);
    await work.endLab(lab);
  };

  await work.keep(night);
  try {
    for (;;) {
      const starting = either.aborted ? [] : due();
      watch.pending?.([...pending, ...starting]);
      for (const lab of [...idle]) if (!starting.some((task) => task.lab === lab)) await end(lab);
      for (const task of starting) begin(task);
      idle.clear();
      if (running.size === 0) {
        if (either.aborted) break;
        const further = ((await work.confirm?.(night)) ?? []).filter(
          (task) => nextAttempt(night, task.cell.key, task.repeat) !== null && !isLeft(task),
        );
        if (further.length === 0) break;
        pending.push(...further);
        continue;
      }
      await note(await Promise.race(running.values()));
    }
  } catch (error) {
    failure ??= { error };
    stop.abort(new InterruptedError());
    await Promise.allSettled(running.values());
  } finally {
    for (const lab of [...idle, ...running.keys()]) await end(lab);
  }
  if (failure !== undefined || signal.aborted) {
    const rest = summedUp([
      ...left.filter(isPlanned),
      ...pending.map((task) => ({ task, why: 'the night was interrupted' })),
    ]);
    await work.keep({ ...night, leftOut: rest }).catch((error: unknown) => {
      failure ??= { error };
    });
    if (signal.aborted) throw new InterruptedError();
    throw failure?.error;
  }
  night = { ...night, endedAt: new Date().toISOString(), leftOut: summedUp(left.filter(isPlanned)) };
  await work.keep(night);
  return night;
}
