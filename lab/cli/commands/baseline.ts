import { Argument, Option } from '@commander-js/extra-typings';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Baseline } from '../../baseline.ts';
import { UsageError } from '../../errors.ts';
import { Rules } from '../../judgement.ts';
import { acceptNight, anchorsOf, historyOf, resetBaseline, type Acceptance } from '../../judgement/accept.ts';
import { judgeNight } from '../../judgement/judge-night.ts';
import { didYouMean } from '../../nearest.ts';
import { inOrderOfHistory, type Night } from '../../night.ts';
import type { RunSummary } from '../../run-summary.ts';
import { changeBaseline, readBaseline } from '../../store/baseline-file.ts';
import { readNights } from '../../store/night-files.ts';
import { openStore } from '../../store/open-store.ts';
import type { CliContext } from '../context.ts';
import { print, printJson, table, tell } from '../output.ts';
import type { Program } from '../program.ts';
import { examples } from '../program.ts';
import { defaultOut } from './scenario.ts';

export const baselineActions = ['show', 'accept', 'reset'] as const;

export function defineBaseline(program: Program, context: CliContext): void {
  program
    .command('baseline')
    .description(
      'What nights are compared with. accept takes all measured runs of a night, the newest one unless it is named, for the new ' +
        'normal: cells that were not as before begin anew with them. reset forgets a cell, or all of them with --yes. No run is ' +
        'removed.',
    )
    .addArgument(new Argument('<action>', baselineActions.join(', ')).choices(baselineActions))
    .argument('[what]', 'of accept: a night; of reset: a cell; of show: a cell')
    .option('--yes', 'of reset: forget it')
    .addOption(new Option('--out <folder>', 'where the runs are').env('LAB_OUT').default(defaultOut))
    .addHelpText(
      'after',
      examples([
        ['lab baseline show', 'accepted runs of every cell, and when they were accepted'],
        ['lab baseline accept', 'the newest night is as it should be'],
        ['lab baseline accept <night>', 'this one is'],
        ['lab baseline reset heartbeat-sarge/hard-halt --yes', 'its next night is a first night'],
      ]),
    )
    .action(async (action, what, _options, command) => {
      const options = command.optsWithGlobals();
      const folder = resolve(context.cwd, options.out);
      if (!existsSync(folder)) throw new UsageError(`there is no folder ${folder}`, '--out <folder>');
      const json = options.json === true;
      if (action === 'show') await show(context, folder, what, json);
      else if (action === 'accept') await accept(context, folder, what, json);
      else await reset(context, folder, what, { json, yes: options.yes === true });
    });
}

async function show(
  context: CliContext,
  folder: string,
  cell: string | undefined,
  json: boolean,
): Promise<void> {
  const baseline = await readBaseline(folder);
  checkCell(cell, baseline);
  const rows = Object.entries(baseline.cells)
    .filter(([key]) => (cell ?? key) === key)
    .flatMap(([key, hosts]) =>
      Object.entries(hosts).map(([hostClass, { runs, last }]) => ({
        cell: key,
        runs: String(runs.length),
        accepted: `${last.night}, ${last.by === 'hand' ? 'by hand' : 'unchanged'}`,
        host: hostClass,
      })),
    );
  if (json) {
    const cells = Object.entries(baseline.cells).filter(([key]) => (cell ?? key) === key);
    printJson(context, { ...baseline, cells: Object.fromEntries(cells) });
  } else if (rows.length === 0) print(context, 'nothing is accepted yet; lab baseline accept [night]');
  else print(context, table([['cell', 'runs', 'last accepted', 'kind of host'], ...rows.map(Object.values)]));
}

async function accept(
  context: CliContext,
  folder: string,
  name: string | undefined,
  json: boolean,
): Promise<void> {
  const { runs, setAside } = await openStore(folder).read();
  for (const { run, problem } of setAside)
    tell(context, `note: the record of ${run} is left out: ${problem}`);
  const found = await readNights(folder);
  for (const { night, problem } of found.setAside) tell(context, `note: ${night} is left out: ${problem}`);
  const night = nightNamed(name, inOrderOfHistory(found.nights, runs));
  let acceptance: Acceptance | undefined;
  await changeBaseline(folder, (baseline) => {
    acceptance = accepted(baseline, night, runs);
    return acceptance.baseline;
  });
  if (acceptance === undefined) return;
  const { accepted: taken, left } = acceptance;
  if (json) printJson(context, { night: night.id, accepted: taken, left });
  else print(context, described(night, taken, left));
}

/** Judged with the rules as they are without a nightly.yaml: they say which cells are not as before. */
function accepted(baseline: Baseline, night: Night, runs: readonly RunSummary[]): Acceptance {
  const asked = { baseline, runs, before: night.id };
  const judgement = judgeNight({
    night,
    runs,
    history: historyOf(asked),
    anchors: anchorsOf(asked),
    rules: Rules.parse({}),
    versionsOf: () => undefined,
  });
  return acceptNight({ baseline, night, runs, judgement, by: 'hand' });
}

function described(night: Night, taken: Acceptance['accepted'], left: Acceptance['left']): string {
  const rows = [
    ...taken.map(({ cell, runs, afresh }) => [
      cell,
      `${String(runs)} ${runs === 1 ? 'run' : 'runs'}${afresh ? ', its history begins anew' : ''}`,
    ]),
    ...left.map(({ cell, why }) => [cell, `left out: ${why}`]),
  ];
  const cells = `${String(taken.length)} ${taken.length === 1 ? 'cell' : 'cells'}`;
  return [...(rows.length === 0 ? [] : [table(rows), '']), `accepted: ${night.id}, ${cells}`].join('\n');
}

/** @throws UsageError */
function nightNamed(name: string | undefined, nights: readonly Night[]): Night {
  const newest = nights.at(-1);
  if (newest === undefined)
    throw new UsageError('there is no night to accept', 'lab list runs shows what is there');
  if (name === undefined) return newest;
  const found = nights.find(({ id }) => id === name);
  if (found !== undefined) return found;
  throw new UsageError(
    `there is no night ${JSON.stringify(name)}`,
    didYouMean(
      name,
      nights.map(({ id }) => id),
    ),
  );
}

async function reset(
  context: CliContext,
  folder: string,
  cell: string | undefined,
  { json, yes }: { json: boolean; yes: boolean },
): Promise<void> {
  const baseline = await readBaseline(folder);
  checkCell(cell, baseline);
  const forgotten = cell === undefined ? Object.keys(baseline.cells) : [cell];
  if (yes) await changeBaseline(folder, (current) => resetBaseline(current, cell));
  if (json) printJson(context, { forgotten: yes, cells: forgotten });
  else
    print(
      context,
      forgotten.length === 0
        ? 'nothing is accepted, so there is nothing to forget'
        : `${yes ? 'forgotten' : 'would forget'}: ${forgotten.join(', ')}${yes ? '' : '; --yes does'}`,
    );
}

/** @throws UsageError */
function checkCell(cell: string | undefined, { cells }: Baseline): void {
  if (cell === undefined || Object.hasOwn(cells, cell)) return;
  const known = Object.keys(cells);
  throw new UsageError(
    `nothing is accepted of a cell ${JSON.stringify(cell)}`,
    known.length === 0 ? 'lab baseline accept [night]' : didYouMean(cell, known),
  );
}
