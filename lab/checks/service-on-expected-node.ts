import type { Check, Judgement } from '../check.ts';
import type { RunRecord } from '../record.ts';

/** In the end the service is on the node where the stack's settings want it, and on no other. */
export const serviceOnExpectedNode: Check = {
  name: 'service-on-expected-node',
  judge({ final }: RunRecord): Judgement {
    if (final === null) return { verdict: 'unknown', message: 'the final state was not read' };
    const { active, expectedActive } = final;
    if (active.length === 0)
      return { verdict: 'fail', message: `no node holds the service; it should be on ${expectedActive}` };
    const alone = active.length === 1 && active[0] === expectedActive;
    return {
      verdict: alone ? 'pass' : 'fail',
      message: alone
        ? `${expectedActive} holds the service, as it should`
        : `${active.join(' and ')} ${active.length === 1 ? 'holds' : 'hold'} the service; it should be on ${expectedActive} alone`,
    };
  },
};
