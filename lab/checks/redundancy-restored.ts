import type { Check, Judgement } from '../check.ts';
import type { RunRecord } from '../record.ts';

/** In the end every condition of a healthy lab holds again: it would survive the next fault too. */
export const redundancyRestored: Check = {
  name: 'redundancy-restored',
  judge({ final }: RunRecord): Judgement {
    if (final === null || final.health.length === 0)
      return { verdict: 'unknown', message: 'the health of the lab was not read at the end' };
    const ill = final.health.filter((condition) => !condition.ok);
    if (ill.length === 0)
      return {
        verdict: 'pass',
        message: `all ${String(final.health.length)} conditions of health hold again`,
      };
    const found = ill.map((condition) => `${condition.what}: ${condition.found}`).join('; ');
    return {
      verdict: 'fail',
      message: `${String(ill.length)} of ${String(final.health.length)} conditions of health do not hold: ${found}`,
    };
  },
};
