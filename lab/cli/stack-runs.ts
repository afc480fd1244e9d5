import type { Edition } from '../plan.ts';
import type { RunSummary } from '../run-summary.ts';
import type { Stack } from '../stack.ts';

/** What a run has to say about its stack. */
type RunOfStack = Pick<
  RunSummary,
  'id' | 'stack' | 'edition' | 'scenario' | 'provider' | 'verdict' | 'startedAt'
>;

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

/** @param runs in the order of the history */
export function stackRuns(stack: Stack, runs: readonly RunOfStack[]): StackRuns {
  const { name, title, article } = stack;
  return {
    name,
    title,
    article,
    editions: stack.editions.map((edition) => {
      const own = runs.filter((run) => run.stack === name && run.edition === edition);
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

function newest(runs: readonly RunOfStack[], verdict: RunSummary['verdict']): ToldRun | null {
  const latest = runs.findLast((run) => run.verdict === verdict);
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
