import { Option } from '@commander-js/extra-typings';
import { resolve } from 'node:path';
import { judge, overall } from '../../check.ts';
import { UsageError } from '../../errors.ts';
import { didYouMean } from '../../nearest.ts';
import type { RunRecord } from '../../record.ts';
import type { CliContext } from '../context.ts';
import { tell } from '../output.ts';
import { exitCodeOf, present, printRecords, printRepeats } from '../present.ts';
import type { GlobalOptions, Program } from '../program.ts';
import { examples } from '../program.ts';
import { isNoRun, readRuns, runsIn, sweepsIn } from '../records.ts';
import { scenarios } from '../registry.ts';
import { drawNight, mergeCommand } from '../night-commands.ts';
import { drawSweep, printSweep } from '../sweep-page.ts';
import { defaultOut } from './scenario.ts';

export function defineReport(program: Program, context: CliContext): void {
  const report = program
    .command('report')
    .description(
      'Judge recorded runs again with the checks of this release and draw their reports. The record itself stays as it is.',
    )
    .argument('[run...]', 'id of a run, its folder, or its record.json (default: the latest run)')
    .option('--sweep', 'a sweep: its folder instead of a run (default: the latest sweep)')
    .option('--night', 'a night: its id instead of a run (default: the latest night)')
    .option('--reports <folder>', 'of a night: write its reports there too, for a CI system to pick up')
    .option('--summary', 'the runs together, as a distribution, instead of one by one')
    .addOption(new Option('--out <folder>', 'where the runs are').env('LAB_OUT').default(defaultOut))
    .addHelpText(
      'after',
      examples([
        ['lab report', 'the latest run'],
        ['lab report lab-results/*', 'all of them'],
        ['lab report lab-results/* --summary', 'median, worst and spread of repeated runs'],
        ['lab report --sweep', 'the latest sweep, drawn again from its records'],
        ['lab report --night', 'the latest night, judged and drawn again from its records'],
        ['lab report merge shards/* --out lab-results', 'one night of its shards'],
        ['lab report --json', 'the record, with the verdicts of today'],
      ]),
    )
    .action(async (asked, _options, command) => {
      const options = command.optsWithGlobals();
      const results = resolve(context.cwd, options.out);
      if (options.sweep === true) {
        context.exitWith(await reportSweep(context, options, results, asked));
        return;
      }
      if (options.night === true) {
        context.exitWith(
          await drawNight(context, options, { out: results, reports: options.reports }, asked),
        );
        return;
      }
      if (options.reports !== undefined)
        throw new UsageError('--reports is about a night', 'lab report --night --reports <folder>');
      const runs =
        asked.length > 0 ? asked.filter((path) => !isNoRun(path)) : (await runsIn(results)).slice(-1);
      if (runs.length === 0)
        throw new UsageError(
          `there is no run in ${results}`,
          'lab scenario hard-halt --stack heartbeat-sarge',
        );
      const records: RunRecord[] = [];
      const { kept, leftOut } = await readRuns(context, results, runs);
      for (const { record, directory } of kept) {
        const judged = judgedAgain(record);
        if (judged.verdict !== record.verdict)
          tell(
            context,
            `note: ${record.id} was judged ${record.verdict} when it ran, and is ${judged.verdict} now`,
          );
        if (options.summary !== true) await present(context, options, judged, directory);
        records.push(judged);
      }
      if (options.summary === true) printRepeats(context, options, records);
      else printRecords(context, options, records);
      context.exitWith(exitCodeWithout(leftOut, records));
    });
  report
    .command('merge')
    .description(
      'Make one results folder of several: runs are copied whole, none is overwritten, and the shards of a night become one night, ' +
        'which is judged and drawn. Exit 0 nothing is worse, 1 something is, 2 it cannot be told, as where a shard is missing.',
    )
    .argument('<folder...>', 'results folders; --out names the one that they become')
    .option(
      '--config <file>',
      'whose rules hold (default: nightly.yaml, else those with which the shards were judged)',
    )
    .addOption(
      new Option(
        '--accept <when>',
        'extend the accepted history (default: nightly.yaml, then unchanged)',
      ).choices(['unchanged', 'never'] as const),
    )
    .addOption(new Option('--notify <url>', 'where the verdict is posted to as JSON').env('LAB_NOTIFY'))
    .addHelpText(
      'after',
      examples([
        ['lab report merge shards/* --out lab-results', 'the shards of a night, and what was there before'],
        [
          'lab report merge shards/* --out lab-results --reports night',
          'with its reports in a folder of their own',
        ],
      ]),
    )
    .action(async (folders, _options, command) => {
      const options = command.optsWithGlobals();
      const out = resolve(context.cwd, options.out);
      context.exitWith(await mergeCommand(context, options, { ...options, out }, folders));
    });
}

/** Of a run that cannot be read nobody knows the verdict. */
function exitCodeWithout(leftOut: readonly string[], records: readonly RunRecord[]): number {
  return exitCodeOf([...records, ...leftOut.map(() => ({ verdict: 'unknown' as const }))]);
}

/** Draws a sweep again, from the records in its folder, judged again. @returns the exit code */
async function reportSweep(
  context: CliContext,
  options: GlobalOptions,
  results: string,
  asked: readonly string[],
): Promise<number> {
  const known = await sweepsIn(results);
  const [name = known.at(-1), ...more] = asked;
  if (name === undefined)
    throw new UsageError(`there is no sweep in ${results}`, 'lab sweep hard-halt --set deadtime=5,10');
  if (more.length > 0) throw new UsageError('one sweep at a time', `lab report --sweep ${name}`);
  const folders = [resolve(results, name), resolve(context.cwd, name)];
  const runs = await Promise.all(folders.map(runsIn));
  const at = runs.findIndex((each) => each.length > 0);
  const folder = folders[at];
  if (folder === undefined)
    throw new UsageError(`there is no sweep ${JSON.stringify(name)}`, didYouMean(name, known));
  const { kept, leftOut } = await readRuns(context, folder, runs[at] ?? []);
  const records = kept.map(({ record }) => judgedAgain(record));
  await drawSweep(context, folder, records);
  printSweep(context, options, folder, records);
  return exitCodeWithout(leftOut, records);
}

/** A record of a scenario that this release does not have keeps its own verdicts. */
export function judgedAgain(record: RunRecord): RunRecord {
  const scenario = scenarios.find((each) => each.name === record.scenario);
  if (scenario === undefined) return record;
  const checks = judge(record, scenario.checks);
  return { ...record, checks, verdict: overall(checks, record.broken) };
}
