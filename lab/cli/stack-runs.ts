import { messageOf } from '../errors.ts';
import type { Edition } from '../plan.ts';
import type { RunRecord } from '../record.ts';
import type { Stack } from '../stack.ts';
import { readRun, runsIn } from './records.ts';

/** What is told of a run here. */
export interface ToldRun {
  run: string;
  scenario: string;
  provider: string;
  startedAt: string;
}

/** What is known of an edition from records: a verdict of `unknown` says nothing. */
export interface EditionRuns {
  edition: Edition;
  platform: string;
  /** False where no run has shown anything yet: it is only rendered. */
  ran: boolean;
  newestPass: ToldRun | null;
  newestFail: ToldRun | null;
}

export interface StackRuns {
  name: string;
  title: string;
  article: Stack['article'];
  editions: EditionRuns[];
}

/** A run whose record cannot be read. */
export interface BrokenRecord {
  run: string;
  problem: string;
}

/** Every record of a results folder, oldest first; those that cannot be read beside them. */
export async function readRecords(
  cwd: string,
  results: string,
): Promise<{ records: RunRecord[]; broken: BrokenRecord[] }> {
  const records: RunRecord[] = [];
  const broken: BrokenRecord[] = [];
  for (const run of await runsIn(results)) {
    try {
      records.push((await readRun(cwd, results, run)).record);
    } catch (error) {
      broken.push({ run, problem: messageOf(error).split('\n')[0] ?? '' });
    }
  }
  return { records, broken };
}

export function stackRuns(stack: Stack, records: readonly RunRecord[]): StackRuns {
  const { name, title, article } = stack;
  return {
    name,
    title,
    article,
    editions: stack.editions.map((edition) => {
      const own = records.filter((record) => record.stack === name && record.edition === edition);
      const newestPass = newest(own, 'pass');
      const newestFail = newest(own, 'fail');
      return {
        edition,
        platform: stack.platform(edition).name,
        ran: newestPass !== null || newestFail !== null,
        newestPass,
        newestFail,
      };
    }),
  };
}

function newest(records: readonly RunRecord[], verdict: RunRecord['verdict']): ToldRun | null {
  const latest = records
    .filter((record) => record.verdict === verdict)
    .reduce<RunRecord | undefined>(
      (held, record) => (held === undefined || record.startedAt > held.startedAt ? record : held),
      undefined,
    );
  if (latest === undefined) return null;
  const { id, scenario, provider, startedAt } = latest;
  return { run: id, scenario, provider, startedAt };
}

/** What was run for real and when, in words: `hard-halt passed 2026-11-21; link-flap failed 2026-11-20`. */
export function describeRuns({ edition, ran, newestPass, newestFail }: EditionRuns): string {
  if (!ran) return edition === 'period' ? 'rendered only, never run' : 'no record of a run here';
  const told = (run: ToldRun | null, how: string): string[] =>
    run === null ? [] : [`${run.scenario} ${how} ${run.startedAt.slice(0, 10)}`];
  return [...told(newestPass, 'passed'), ...told(newestFail, 'failed')].join('; ');
}
