import { Option } from '@commander-js/extra-typings';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../../errors.ts';
import { holdLock } from '../../lock.ts';
import { labsHome } from '../../labs.ts';
import type { Night } from '../../night.ts';
import { inOrderOfHistory } from '../../night.ts';
import { runNight } from '../../nightly/engine.ts';
import { nightMatrix } from '../../nightly/matrix.ts';
import { withFoundRuns } from '../../nightly/outcome.ts';
import { splitCells } from '../../nightly/shard.ts';
import type { Provider } from '../../provider.ts';
import { keepNight, readNights } from '../../store/night-files.ts';
import { openStore } from '../../store/open-store.ts';
import type { CliContext } from '../context.ts';
import { finishNight } from '../finish-night.ts';
import { confirmingTasks } from '../night-confirm.ts';
import { listFormats, printPlan } from '../night-list.ts';
import type { NightPlan } from '../night-plan.ts';
import { durationsOf, planNight, plannedAgain } from '../night-plan.ts';
import type { NightOptions, NightRequest } from '../night-request.ts';
import { defaultOut, nightProvider, nightRequest } from '../night-request.ts';
import { ensureSameHost, foundRuns, leftRunning, nightRunner, resumable } from '../night-run.ts';
import { nightView, throughView } from '../night-view.ts';
import { isLively, tell } from '../output.ts';
import type { Program } from '../program.ts';
import { collect, examples } from '../program.ts';
import { scenarios, stacks } from '../registry.ts';

export function defineNightly(program: Program, context: CliContext): void {
  program
    .command('nightly')
    .description(
      'Run every stack against every scenario unattended, what is most worth knowing first, and compare it with earlier nights. ' +
        'nightly.yaml says what a night is; flags win over it.',
    )
    .option('--config <file>', 'what a night is (default: nightly.yaml, where there is one)')
    .option('--stacks <a,b>', 'these stacks only, or variants of the file as heartbeat-sarge+slow')
    .option('--scenarios <a,b>', 'these scenarios only')
    .option('--set <name=value>', 'a setting of every stack that has it, as often as needed', collect)
    .option('--repeat <count>', 'how often each stack meets each scenario')
    .option('--seed <number>', 'what the moments of the faults are drawn from (default: kept with the night)')
    .option('--budget <time>', 'how long it may take, as 4h or 90m: what does not fit is left out, and told')
    .option('--shard <i/n>', 'one of n parts that take about as long, as 1/3; together they are the whole')
    .option('--resume [night]', 'go on with a night that was killed or interrupted (default: the newest)')
    .option('--list', 'print the plan with expected times, and start nothing')
    .addOption(
      new Option(
        '--format <format>',
        'of the list: text, json, github (a matrix for fromJSON), gitlab (a child pipeline)',
      )
        .choices(listFormats)
        .default('text' as const),
    )
    .option('--shards <n>', 'of a list for github or gitlab: into how many jobs (default: one for each lab)')
    .addOption(new Option('--notify <url>', 'where the verdict is posted to as JSON').env('LAB_NOTIFY'))
    .addOption(
      new Option(
        '--out <folder>',
        `where runs and nights are kept (default: nightly.yaml, then ${defaultOut})`,
      ).env('LAB_OUT'),
    )
    .addHelpText(
      'after',
      examples([
        ['lab nightly --list', 'what it would run, in which order, and how long it takes'],
        ['lab nightly --budget 4h', 'what is most worth knowing, in four hours'],
        ['lab nightly --stacks heartbeat-sarge --scenarios hard-halt,link-flap --repeat 5', 'a part of it'],
        ['lab nightly --resume', 'go on with the night that was killed'],
        ['lab nightly --shard 2/3 --seed 7', 'the second of three machines'],
        ['lab nightly --list --format github --shards 3', 'jobs for a matrix of GitHub Actions'],
      ]),
    )
    .action(async (_options, command) => {
      const options: NightOptions = command.optsWithGlobals();
      if (options.resume !== undefined) refuseOthers(options);
      const request = await nightRequest(context, options);
      const prepared =
        options.resume === undefined
          ? await begunNight(context, options, request)
          : await resumedNight(context, options, request, options.resume);
      if (options.list === true) {
        printPlan(context, options, request, prepared);
        return;
      }
      const night = await withNightLock(context, () => wholeNight(context, options, request, prepared));
      const { exitCode } = await finishNight(context, options, {
        out: request.out,
        nightId: night.id,
        rules: request.read.config.rules,
        accept: request.read.config.accept,
        notifyUrl: request.notifyUrl,
      });
      context.exitWith(exitCode);
    });
}

export interface PreparedNight {
  night: Night;
  plan: NightPlan;
  provider: Provider;
  why: string;
  /** Combinations that make no sense, and why. */
  without: readonly { cell: string; why: string }[];
}

