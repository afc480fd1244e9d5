import { Writable } from 'node:stream';
import type { Night, NightCell } from '../night.ts';
import { spoken } from '../nightly/duration.ts';
import type { AttemptResult, NightWatch } from '../nightly/engine.ts';
import type { Task } from '../nightly/order.ts';
import type { Fits } from '../nightly/schedule.ts';
import { forecast, readyLabs } from '../nightly/schedule.ts';
import type { Progress } from '../progress.ts';
import { silent } from '../progress.ts';
import type { CliContext, OutputStream } from './context.ts';
import type { Row } from './live-region.ts';
import { LiveRegion } from './live-region.ts';
import type { RepeatState } from './night-matrix.ts';
import { matrixLines } from './night-matrix.ts';
import { painter } from './output.ts';

/** A night as it goes. */
export interface NightView extends NightWatch {
  /** What an attempt is doing: its steps and notes. */
  progressOf(task: Task): Progress;
  note(text: string): void;
  end(): void;
}

export interface NightViewOptions {
  night: Pick<Night, 'id' | 'cells' | 'attempts'>;
  stream: OutputStream;
  style: 'live' | 'plain' | 'quiet';
  fits: Fits;
  nowMs?: () => number;
}

/**
 * `live`: a matrix of all cells, and below it a line for each lab that says what it is doing; a line stays for each attempt that
 * ended. `plain`: a line for each begin, step and end, with the cell that it is about, since several labs may run side by side.
 */
export function nightView({
  night,
  stream,
  style,
  fits,
  nowMs = () => performance.now(),
}: NightViewOptions): NightView {
  if (style === 'quiet') return { progressOf: () => silent, note: () => undefined, end: () => undefined };
  const zeroMs = nowMs();
  const paint = painter(style === 'live');
  const states = statesOf(night);
  const labels = new Map<string, Row & { end(): void }>();
  const running = new Map<Task, number>();
  let pending: readonly Task[] = [];
  const left = (): string => {
    const ready = readyLabs(pending);
    for (const { lab } of running.keys()) ready.add(lab);
    const rest = [...running].map(([task, sinceMs]) =>
      Math.max(0, task.cell.estimate.runSeconds - (nowMs() - sinceMs) / 1000),
    );
    return spoken(Math.max(0, ...rest) + forecast(pending, { ready, fits }).seconds);
  };
  const done = (): string => {
    const all = [...states.values()].flat();
    const over = all.filter((state) => state !== 'pending' && state !== 'running').length;
    return `${String(over)} of ${String(all.length)} runs`;
  };
  const head = (): string[] => [
    '',
    `  ${night.id}: ${done()}, about ${left()} left`,
    ...matrixLines(night.cells, (cell) => states.get(cell.key) ?? [], stream.columns ?? 80),
    '',
  ];
  const region = style === 'live' ? new LiveRegion(stream, nowMs, head) : undefined;
  const stamp = (): string => `[+${((nowMs() - zeroMs) / 1000).toFixed(1)} s]`;
  const line = (text: string): void => {
    if (region === undefined) stream.write(`${stamp()} ${text}\n`);
    else region.printAbove(text);
  };
  const mark = ({ cell, repeat }: Task, state: RepeatState): void => {
    const row = states.get(cell.key);
    if (row !== undefined) row[repeat - 1] = state;
  };

  return {
    pending: (tasks) => {
      pending = tasks;
    },
    begun: (task, attempt) => {
      mark(task, 'running');
      running.set(task, nowMs());
      pending = pending.filter((each) => each !== task);
      const title = titleOf(task, attempt);
      const expectedMs = task.cell.estimate.runSeconds * 1000;
      if (region === undefined)
        line(`${title}: begins, about ${spoken(expectedMs / 1000)}; ${done()} done, about ${left()} left`);
      else {
        const row: Row = { text: title, startedMs: nowMs(), expectedMs };
        labels.set(task.lab, Object.assign(row, region.begin(row)));
      }
    },
    progressOf: (task) =>
      stepsOf(
        (step) => {
          const row = labels.get(task.lab);
          if (row !== undefined) row.text = `${titleOf(task, 1)}: ${step}`;
          else line(`${titleOf(task, 1)}: ${step}`);
        },
        (text) => {
          line(
            region === undefined
              ? `${titleOf(task, 1)}: ${text}`
              : `  ${paint('dim', `${task.cell.key}: ${text}`)}`,
          );
        },
      ),
    ended: (task, attempt, result) => {
      mark(task, result.outcome === 'infrastructure' ? 'infrastructure' : result.verdict);
      const tookMs = nowMs() - (running.get(task) ?? nowMs());
      running.delete(task);
      labels.get(task.lab)?.end();
      labels.delete(task.lab);
      const sign = result.outcome === 'infrastructure' ? paint('yellow', '!') : signOf(result, paint);
      const text = `${titleOf(task, attempt)}: ${wordsOf(result)} (${spoken(tookMs / 1000)})`;
      line(region === undefined ? text : `${sign} ${text}`);
    },
    leftOut: (task, why) => {
      mark(task, 'left-out');
      line(`${titleOf(task, 1)}: left out: ${why}`);
    },
    note: line,
    end: () => region?.end(),
  };
}

