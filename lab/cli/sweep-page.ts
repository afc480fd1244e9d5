import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import type { RunRecord } from '../record.ts';
import { renderSweepHtml } from '../../reports/html/sweep.ts';
import { renderSweep } from '../../reports/sweep-text.ts';
import { sweepOf } from '../../reports/sweep.ts';
import type { CliContext } from './context.ts';
import { isLively, print, printJson, tell } from './output.ts';
import { shown } from './present.ts';
import type { GlobalOptions } from './program.ts';

/** Draws a sweep into its folder, as a page and as data; one that cannot be written is told and fails nothing. */
export async function drawSweep(
  context: CliContext,
  folder: string,
  records: readonly RunRecord[],
): Promise<void> {
  try {
    const sweep = sweepOf(records);
    await replace(join(folder, 'sweep.html'), renderSweepHtml(sweep));
    await replace(join(folder, 'sweep.json'), `${JSON.stringify(sweep, null, 2)}\n`);
  } catch (error) {
    tell(context, `note: the sweep could not be drawn: ${messageOf(error)}`);
  }
}

/** The sweep on the terminal, or with --json as data. */
export function printSweep(
  context: CliContext,
  options: GlobalOptions,
  folder: string,
  records: readonly RunRecord[],
): void {
  const sweep = sweepOf(records);
  if (options.json === true) {
    printJson(context, sweep);
    return;
  }
  const colour = isLively(context.stdout, context.env, options);
  print(context, renderSweep(sweep, { colour, width: context.stdout.columns ?? 100 }));
  print(context, `page: ${shown(context, join(folder, 'sweep.html'))}`);
}

async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
