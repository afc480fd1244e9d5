import type { Check, Judgement } from '../check.ts';
import { worstFirst } from '../check.ts';
import type { FaultResult, RunRecord } from '../record.ts';

/** Every fault was proven to have bitten, and is gone. A run whose fault did nothing has shown nothing. */
export const faultsProven: Check = {
  name: 'faults-proven',
  judge({ faults }: RunRecord): Judgement {
    if (faults.length === 0) return { verdict: 'unknown', message: 'no fault was injected' };
    return worstFirst(faults.map(judgeFault));
  },
};

function judgeFault(fault: FaultResult): Judgement {
  const what = `${fault.name} on ${fault.node}`;
  if (fault.injectedAt === null) return { verdict: 'unknown', message: `${what} was never injected` };
  if (fault.healedAt === null) return { verdict: 'fail', message: `${what} was not healed` };
  if (fault.provenAt === null || fault.proof.length === 0)
    return { verdict: 'unknown', message: `nothing proves that ${what} bit` };
  return { verdict: 'pass', message: `${what}: ${fault.proof.join('; ')}` };
}
