import { exampleRecord } from '../../../fixtures/record.ts';
import type { CheckCases } from '../check-cases.ts';

const held = (node: string, fromMs: number, toMs: number, of: 'address' | 'replica' = 'replica') => ({
  of,
  node,
  fromMs,
  toMs,
});

export const cases: CheckCases = {
  passes: [
    {
      what: 'two primaries',
      record: exampleRecord({ tenures: [held('nfs01', 0, 60_000), held('nfs02', 20_000, 50_000)] }),
      says: 'nfs01 and nfs02 both held the primary replica for 30.0 s',
    },
  ],
  condemns: [],
  leavesUnknown: [
    {
      what: 'one after the other',
      record: exampleRecord({ tenures: [held('nfs01', 0, 20_000), held('nfs02', 20_000, 50_000)] }),
      says: 'there was no split brain to look at',
    },
    {
      what: 'an overlap no longer than clocks allow',
      record: exampleRecord({ tenures: [held('nfs01', 0, 20_100), held('nfs02', 20_000, 50_000)] }),
      says: 'there was no split brain to look at',
    },
    {
      what: 'one address at two nodes: that alone is no data in two places',
      record: exampleRecord({
        tenures: [held('nfs01', 0, 60_000, 'address'), held('nfs02', 20_000, 50_000, 'address')],
      }),
      says: 'there was no split brain to look at',
    },
    { what: 'nobody', record: exampleRecord({ tenures: [] }), says: 'there was no split brain' },
  ],
};
