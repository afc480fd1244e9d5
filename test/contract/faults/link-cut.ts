import { linkCut } from '../../../lab/faults/link-cut.ts';
import type { FaultCase } from '../fault-case.ts';
import { address, reaches } from '../looks.ts';

export const cases: FaultCase[] = [
  {
    what: 'the cable of the standby',
    node: 'nfs02',
    make: (bounds) => linkCut('eth1', bounds),
    broken: async (lab) => !(await reaches(lab, 'sv01', address.nfs02)),
  },
];
