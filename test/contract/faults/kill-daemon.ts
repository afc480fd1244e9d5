import { killDaemon } from '../../../lab/faults/kill-daemon.ts';
import { mountDaemon } from '../../../provisioners/parts/anatomy.ts';
import type { FaultCase } from '../fault-case.ts';
import { says } from '../looks.ts';

export const cases: FaultCase[] = [
  {
    what: 'rpc.mountd of the active server, gone',
    node: 'nfs01',
    make: (bounds) => killDaemon(mountDaemon, 'KILL', bounds),
    // A client asks it for its exports.
    broken: async (lab) =>
      (
        await says(lab, 'sv01', 'timeout 10 showmount -e --no-headers 192.168.33.20 || echo no-answer')
      ).includes('no-answer'),
  },
  {
    what: 'rpc.mountd of the active server, deaf',
    node: 'nfs01',
    make: (bounds) => killDaemon(mountDaemon, 'STOP', bounds),
    broken: async (lab) =>
      (
        await says(lab, 'sv01', 'timeout 4 showmount -e --no-headers 192.168.33.20 || echo no-answer')
      ).includes('no-answer'),
  },
  {
    what: 'heartbeat of the standby, gone',
    ttlMs: 25_000,
    node: 'nfs02',
    make: (bounds) => killDaemon({ process: 'heartbeat', service: 'heartbeat' }, 'KILL', bounds),
    broken: async (lab) => (await says(lab, 'nfs01', 'cl_status nodestatus nfs02')) === 'dead',
    unsettles: true,
  },
];
