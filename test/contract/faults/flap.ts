import { flap } from '../../../lab/faults/flap.ts';
import type { FaultCase } from '../fault-case.ts';
import { says } from '../looks.ts';

const changes = 'cat /sys/class/net/eth1/carrier_changes';

export const cases: FaultCase[] = [
  {
    what: 'the cable of the standby',
    node: 'nfs02',
    make: ({ provenWithinMs }) => flap('eth1', { outMs: 700, inMs: 700, provenWithinMs }),
    broken: async (lab) => {
      const before = await says(lab, 'nfs02', changes);
      return (await says(lab, 'nfs02', `sleep 3; ${changes}`)) !== before;
    },
  },
];
