import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError, messageOf } from '../errors.ts';
import { Rules } from '../judgement.ts';
import { inOrderOfHistory } from '../night.ts';
import { nightlyFile, parseNightConfig, type NightConfig } from '../nightly/config.ts';
import { readNights } from '../store/night-files.ts';
import { openStore } from '../store/open-store.ts';
import type { CliContext } from './context.ts';
import { finishNight } from './finish-night.ts';
import { mergeNights } from './merge-nights.ts';
import { readJudgement } from './night-sources.ts';
import { tell } from './output.ts';
import type { GlobalOptions } from './program.ts';

/**
 * Judges a night again and draws it, from its records alone: by the rules of nightly.yaml, else by those that it was judged with.
 * @returns the exit code
 * @throws UsageError where there is no such night
 */
export async function drawNight(
  context: CliContext,
  options: GlobalOptions,
  { out, reports }: { out: string; reports: string | undefined },
  asked: readonly string[],
): Promise<number> {
  const { nights } = await readNights(out);
  const known = inOrderOfHistory(nights, await openStore(out).summaries());
  const [nightId = known.at(-1)?.id, ...more] = asked;
  if (nightId === undefined) throw new UsageError(`there is no night in ${out}`, 'lab nightly makes one');
  if (more.length > 0) throw new UsageError('one night at a time', `lab report --night ${nightId}`);
  const kept = known.some(({ id }) => id === nightId) ? await readJudgement(out, nightId) : undefined;
  const rules = (await nightConfig(context, undefined))?.rules ?? kept?.rules ?? Rules.parse({});
  const { exitCode, judgement } = await finishNight(context, options, {
    out,
    nightId,
    rules,
    accept: 'never',
    reports: reports === undefined ? undefined : resolve(context.cwd, reports),
    again: true,
  });
  if (kept !== undefined && kept.verdict !== judgement.verdict)
    tell(
      context,
      `note: ${nightId} was judged ${kept.verdict} when it ended, and is ${judgement.verdict} now`,
    );
  return exitCode;
}

export interface MergeOptions {
  out: string;
  config?: string | undefined;
  accept?: 'unchanged' | 'never' | undefined;
  notify?: string | undefined;
  reports?: string | undefined;
}

/** Merges results folders. @returns the exit code @throws UsageError for what does not fit together */
export async function mergeCommand(
  context: CliContext,
  options: GlobalOptions,
  { out, config: named, accept, notify, reports }: MergeOptions,
  folders: readonly string[],
): Promise<number> {
  const config = await nightConfig(context, named);
  return await mergeNights(context, options, {
    folders,
    out,
    rules: config?.rules,
    accept: accept ?? config?.accept ?? 'unchanged',
    notifyUrl: notify === undefined ? config?.notify : checkedUrl(notify),
    reports: reports === undefined ? undefined : resolve(context.cwd, reports),
  });
}

/** What nightly.yaml says; undefined where there is none. @throws UsageError where it is named and not there, or wrong */
async function nightConfig(context: CliContext, named: string | undefined): Promise<NightConfig | undefined> {
  const file = named ?? nightlyFile;
  let text: string;
  try {
    text = await readFile(resolve(context.cwd, file), 'utf8');
  } catch (error) {
    if (named === undefined && error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return undefined;
    throw new UsageError(`${file} cannot be read: ${messageOf(error)}`);
  }
  return parseNightConfig(text, file).config;
}

function checkedUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new UsageError('--notify: not an address that begins with http:// or https://');
}
