import { Option } from '@commander-js/extra-typings';
import { resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { RunRecord } from '../../record.ts';
import { explain } from '../../../reports/explain.ts';
import { renderExplanation } from '../../../reports/explain/text.ts';
import type { CliContext } from '../context.ts';
import { isLively, print, printJson } from '../output.ts';
import type { Program } from '../program.ts';
import { examples } from '../program.ts';
import { readRun, runsIn } from '../records.ts';
import { judgedAgain } from './report.ts';
import { defaultOut } from './scenario.ts';

export function defineExplain(program: Program, context: CliContext): void {
  program
    .command('explain')
    .description(
      'Say in sentences where the time of each stall of a recorded run went, which setting governs each part, and what else the ' +
        'record shows: errors, the other clients, what the settings allowed, what was expected.',
    )
    .argument('[run]', 'id of a run, its folder, or its record.json (default: the latest run)')
    .addOption(new Option('--out <folder>', 'where the runs are').env('LAB_OUT').default(defaultOut))
    .addHelpText(
      'after',
      examples([
        ['lab explain', 'the latest run'],
        ['lab explain lab-results/<id>', 'another one'],
        ['lab explain --json', 'the same sentences as data'],
      ]),
    )
    .action(async (asked, _options, command) => {
      const options = command.optsWithGlobals();
      const results = resolve(context.cwd, options.out);
      const run = asked ?? (await runsIn(results)).at(-1);
      if (run === undefined)
        throw new UsageError(
          `there is no run in ${results}`,
          'lab scenario hard-halt --stack heartbeat-sarge',
        );
      const { record } = await readRun(context.cwd, results, run);
      const explanation = explain(judgedAgain(explicable(record)));
      if (options.json === true) printJson(context, explanation);
      else
        print(
          context,
          renderExplanation(explanation, {
            colour: isLively(context.stdout, context.env, options),
            width: context.stdout.columns ?? 100,
          }),
        );
    });
}

/** @throws UsageError for a run that measured nothing, with the reason that its record gives */
function explicable(record: RunRecord): RunRecord {
  if (record.windows.length > 0) return record;
  const why = record.broken?.split('\n')[0] ?? 'no window was opened in it';
  throw new UsageError(`there is no stall to explain in ${record.id}: ${why}`, `lab report ${record.id}`);
}
