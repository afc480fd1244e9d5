import { diskFull } from '../../../lab/faults/disk-full.ts';
import type { FaultCase } from '../fault-case.ts';
import { says } from '../looks.ts';

export const cases: FaultCase[] = [
  {
    what: 'the replicated file system, as a client sees it',
    node: 'nfs01',
    make: (bounds) => diskFull('/data', bounds),
    broken: async (lab) =>
      (
        await says(
          lab,
          'sv01',
          'dd if=/dev/zero of=/data/lab/probe bs=64k count=1 conv=fsync 2>&1; rm -f /data/lab/probe',
        )
      ).includes('No space left'),
  },
];
