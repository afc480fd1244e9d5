import { UsageError } from '../errors.ts';
import { relative } from 'node:path';
import { ciJobs, githubMatrix, gitlabPipeline } from '../nightly/ci-matrix.ts';
import { spoken } from '../nightly/duration.ts';
import { labNameOf } from '../nightly/lab-name.ts';
import { nextAttempt } from '../nightly/outcome.ts';
import { forecast, summedUp } from '../nightly/schedule.ts';
import { mostShards } from '../nightly/shard.ts';
import type { CliContext } from './context.ts';
import type { PreparedNight } from './commands/nightly.ts';
import type { NightOptions, NightRequest } from './night-request.ts';
import { print, printJson, table } from './output.ts';

export const listFormats = ['text', 'json', 'github', 'gitlab'] as const;

/** Prints what a night would run; nothing is started. */
export function printPlan(
  context: CliContext,
  options: NightOptions,
  request: NightRequest,
  prepared: PreparedNight,
): void {
  const format = options.json === true ? 'json' : options.format;
  if (format === 'github' || format === 'gitlab') {
    const { cells } = prepared.night;
    const of = shardsOf(options, new Set(cells.map(labNameOf)).size, cells.length);
    const jobs = ciJobs(cells, of, passedOn(options, request));
    const out = relative(context.cwd, request.out);
    print(context, format === 'github' ? githubMatrix(jobs) : gitlabPipeline(jobs, out));
    return;
  }
  if (options.shards !== undefined)
    throw new UsageError('--shards is about lists for a CI system', '--list --format github, or gitlab');
  const data = listed(request, prepared);
  if (format === 'json') printJson(context, data);
  else print(context, textOf(data));
}

type Listed = ReturnType<typeof listed>;

function listed(request: NightRequest, { night, plan, without }: PreparedNight) {
  const tasks = plan.tasks.filter(({ cell, repeat }) => nextAttempt(night, cell.key, repeat) !== null);
  const { budgetSeconds } = request;
  const expected = forecast(tasks, {
    fits: plan.fits,
    ...(budgetSeconds === undefined ? {} : { budgetSeconds }),
  });
  return {
    cells: night.cells,
    runs: expected.starts.map(({ task, atSeconds }) => ({
      cell: task.cell.key,
      repeat: task.repeat,
      lab: task.lab,
      atSeconds: Math.round(atSeconds),
      seconds: task.cell.estimate.runSeconds,
      from: task.cell.estimate.from,
    })),
    seconds: Math.round(expected.seconds),
    budgetSeconds: budgetSeconds ?? null,
    leftOut: summedUp(expected.leftOut),
    without,
    shard: night.shard,
    seed: night.seed,
    provider: night.provider,
    hostClass: night.hostClass,
    labsAtOnce: plan.slots,
    host: plan.host,
  };
}

function textOf(data: Listed): string {
  const { runs, cells, leftOut, without, labsAtOnce, host, shard } = data;
  const part = shard === null ? '' : `, shard ${String(shard.index)} of ${String(shard.of)}`;
  const labs = `${labsAtOnce <= 1 ? 'one lab' : `${String(labsAtOnce)} labs`} at a time`;
  const room = `${String(host.cores)} cores${host.emulated ? ' that emulate' : ''}, ${String(host.memoryMib)} MiB free`;
  const repeatsOf = new Map(cells.map(({ key, repeats }) => [key, repeats]));
  const rows = runs.map((run, i) => [
    String(i + 1),
    run.cell,
    `${String(run.repeat)} of ${String(repeatsOf.get(run.cell) ?? 1)}`,
    `+${spoken(run.atSeconds)}`,
    spoken(run.seconds),
    run.from,
  ]);
  return [
    `${counted(cells.length, 'cell')}, ${counted(runs.length, 'run')}${part}: about ${spoken(data.seconds)} on ${data.provider}, ${labs} (${room})`,
    '',
    ...(rows.length === 0
      ? ['nothing to run']
      : [table([['#', 'cell', 'repeat', 'begins', 'takes', 'expected from'], ...rows])]),
    ...(runs.some(({ from }) => from.includes('usual'))
      ? ['', 'usual: what was measured on two cores that emulate; the first night here knows better']
      : []),
    ...(leftOut.length === 0
      ? []
      : [
          '',
          ...leftOut.map(({ cell, repeats, why }) => `left out: ${cell}, ${counted(repeats, 'run')}: ${why}`),
        ]),
    ...(without.length === 0
      ? []
      : ['', ...without.map(({ cell, why }) => `makes no sense: ${cell}: ${why}`)]),
  ].join('\n');
}

function counted(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? '' : 's'}`;
}

/** @throws UsageError for what is no number of jobs */
function shardsOf(options: NightOptions, labs: number, cells: number): number {
  if (options.shard !== undefined)
    throw new UsageError(
      '--shard is one part, and a list for a CI system has all of them',
      '--shards 3 says how many',
    );
  const count = options.shards === undefined ? labs : Number(options.shards);
  if (Number.isInteger(count) && count >= 1 && count <= mostShards) return Math.min(count, cells);
  throw new UsageError(
    `--shards ${JSON.stringify(options.shards)}: not a whole number from 1 to ${String(mostShards)}`,
    '--shards 3',
  );
}

/** What was said here holds for every job; all draw from one seed, and run on one provider. */
function passedOn(options: NightOptions, { seed }: NightRequest): string[] {
  const flags = (['config', 'stacks', 'scenarios', 'repeat', 'budget', 'out', 'provider'] as const).flatMap(
    (name) => {
      const value = options[name];
      return value === undefined ? [] : [`--${name}`, value];
    },
  );
  const set = (options.set ?? []).flatMap((each) => ['--set', each]);
  return ['--seed', String(seed), ...flags, ...set];
}
