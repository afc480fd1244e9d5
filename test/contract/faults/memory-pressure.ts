import { memoryPressure } from '../../../lab/faults/memory-pressure.ts';
import type { FaultCase } from '../fault-case.ts';
import { says } from '../looks.ts';

export const cases: FaultCase[] = [
  {
    what: 'the memory of the standby',
    node: 'nfs02',
    make: (bounds) => memoryPressure(80, bounds),
    broken: async (lab) => Number(await says(lab, 'nfs02', "free -m | awk '/^Mem:/ { print $7 }'")) < 100,
  },
];
