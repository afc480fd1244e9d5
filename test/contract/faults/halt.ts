import { haltProvenWithin } from '../../../lab/faults/halt.ts';
import type { FaultCase } from '../fault-case.ts';
import { address, reaches } from '../looks.ts';

export const cases: FaultCase[] = [
  {
    what: 'a standby that is halted',
    node: 'nfs02',
    make: ({ provenWithinMs }) => haltProvenWithin(provenWithinMs),
    broken: async (lab) => !(await reaches(lab, 'sv01', address.nfs02)),
    unsettles: true,
  },
];
