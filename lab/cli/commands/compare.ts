import { Option } from '@commander-js/extra-typings';
import { basename, resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { Night } from '../../night.ts';
import type { RunRecord } from '../../record.ts';
import type { RunSummary } from '../../run-summary.ts';
import type { Store } from '../../store.ts';
import { readNights } from '../../store/night-files.ts';
import { openStore } from '../../store/open-store.ts';
import { summaryOf } from '../../summarise.ts';
import { compareRuns } from '../../../reports/compare.ts';
import type { ComparedRun, RunComparison } from '../../../reports/compare.ts';
import { compareNights } from '../../../reports/compare-nights.ts';
import type { ComparedNight, NightComparison } from '../../../reports/compare-nights.ts';
import { renderComparison } from '../../../reports/compare-text.ts';
import type { CliContext } from '../context.ts';
import { isLively, print, printJson, tell } from '../output.ts';
import type { Program } from '../program.ts';
import { examples } from '../program.ts';
import { readRun } from '../records.ts';
import { judgedAgain } from './report.ts';
import { defaultOut } from './scenario.ts';

export function defineCompare(program: Program, context: CliContext): void {
  program
    .command('compare')
    .description(
      'Put two runs or two nights side by side: verdict, stall of each client, phase by phase what differs and what governs it, ' +
        'errors, losses, settings and versions. Between different kinds of hosts no difference is computed.',
    )
    .argument('<run>', 'id or folder of a run, or id of a night')
    .argument('<other>', 'another one')
    .addOption(new Option('--out <folder>', 'where the runs are').env('LAB_OUT').default(defaultOut))
    .addHelpText(
      'after',
      examples([
        ['lab compare <id> <id>', 'two runs'],
        ['lab compare night-20261121T010000Z night-20261122T010000Z', 'two nights'],
        ['lab compare <id> <id> --json', 'the same as data'],
      ]),
    )
    .action(async (first, second, _options, command) => {
      const options = command.optsWithGlobals();
      const comparison = await compared(context, resolve(context.cwd, options.out), first, second);
      if (options.json === true) printJson(context, comparison);
      else
        print(
          context,
          renderComparison(comparison, {
            colour: isLively(context.stdout, context.env, options),
            width: context.stdout.columns ?? 100,
          }),
        );
    });
}

async function compared(
  context: CliContext,
  results: string,
  first: string,
  second: string,
): Promise<RunComparison | NightComparison> {
  const { nights, setAside } = await readNights(results);
  const [a, b] = [first, second].map((asked) => {
    const name = basename(resolve(asked));
    const broken = setAside.find(({ night }) => night === name);
    if (broken !== undefined) throw new UsageError(`night ${name} cannot be read: ${broken.problem}`);
    return nights.find(({ id }) => id === name);
  });
  if (a !== undefined && b !== undefined) return await comparedNights(context, results, a, b);
  if (a !== undefined || b !== undefined) {
    const [night, other] = a === undefined ? [second, first] : [first, second];
    throw new UsageError(
      `${JSON.stringify(night)} is a night and ${JSON.stringify(other)} is not`,
      nights.length < 2
        ? `lab list runs --night ${basename(night)}`
        : `nights: ${nights.map(({ id }) => id).join(', ')}`,
    );
  }
  return compareRuns(await runOf(context, results, first), await runOf(context, results, second));
}

/** Judged with the checks of this release, as every report is. */
async function runOf(context: CliContext, results: string, asked: string): Promise<ComparedRun> {
  const { record } = await readRun(context.cwd, results, asked);
  const judged = judgedAgain(record);
  return { record: judged, summary: summaryOf(judged, null) };
}

async function comparedNights(
  context: CliContext,
  results: string,
  a: Night,
  b: Night,
): Promise<NightComparison> {
  const store = openStore(results);
  const { runs, notes } = await store.read();
  for (const note of notes) tell(context, `note: ${note}`);
  const of = (night: Night): ComparedNight => {
    const own = new Set(night.attempts.map(({ run }) => run));
    return { night, runs: runs.filter(({ id }) => own.has(id)) };
  };
  const [first, second] = [of(a), of(b)];
  return compareNights(first, second, await versionsOf(store, [...first.runs, ...second.runs]));
}

/** The versions behind each digest, from one record each; none where all are the same. One that cannot be read is left out. */
async function versionsOf(
  store: Store,
  runs: readonly RunSummary[],
): Promise<ReadonlyMap<string, RunRecord['versions']>> {
  const byDigest = new Map(runs.map(({ versionsDigest, id }) => [versionsDigest, id]));
  const versions = new Map<string, RunRecord['versions']>();
  if (byDigest.size > 1)
    for (const [digest, run] of byDigest) {
      const record = await store.readRecord(run).catch(() => null);
      if (record !== null) versions.set(digest, record.versions);
    }
  return versions;
}
