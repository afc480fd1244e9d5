import type { FaultResult, RunRecord } from '../../../../lab/record.ts';
import { exampleRecord } from '../../../fixtures/record.ts';
import type { CheckCases } from '../check-cases.ts';

function withFault(change: Partial<FaultResult>): RunRecord {
  const record = exampleRecord();
  return { ...record, faults: record.faults.map((fault) => ({ ...fault, ...change })) };
}

const unproven = { provenAt: null, provenMs: null, proof: [] };
const unhealed = { healedAt: null, healedMs: null };

export const cases: CheckCases = {
  passes: [
    {
      what: 'a fault that was proven and healed',
      record: exampleRecord(),
      says: 'halt -f on nfs01: fabric: last frame of nfs01 at 5.031 s; drbd on nfs02',
    },
  ],
  condemns: [
    {
      what: 'a fault that was not healed',
      record: withFault(unhealed),
      says: 'halt -f on nfs01 was not healed',
    },
    {
      what: 'a fault that was neither proven nor healed',
      record: withFault({ ...unproven, ...unhealed }),
      says: 'was not healed',
    },
  ],
  leavesUnknown: [
    { what: 'no fault', record: exampleRecord({ faults: [] }), says: 'no fault was injected' },
    {
      what: 'a fault without proof',
      record: withFault(unproven),
      says: 'nothing proves that halt -f on nfs01 bit',
    },
    {
      what: 'a fault proven by nothing that is told',
      record: withFault({ proof: [] }),
      says: 'nothing proves that halt -f on nfs01 bit',
    },
    {
      what: 'a fault that was never injected',
      record: withFault({ injectedAt: null, injectedMs: null, ...unproven, ...unhealed }),
      says: 'was never injected',
    },
  ],
};
