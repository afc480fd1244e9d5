import { stopService } from '../../../lab/faults/stop-service.ts';
import type { FaultCase } from '../fault-case.ts';
import { says } from '../looks.ts';

export const cases: FaultCase[] = [
  {
    what: 'heartbeat of the standby',
    ttlMs: 20_000,
    node: 'nfs02',
    make: (bounds) => stopService('heartbeat', bounds),
    // What the peer thinks of it.
    broken: async (lab) => (await says(lab, 'nfs01', 'cl_status nodestatus nfs02')) === 'dead',
    unsettles: true,
  },
];
