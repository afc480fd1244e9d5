import { portCut } from '../../../lab/faults/port-cut.ts';
import type { FaultCase } from '../fault-case.ts';
import { says } from '../looks.ts';

export const cases: FaultCase[] = [
  {
    what: 'replication of the standby',
    ttlMs: 25_000,
    node: 'nfs02',
    make: (bounds) => portCut(7788, bounds),
    // DRBD of the other server notices it.
    broken: async (lab) => !(await says(lab, 'nfs01', 'cat /proc/drbd')).includes('cs:Connected'),
  },
];
