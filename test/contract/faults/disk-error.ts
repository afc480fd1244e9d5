import { diskError } from '../../../lab/faults/disk-error.ts';
import type { FaultCase } from '../fault-case.ts';
import { says } from '../looks.ts';

export const cases: FaultCase[] = [
  {
    what: 'the disk beneath DRBD of the standby',
    node: 'nfs02',
    make: (bounds) => diskError('lab-data', bounds),
    broken: async (lab) =>
      (await says(
        lab,
        'nfs02',
        'dd if=/dev/mapper/lab-data of=/dev/null bs=4096 skip=8 count=1 iflag=direct 2>/dev/null && echo reads',
      )) !== 'reads',
    // DRBD drops a disk that failed, and takes it back when it is told to.
    unsettles: true,
  },
];
