import { freeze } from '../../../lab/faults/freeze.ts';
import type { FaultCase } from '../fault-case.ts';
import { address, reaches } from '../looks.ts';

export const cases: FaultCase[] = [
  {
    what: 'a standby that stands still',
    node: 'nfs02',
    make: freeze,
    broken: async (lab) => !(await reaches(lab, 'sv01', address.nfs02)),
  },
];