async function begunNight(
  context: CliContext,
  options: NightOptions,
  { read, choice, out, seed, shard }: NightRequest,
): Promise<PreparedNight> {
  const { provider, choice: chosen } = await nightProvider(context, options, read.config.provider);
  const matrix = nightMatrix(read, choice, { stacks, scenarios, provider });
  if (matrix.cells.length === 0)
    throw new UsageError(
      'this night would run nothing',
      matrix.without.map(({ cell, why }) => `${cell}: ${why}`).join('; '),
    );
  const cells =
    shard === null
      ? matrix.cells
      : (
          splitCells(
            matrix.cells.map(({ cell }) => cell),
            shard.of,
          )[shard.index - 1] ?? []
        ).flatMap((cell) => matrix.cells.filter((each) => each.cell === cell));
  const plan = await planNight(context, cells, provider, await openStore(out).summaries());
  const startedAt = new Date();
  const night: Night = {
    schema: 1,
    id: idOf(startedAt, shard),
    startedAt: startedAt.toISOString(),
    endedAt: null,
    hostClass: plan.hostClass,
    provider: provider.name,
    seed,
    shard,
    cells: plan.cells,
    attempts: [],
    leftOut: [],
  };
  return { night, plan, provider, why: chosen.why, without: matrix.without };
}

async function resumedNight(
  context: CliContext,
  options: NightOptions,
  { out }: NightRequest,
  named: string | true,
): Promise<PreparedNight> {
  const { nights, setAside } = await readNights(out);
  for (const { night, problem } of setAside) tell(context, `note: ${night} is left out: ${problem}`);
  const store = openStore(out);
  const runs = await store.summaries();
  const kept = resumable(inOrderOfHistory(nights, runs), named === true ? undefined : named);
  const planned = plannedAgain(kept);
  const { provider } = await nightProvider(context, { ...options, provider: kept.provider }, undefined);
  const plan = await planNight(context, planned, provider, runs);
  ensureSameHost(kept, plan.hostClass);
  const night = withFoundRuns(kept, await foundRuns(store, kept, planned));
  return {
    night: { ...night, cells: plan.cells, hostClass: plan.hostClass },
    plan,
    provider,
    why: `${kept.id} was begun on it`,
    without: [],
  };
}

async function wholeNight(
  context: CliContext,
  options: NightOptions,
  { out, budgetSeconds, read }: NightRequest,
  { night: begun, plan, provider, why }: PreparedNight,
): Promise<Night> {
  await openStore(out).makeReady();
  const night = options.resume === undefined ? await withFreeId(out, begun) : begun;
  const style =
    options.quiet === true ? 'quiet' : isLively(context.stderr, context.env, options) ? 'live' : 'plain';
  if (style !== 'quiet') tell(context, `provider: ${provider.name}, because ${why}`);
  const view = nightView({ night, stream: context.stderr, style, fits: plan.fits });
  const durations = durationsOf(context);
  const runner = nightRunner({
    context: style === 'quiet' ? context : throughView(context, view),
    out,
    night,
    provider,
    planned: plan.planned,
    durations,
    progressOf: (task) => view.progressOf(task),
  });
  try {
    for (const lab of await leftRunning(labsHome(context.cwd), provider)) await runner.endLab(lab);
    return await runNight(
      night,
      {
        tasks: plan.tasks,
        ...runner,
        keep: (each) => keepNight(out, each),
        confirm: (each) => confirmingTasks(out, each, read.config.rules),
        fits: plan.fits,
        ...(budgetSeconds === undefined ? {} : { budgetSeconds }),
        watch: view,
      },
      context.signal,
    );
  } catch (error) {
    view.end();
    tell(context, `${night.id} is unfinished; lab nightly --resume goes on with it`);
    throw error;
  } finally {
    view.end();
    durations.save();
  }
}

/** Two nights in one working folder would take each other's labs. @throws HostError naming the process that runs one */
async function withNightLock<T>(context: CliContext, work: () => Promise<T>): Promise<T> {
  const home = labsHome(context.cwd);
  await mkdir(home, { recursive: true, mode: 0o700 });
  const lock = await holdLock(join(home, 'nightly.lock'), 'running a night');
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

function idOf(startedAt: Date, shard: Night['shard']): string {
  const time = startedAt.toISOString().replaceAll(/[-:]/g, '').replace(/\.\d+/, '');
  return `night-${time}${shard === null ? '' : `-${String(shard.index)}of${String(shard.of)}`}`;
}

/** A night that begins in the second of another one, or after a clock has jumped back, takes the next second that is free. */
async function withFreeId(out: string, night: Night): Promise<Night> {
  const { nights, setAside } = await readNights(out);
  const taken = new Set([...nights.map(({ id }) => id), ...setAside.map((each) => each.night)]);
  const startedAt = new Date(night.startedAt);
  while (taken.has(idOf(startedAt, night.shard))) startedAt.setSeconds(startedAt.getSeconds() + 1);
  return { ...night, id: idOf(startedAt, night.shard) };
}

/** What a night that goes on has settled already. @throws UsageError naming the flag */
function refuseOthers(options: NightOptions): void {
  const settled = ['stacks', 'scenarios', 'set', 'repeat', 'seed', 'shard', 'shards'] as const;
  const given = settled.find((name) => options[name] !== undefined);
  if (given !== undefined)
    throw new UsageError(
      `--${given} cannot be given with --resume: the night runs what it was begun with`,
      'lab nightly without --resume begins another one',
    );
}
