import type { Check, Judgement } from '../check.ts';
import { worstFirst } from '../check.ts';
import type { ClientResult, RunRecord } from '../record.ts';

/**
 * Where one of two truths has to be thrown away, acknowledged writes die: that is no surprise, but it has to be counted, and
 * which ones they were has to be said. Passes when that was done; judges nothing about how many there are.
 */
export const expectedLossStated: Check = {
  name: 'expected-loss-stated',
  judge({ clients }: RunRecord): Judgement {
    if (clients.length === 0) return { verdict: 'unknown', message: 'no client wrote' };
    return worstFirst(clients.map(judgeClient));
  },
};

function judgeClient({ name, acknowledged, readBacks, lost, damaged }: ClientResult): Judgement {
  if (acknowledged === 0) return { verdict: 'unknown', message: `${name} acknowledged nothing` };
  const others = readBacks.filter(({ reader, cutOff }) => reader !== `client ${name}` && cutOff !== true);
  if (others.length === 0 || lost === null || damaged === null)
    return {
      verdict: 'unknown',
      message: `nobody but ${name} read its ${String(acknowledged)} acknowledged writes back: what died is not known`,
    };
  if (lost + damaged === 0)
    return {
      verdict: 'pass',
      message: `${name} lost none of its ${String(acknowledged)} acknowledged writes: all were made on the server that survived`,
    };
  const disagreeing = others.find((one) => one.lost !== lost || one.damaged !== damaged);
  if (disagreeing !== undefined)
    return {
      verdict: 'fail',
      message:
        `after the recovery the readers disagree about ${name}: ${String(lost)} lost and ${String(damaged)} damaged at worst, ` +
        `${String(disagreeing.lost)} and ${String(disagreeing.damaged)} for ${disagreeing.reader}`,
    };
  const examples = [...new Set(others.flatMap((one) => one.examples))].sort((a, b) => a - b);
  return {
    verdict: 'pass',
    message:
      `expected loss: of the ${String(acknowledged)} acknowledged writes of ${name}, ${String(lost)} died with the replica that was ` +
      `thrown away and ${String(damaged)} are damaged, from number ${String(examples[0] ?? NaN)} on`,
  };
}
