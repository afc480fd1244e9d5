import { partition } from '../../../lab/faults/partition.ts';
import type { FaultCase } from '../fault-case.ts';
import { address, reaches } from '../looks.ts';

export const cases: FaultCase[] = [
  {
    what: 'the servers do not see each other',
    node: 'nfs02',
    make: (bounds) => partition({ networks: ['cluster'], peer: 'nfs01' }, bounds),
    broken: async (lab) => !(await reaches(lab, 'nfs01', address.nfs02)),
  },
  {
    what: 'one direction alone: a client hears nothing of the standby',
    node: 'nfs02',
    make: (bounds) => partition({ networks: ['cluster'], peer: 'sv01', direction: 'out' }, bounds),
    // Its answers are what is missing.
    broken: async (lab) => !(await reaches(lab, 'sv01', address.nfs02)),
  },
];
