import { Option } from '@commander-js/extra-typings';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { Pruning, Retention } from '../../store.ts';
import { openStore } from '../../store/open-store.ts';
import type { CliContext } from '../context.ts';
import { print, printJson, table } from '../output.ts';
import type { Program } from '../program.ts';
import { examples } from '../program.ts';
import { defaultOut } from './scenario.ts';

export function definePrune(program: Program, context: CliContext): void {
  program
    .command('prune')
    .description(
      'Remove old runs from a results folder: record, samples, logs, captures and report. Without --yes it only says which. What ' +
        'baseline.json accepts and the runs of the newest nights stay.',
    )
    .option('--older-than <days>', 'only runs older than this, as 90d')
    .option('--keep <count>', 'never the newest ones, this many')
    .option('--keep-nights <count>', 'nor those of this many newest nights', '30')
    .option('--yes', 'remove them')
    .addOption(new Option('--out <folder>', 'where the runs are').env('LAB_OUT').default(defaultOut))
    .addHelpText(
      'after',
      examples([
        ['lab prune --older-than 90d', 'what would go'],
        ['lab prune --older-than 90d --keep 500 --yes', 'remove what is older, but leave the 500 newest'],
        ['lab prune --keep 20 --out lab-results/<sweep> --yes', 'those of a sweep'],
      ]),
    )
    .action(async (_options, command) => {
      const options = command.optsWithGlobals();
      const retention: Retention = { keepNights: countOf('--keep-nights', options.keepNights) };
      if (options.olderThan !== undefined) retention.olderThanDays = daysOf(options.olderThan);
      if (options.keep !== undefined) retention.keep = countOf('--keep', options.keep);
      if (retention.olderThanDays === undefined && retention.keep === undefined)
        throw new UsageError('which runs may go?', 'lab prune --older-than 90d, or --keep 500, or both');
      const folder = resolve(context.cwd, options.out);
      if (!existsSync(folder)) throw new UsageError(`there is no folder ${folder}`, '--out <folder>');
      const remove = options.yes === true;
      const pruning = await openStore(folder).prune(retention, { remove });
      if (options.json === true) printJson(context, { removed: remove, ...pruning });
      else print(context, described(pruning, remove));
    });
}

function described({ remove, protected: kept, nights, leftovers }: Pruning, removed: boolean): string {
  const bytes = remove.reduce((sum, each) => sum + each.bytes, 0);
  const size = `${(bytes / 1_048_576).toFixed(1)} MiB`;
  const counted = `${String(remove.length)} ${remove.length === 1 ? 'run' : 'runs'}, ${size}`;
  const others = [...nights.map((night) => `nights/${night}`), ...leftovers];
  return [
    ...(remove.length === 0 ? [] : [table(remove.map(({ run, why }) => [run, why]))]),
    ...others.map((name) => `${name}  nothing is left in it that counts`),
    ...(kept.length === 0 ? [] : ['', 'stays:', table(kept.map(({ run, why }) => [run, why]))]),
    ...(remove.length + kept.length + others.length === 0 ? [] : ['']),
    remove.length + others.length === 0
      ? 'nothing to remove'
      : removed
        ? `removed: ${counted}`
        : `would remove: ${counted}; --yes does`,
  ].join('\n');
}

/** @throws UsageError */
function daysOf(text: string): number {
  const days = Number(/^(\d{1,5})d?$/.exec(text)?.[1] ?? NaN);
  if (days >= 1) return days;
  throw new UsageError(
    `--older-than ${JSON.stringify(text)}: not a whole number of days from 1 on`,
    '--older-than 90d',
  );
}

/** @throws UsageError */
function countOf(flag: string, text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new UsageError(`${flag} ${JSON.stringify(text)}: not a whole number from 0 on`, `${flag} 30`);
}
