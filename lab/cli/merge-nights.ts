import { join, resolve } from 'node:path';
import { UsageError, exitCode } from '../errors.ts';
import { Rules } from '../judgement.ts';
import { nightsOfShards } from '../night-shards.ts';
import type { Night } from '../night.ts';
import { mergeFolders, type Merged } from '../store/merge-folders.ts';
import { readNights } from '../store/night-files.ts';
import type { CliContext } from './context.ts';
import { concludeNight, dataOf, printNight, type FinishRequest, type FinishedNight } from './finish-night.ts';
import { nightParts, type NightParts } from './night-parts.ts';
import { readJudgement } from './night-sources.ts';
import { print, printJson, tell } from './output.ts';
import { shown } from './present.ts';
import type { GlobalOptions } from './program.ts';

export interface MergeRequest extends Pick<FinishRequest, 'accept' | 'notifyUrl' | 'reports'> {
  /** Results folders, as they were typed. */
  folders: readonly string[];
  /** The results folder that they become. */
  out: string;
  /** undefined: those with which the shards were judged. */
  rules: Rules | undefined;
}

/**
 * Makes one results folder of several, and finishes each night that was run in shards.
 * @returns the exit code: that of the worst night
 * @throws UsageError for what does not fit together; nothing is copied then
 */
export async function mergeNights(
  context: CliContext,
  options: GlobalOptions,
  asked: MergeRequest,
  parts: NightParts = nightParts,
): Promise<number> {
  const folders = asked.folders.map((folder) => resolve(context.cwd, folder));
  const rulesOf =
    asked.rules === undefined ? await rulesOfShards(folders) : (): Rules | undefined => asked.rules;
  const merged = await mergeFolders(asked.out, folders);
  tellMerged(context, merged);
  const finished: FinishedNight[] = [];
  for (const night of merged.joined) {
    const rules = rulesOf(night) ?? Rules.parse({});
    finished.push(await concludeNight(context, { ...asked, nightId: night.id, rules }, parts));
  }
  if (options.json === true)
    printJson(context, {
      copied: merged.copied,
      present: merged.present,
      nights: finished.map(({ report }) => dataOf(context, report, parts)),
    });
  else {
    const counts = [`${runs(merged.copied.length)} copied`, `${runs(merged.present.length)} there already`];
    print(context, `${shown(context, asked.out)}: ${counts.join(', ')}`);
    for (const { report } of finished) printNight(context, options, asked.out, report, parts);
  }
  const codes = finished.map((night) => night.exitCode);
  return [exitCode.fail, exitCode.unknown].find((code) => codes.includes(code)) ?? exitCode.pass;
}

function runs(count: number): string {
  return `${String(count)} ${count === 1 ? 'run' : 'runs'}`;
}

function tellMerged(context: CliContext, { joined, setAside }: Merged): void {
  for (const { folder, run, problem } of setAside)
    tell(context, `note: ${shown(context, join(folder, run))} is set aside: ${problem}`);
  for (const { id, cells, leftOut } of joined) {
    const known = new Set(cells.map(({ key }) => key));
    for (const { cell, why } of leftOut)
      if (!known.has(cell)) tell(context, `note: ${id} is not whole, ${cell} is missing: ${why}`);
  }
}

/** The rules with which the shards of each night were judged, by its id. @throws UsageError where they are not the same */
async function rulesOfShards(folders: readonly string[]): Promise<(night: Night) => Rules | undefined> {
  const kept: { rules: Rules; runs: ReadonlySet<string>; night: Night }[] = [];
  for (const folder of folders)
    for (const night of (await readNights(folder)).nights) {
      const judged = night.shard === null ? undefined : await readJudgement(folder, night.id);
      if (judged === undefined) continue;
      kept.push({ rules: judged.rules, runs: new Set(night.attempts.map(({ run }) => run)), night });
    }
  for (const group of nightsOfShards(kept.map(({ night }) => night))) {
    const rules = kept.filter(({ night }) => group.includes(night)).map((each) => JSON.stringify(each.rules));
    if (new Set(rules).size > 1)
      throw new UsageError(
        `${group.map(({ id }) => id).join(' and ')} were judged by different rules`,
        'all shards of a night are cut from the same nightly.yaml; one in the working folder decides',
      );
  }
  return ({ attempts }) => kept.find(({ runs }) => attempts.some(({ run }) => runs.has(run)))?.rules;
}
