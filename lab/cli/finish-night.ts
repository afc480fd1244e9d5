import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCode, messageOf } from '../errors.ts';
import { acceptNight } from '../judgement/accept.ts';
import { judgeNight } from '../judgement/judge-night.ts';
import type { Judgement, Rules } from '../judgement.ts';
import type { NightReport } from '../night-report.ts';
import { changeBaseline } from '../store/baseline-file.ts';
import { nightDirectory } from '../store/night-files.ts';
import { openStore } from '../store/open-store.ts';
import { replaceFile } from '../store/record-files.ts';
import type { CliContext } from './context.ts';
import { dataFile, nightPage, nightParts, type NightParts } from './night-parts.ts';
import { gatherNight, judgedNight } from './night-report.ts';
import { keepJudgement, readSources, versionsOf } from './night-sources.ts';
import { isLively, print, printJson, tell } from './output.ts';
import { shown } from './present.ts';
import type { GlobalOptions } from './program.ts';

export interface FinishRequest {
  /** The results folder. */
  out: string;
  nightId: string;
  rules: Rules;
  /** Whether a night without a regression extends the accepted history. */
  accept: 'unchanged' | 'never';
  notifyUrl?: string | undefined;
  /** A folder that the reports are written to as well, for a CI system to pick up. */
  reports?: string | undefined;
  /** The night ended before and is only drawn again: what was said of it then stays. */
  again?: boolean;
}

export interface FinishedNight {
  exitCode: number;
  judgement: Judgement;
  report: NightReport;
}

/** Judges a night, draws its reports, prints it, extends the accepted history and tells the webhook. */
export async function finishNight(
  context: CliContext,
  options: GlobalOptions,
  asked: FinishRequest,
  parts: NightParts = nightParts,
): Promise<FinishedNight> {
  const finished = await concludeNight(context, asked, parts);
  printNight(context, options, asked.out, finished.report, parts);
  return finished;
}

/**
 * The same without printing the result. What can go wrong after the judgement (a report, the accepted history, the webhook) is
 * told and changes nothing about it.
 * @throws UsageError where there is no such night; HostError where the results folder cannot be read
 */
export async function concludeNight(
  context: CliContext,
  { out, nightId, rules, accept, notifyUrl, reports, again = false }: FinishRequest,
  parts: NightParts = nightParts,
): Promise<FinishedNight> {
  const store = openStore(out);
  const { sources, notes, baselineProblem } = await readSources(store);
  for (const note of notes) tell(context, `note: ${note}`);
  const gathered = gatherNight(nightId, sources, rules);
  const versions = await versionsOf(store, gathered, rules);
  const judgement = judgeNight({ ...gathered, rules, versionsOf: (run) => versions.get(run) });
  const report = judgedNight(gathered, judgement);

  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      tell(context, `note: ${what}: ${messageOf(error)}`);
    }
  };
  const directory = nightDirectory(out, nightId);
  if (!again) await attempt('the judgement is not kept', () => keepJudgement(out, judgement));
  if (reports !== undefined)
    await attempt(`${reports} could not be made`, async () => {
      await mkdir(reports, { recursive: true });
    });
  for (const { file, render } of parts.writers)
    await attempt(`no ${file} of ${nightId} could be made`, async () => {
      const text = render(report);
      for (const folder of [directory, ...(reports === undefined ? [] : [reports])])
        await replaceFile(join(folder, file), text);
    });
  if (baselineProblem !== null)
    tell(context, `note: nothing is compared or accepted, baseline.json cannot be read: ${baselineProblem}`);
  else if (accept === 'unchanged' && judgement.verdict !== 'regressed')
    await attempt('nothing was accepted', async () => {
      await changeBaseline(out, (baseline) => {
        const { night, runs } = report;
        return acceptNight({ baseline, night, runs, judgement, by: 'unchanged' }).baseline;
      });
    });
  if (notifyUrl !== undefined)
    await attempt('the webhook was not told', async () => {
      const problem = await parts.notify(notifyUrl, report, join(directory, nightPage), context.signal);
      if (problem !== undefined) tell(context, `note: ${problem}`);
    });
  return { judgement, report, exitCode: exitCodeOfNight(judgement, baselineProblem) };
}

/** A night that nobody could compare is no pass. */
function exitCodeOfNight({ verdict }: Judgement, baselineProblem: string | null): number {
  if (verdict === 'regressed') return exitCode.fail;
  return verdict === 'incomplete' || baselineProblem !== null ? exitCode.unknown : exitCode.pass;
}

/** A night on the terminal, or with --json as data. */
export function printNight(
  context: CliContext,
  options: GlobalOptions,
  out: string,
  report: NightReport,
  parts: Pick<NightParts, 'writers' | 'renderText'> = nightParts,
): void {
  if (options.json === true) {
    printJson(context, dataOf(context, report, parts));
    return;
  }
  const { judgement } = report;
  try {
    const colour = isLively(context.stdout, context.env, options);
    print(context, parts.renderText(report, { colour, width: context.stdout.columns ?? 100 }));
  } catch (error) {
    tell(context, `note: the night could not be drawn: ${messageOf(error)}`);
    print(context, judgement.sentence);
  }
  const page = join(nightDirectory(out, judgement.night), nightPage);
  if (existsSync(page)) print(context, `page: ${shown(context, page)}`);
}

/** A night as data; its judgement alone where that cannot be made. */
export function dataOf(
  context: CliContext,
  report: NightReport,
  parts: Pick<NightParts, 'writers'>,
): unknown {
  try {
    return JSON.parse(textOf(dataFile, report, parts));
  } catch (error) {
    tell(context, `note: no data of ${report.night.id} could be made: ${messageOf(error)}`);
    return { judgement: report.judgement };
  }
}

/** What one of the reports says. @throws what its writer throws, or where there is none */
function textOf(file: string, report: NightReport, { writers }: Pick<NightParts, 'writers'>): string {
  const writer = writers.find((each) => each.file === file);
  if (writer === undefined) throw new Error(`nothing writes ${file}`);
  return writer.render(report);
}
