import { exampleRecord } from '../../../fixtures/record.ts';
import { withFinal } from '../check-cases.ts';
import type { CheckCases } from '../check-cases.ts';

export const cases: CheckCases = {
  passes: [{ what: 'a healthy lab', record: exampleRecord(), says: 'all 3 conditions of health hold again' }],
  condemns: [
    {
      what: 'one condition that does not hold',
      record: withFinal({
        health: [
          { what: 'both servers see each other', ok: true, found: 'nfs01 active, nfs02 active' },
          { what: 'DRBD connected and up to date', ok: false, found: 'WFConnection UpToDate/DUnknown' },
        ],
      }),
      says: '1 of 2 conditions of health do not hold: DRBD connected and up to date: WFConnection UpToDate/DUnknown',
    },
  ],
  leavesUnknown: [
    { what: 'no condition', record: withFinal({ health: [] }), says: 'was not read' },
    { what: 'a run without a final state', record: exampleRecord({ final: null }), says: 'was not read' },
  ],
};