/** What commands tell on stderr goes through the view, line by line: it would tear the matrix. */
export function throughView(context: CliContext, view: Pick<NightView, 'note'>): CliContext {
  let begun = '';
  const stderr = new Writable({
    write: (chunk: Buffer | string, _encoding, written) => {
      const lines = (begun + chunk.toString()).split('\n');
      begun = lines.pop() ?? '';
      for (const line of lines) view.note(line);
      written();
    },
  });
  return { ...context, stderr };
}

function statesOf({ cells, attempts }: Pick<Night, 'cells' | 'attempts'>): Map<string, RepeatState[]> {
  const states = new Map(
    cells.map((cell: NightCell) => [
      cell.key,
      Array.from({ length: cell.repeats }, (): RepeatState => 'pending'),
    ]),
  );
  // Of a night that goes on it is known which were measured, not how they ended: that is in their records.
  for (const { cell, repeat, outcome } of attempts) {
    const row = states.get(cell);
    if (row !== undefined) row[repeat - 1] = outcome;
  }
  return states;
}

function stepsOf(begins: (step: string) => void, note: (text: string) => void): Progress {
  const inside = (path: readonly string[]): Progress => ({
    note,
    step: async (title, work) => {
      begins([...path, title].join(' › '));
      try {
        return await work(inside([...path, title]));
      } catch (error) {
        note(`${title}: failed`);
        throw error;
      }
    },
  });
  return inside([]);
}

function titleOf({ cell, repeat }: Task, attempt: number): string {
  return `${cell.key}${runOf(repeat, cell.repeats)}${attempt === 1 ? '' : ', once more'}`;
}

function runOf(repeat: number, repeats: number): string {
  if (repeat > repeats) return `, confirming run ${String(repeat - repeats)}`;
  return repeats === 1 ? '' : `, run ${String(repeat)} of ${String(repeats)}`;
}

function signOf({ verdict }: AttemptResult, paint: ReturnType<typeof painter>): string {
  if (verdict === 'pass') return paint('green', '✔');
  return verdict === 'fail' ? paint('red', '✘') : paint('yellow', '?');
}

function wordsOf({ outcome, verdict, stallSeconds, why }: AttemptResult): string {
  if (outcome === 'infrastructure') return `infrastructure failure: ${why ?? 'the rig broke'}`;
  const stall = stallSeconds === null ? '' : `, worst stall ${stallSeconds.toFixed(1)} s`;
  return `${verdict}${stall}${verdict === 'pass' || why === null ? '' : `: ${why}`}`;
}
