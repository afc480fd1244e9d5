import { powerOff } from '../../../lab/faults/power-off.ts';
import type { FaultCase } from '../fault-case.ts';
import { address, reaches } from '../looks.ts';

export const cases: FaultCase[] = [
  {
    what: 'a standby without power',
    node: 'nfs02',
    make: powerOff,
    broken: async (lab) => !(await reaches(lab, 'sv01', address.nfs02)),
    unsettles: true,
  },
];
