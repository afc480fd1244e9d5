import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { exitCode, messageOf } from '../errors.ts';
import type { RunRecord } from '../record.ts';
import { renderHtml } from '../../reports/html.ts';
import { renderRepeats } from '../../reports/repeats-text.ts';
import { summariseRepeats } from '../../reports/repeats.ts';
import { renderTerminal } from '../../reports/terminal.ts';
import type { CliContext } from './context.ts';
import { isLively, print, printJson, tell } from './output.ts';
import type { GlobalOptions } from './program.ts';

/** The worst verdict decides: 1 for a fail, else 2 for an unknown, else 0. */
export function exitCodeOf(records: readonly Pick<RunRecord, 'verdict'>[]): number {
  if (records.some((record) => record.verdict === 'fail')) return exitCode.fail;
  return records.some((record) => record.verdict === 'unknown') ? exitCode.unknown : exitCode.pass;
}

/**
 * Draws a record on the terminal and as a page beside record.json. A report that cannot be drawn or written is told and
 * fails nothing: the record is there.
 */
export async function present(
  context: CliContext,
  options: GlobalOptions,
  record: RunRecord,
  directory: string,
): Promise<void> {
  const page = await writePage(context, record, directory);
  if (options.json === true) return;
  if (page === undefined) {
    print(
      context,
      `${record.scenario} on ${record.stack}: ${record.verdict}; record: ${shown(context, join(directory, 'record.json'))}`,
    );
    return;
  }
  const colour = isLively(context.stdout, context.env, options);
  print(context, renderTerminal(record, { colour, width: context.stdout.columns ?? 100 }));
  print(context, `report: ${shown(context, page)}`);
}

/** Draws the page of a run beside its record; undefined, with a note, when that fails. */
export async function writePage(
  context: CliContext,
  record: RunRecord,
  directory: string,
): Promise<string | undefined> {
  const page = join(directory, 'report.html');
  try {
    await writeFile(page, renderHtml(record));
    return page;
  } catch (error) {
    tell(context, `note: no report of ${record.id} could be made: ${messageOf(error)}`);
    return undefined;
  }
}

export function printRecords(
  context: CliContext,
  options: GlobalOptions,
  records: readonly RunRecord[],
): void {
  if (options.json === true) printJson(context, records);
}

/** Repeated runs as a distribution; with --json the summaries beside the records. */
export function printRepeats(
  context: CliContext,
  options: GlobalOptions,
  records: readonly RunRecord[],
): void {
  const summaries = summariseRepeats(records);
  if (options.json === true) printJson(context, { summaries, records });
  else if (records.length > 0) {
    const colour = isLively(context.stdout, context.env, options);
    print(context, renderRepeats(summaries, { colour, width: context.stdout.columns ?? 100 }));
  }
}

/** A path as the user would type it. */
export function shown(context: CliContext, path: string): string {
  const short = relative(context.cwd, path);
  return short.startsWith('..') ? path : short;
}
