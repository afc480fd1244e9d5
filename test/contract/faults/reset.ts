import { reset } from '../../../lab/faults/reset.ts';
import type { FaultCase } from '../fault-case.ts';
import { address, reaches } from '../looks.ts';

export const cases: FaultCase[] = [
  {
    what: 'a standby that boots',
    node: 'nfs02',
    make: reset,
    broken: async (lab) => !(await reaches(lab, 'sv01', address.nfs02)),
    unsettles: true,
  },
];
