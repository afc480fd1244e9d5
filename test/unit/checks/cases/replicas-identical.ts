import { exampleRecord } from '../../../fixtures/record.ts';
import { withFinal } from '../check-cases.ts';
import type { CheckCases } from '../check-cases.ts';

export const cases: CheckCases = {
  passes: [
    {
      what: 'identical replicas',
      record: exampleRecord(),
      says: 'the replicas are identical (drbdadm verify): 0 of 131072 sectors out of sync',
    },
  ],
  condemns: [
    {
      what: 'replicas that differ',
      record: withFinal({
        replicas: { method: 'drbdadm verify', identical: false, found: '8 of 131072 sectors out of sync' },
      }),
      says: 'the replicas differ (drbdadm verify): 8 of 131072',
    },
  ],
  leavesUnknown: [
    {
      what: 'replicas that were not compared',
      record: withFinal({ replicas: null }),
      says: 'the replicas were not compared',
    },
    { what: 'a run without a final state', record: exampleRecord({ final: null }), says: 'not compared' },
  ],
};
