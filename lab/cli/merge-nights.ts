import { join, resolve } from 'node:path';
import { UsageError, exitCode } from '../errors.ts';
import { Rules } from '../judgement.ts';
import { wholeNightId } from '../night-shards.ts';
import { mergeFolders, type Merged } from '../store/merge-folders.ts';
import { readNights } from '../store/night-files.ts';
import type { CliContext } from './context.ts';
import { concludeNight, dataOf, printNight, type FinishRequest, type FinishedNight } from './finish-night.ts';
import type { NightParts } from './night-parts.ts';
import { readJudgement } from './night-sources.ts';
import { print, printJson, tell } from './output.ts';
import { shown } from './present.ts';
import type { GlobalOptions } from './program.ts';

export interface MergeRequest extends Pick<FinishRequest, 'accept' | 'notifyUrl' | 'summaryFile'> {
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
  parts: NightParts,
): Promise<number> {
  const folders = asked.folders.map((folder) => resolve(context.cwd, folder));
  const rulesOf = asked.rules === undefined ? await rulesOfShards(folders) : new Map<string, Rules>();
  const merged = await mergeFolders(asked.out, folders);
  tellMerged(context, merged);
  const finished: FinishedNight[] = [];
  for (const { id } of merged.joined) {
    const rules = asked.rules ?? rulesOf.get(id) ?? Rules.parse({});
    finished.push(await concludeNight(context, { ...asked, nightId: id, rules }, parts));
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

/** The rules with which the shards of each night were judged. @throws UsageError where they are not the same */
async function rulesOfShards(folders: readonly string[]): Promise<Map<string, Rules>> {
  const rulesOf = new Map<string, Rules>();
  for (const folder of folders)
    for (const night of (await readNights(folder)).nights) {
      const kept = night.shard === null ? undefined : await readJudgement(folder, night.id);
      if (kept === undefined) continue;
      const id = wholeNightId(night);
      const others = rulesOf.get(id);
      if (others !== undefined && JSON.stringify(others) !== JSON.stringify(kept.rules))
        throw new UsageError(
          `the shards of ${id} were judged by different rules`,
          'all shards of a night are cut from the same nightly.yaml; one in the working folder decides',
        );
      rulesOf.set(id, kept.rules);
    }
  return rulesOf;
}
