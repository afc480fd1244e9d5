import { diskStall } from '../../../lab/faults/disk-stall.ts';
import type { FaultCase } from '../fault-case.ts';
import { says } from '../looks.ts';

export const cases: FaultCase[] = [
  {
    what: 'the disk beneath DRBD of the standby',
    node: 'nfs02',
    make: (bounds) => diskStall('lab-data', bounds),
    // Requests that were handed to the disk and not answered, one second apart.
    broken: async (lab) => (await says(lab, 'nfs02', 'cat /sys/block/dm-0/dm/suspended')) === '1',
  },
];
