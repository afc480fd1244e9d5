import { exampleRecord } from '../../../fixtures/record.ts';
import { withFinal } from '../check-cases.ts';
import type { CheckCases } from '../check-cases.ts';

export const cases: CheckCases = {
  passes: [
    {
      what: 'the expected node alone',
      record: exampleRecord(),
      says: 'nfs01 holds the service, as it should',
    },
  ],
  condemns: [
    {
      what: 'the other node',
      record: withFinal({ active: ['nfs02'] }),
      says: 'nfs02 holds the service; it should be on nfs01 alone',
    },
    { what: 'no node', record: withFinal({ active: [] }), says: 'no node holds the service' },
    {
      what: 'the expected node and another',
      record: withFinal({ active: ['nfs01', 'nfs02'] }),
      says: 'nfs01 and nfs02 hold the service',
    },
  ],
  leavesUnknown: [
    { what: 'a run without a final state', record: exampleRecord({ final: null }), says: 'was not read' },
  ],
};
