import type { Check, Judgement } from '../check.ts';
import type { RunRecord } from '../record.ts';

/** In the end the replicas hold the same blocks. */
export const replicasIdentical: Check = {
  name: 'replicas-identical',
  judge({ final }: RunRecord): Judgement {
    const replicas = final?.replicas ?? null;
    if (replicas === null) return { verdict: 'unknown', message: 'the replicas were not compared' };
    return {
      verdict: replicas.identical ? 'pass' : 'fail',
      message: `${replicas.identical ? 'the replicas are identical' : 'the replicas differ'} (${replicas.method}): ${replicas.found}`,
    };
  },
};
