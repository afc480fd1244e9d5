import { messageOf } from './errors.ts';
import type { CheckResult, RunRecord, Verdict } from './record.ts';

export interface Judgement {
  verdict: Verdict;
  /** One sentence with the values it rests on. */
  message: string;
}

/** Judges a record, nothing else: a run can be judged again years later. Pure. */
export interface Check {
  name: string;
  judge(record: RunRecord): Judgement;
}

/** Runs the checks; one that throws is `unknown`, with its message. */
export function judge(record: RunRecord, checks: readonly Check[]): CheckResult[] {
  return checks.map((check) => {
    try {
      return { name: check.name, ...check.judge(record) };
    } catch (error) {
      return {
        name: check.name,
        verdict: 'unknown',
        message: `the check itself failed: ${messageOf(error)}`,
      };
    }
  });
}

/** `fail` wins over `unknown`, `unknown` over `pass`; a run without checks, or one whose rig broke, is `unknown`. */
export function overall(results: readonly CheckResult[], broken: string | null): Verdict {
  return broken === null ? worstVerdict(results) : 'unknown';
}

/** Several judgements as one: the worst verdict, with the messages of all that gave it. */
export function worstFirst(judgements: readonly Judgement[]): Judgement {
  const verdict = worstVerdict(judgements);
  const messages = judgements.filter((each) => each.verdict === verdict).map((each) => each.message);
  return { verdict, message: messages.length === 0 ? 'nothing to judge' : messages.join('; ') };
}

function worstVerdict(judgements: readonly { verdict: Verdict }[]): Verdict {
  if (judgements.some((each) => each.verdict === 'fail')) return 'fail';
  return judgements.length === 0 || judgements.some((each) => each.verdict === 'unknown')
    ? 'unknown'
    : 'pass';
}
