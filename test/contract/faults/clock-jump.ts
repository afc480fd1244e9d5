import { clockJump } from '../../../lab/faults/clock-jump.ts';
import type { FaultCase } from '../fault-case.ts';
import { says } from '../looks.ts';

export const cases: FaultCase[] = [60, -60].map((seconds) => ({
  what: `the clock of the standby, by ${String(seconds)} s`,
  node: 'nfs02',
  make: (bounds) => clockJump(seconds, bounds),
  // Against the host’s own clock.
  broken: async (lab) => Math.abs(Number(await says(lab, 'nfs02', 'date +%s')) - Date.now() / 1000) > 30,
}));
