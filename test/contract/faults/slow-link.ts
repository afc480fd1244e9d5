import { delayed, lossy, throttled } from '../../../lab/faults/slow-link.ts';
import type { Lab } from '../../../lab/provider.ts';
import type { FaultCase } from '../fault-case.ts';
import { address, says } from '../looks.ts';

const between = { networks: ['cluster'], peer: 'sv01' };

/** Of ten pings of 1000 bytes, five a second: mean round trip in milliseconds, and how many were lost. */
async function pinged(lab: Lab): Promise<{ meanMs: number; lost: number }> {
  const told = await says(lab, 'sv01', `ping -n -q -s 1000 -c 10 -i 0.2 -W 2 ${address.nfs02}`);
  const lost = 10 - Number(/(\d+) received/.exec(told)?.[1] ?? 0);
  return { meanMs: Number(/= [\d.]+\/([\d.]+)\//.exec(told)?.[1] ?? 0), lost };
}

export const cases: FaultCase[] = [
  {
    what: 'frames that are late by 200 ms each way',
    node: 'nfs02',
    make: (bounds) => withTraffic(delayed(between, { delayMs: 200, jitterMs: 20 }, bounds)),
    broken: async (lab) => (await pinged(lab)).meanMs > 350,
  },
  {
    what: 'half of the frames lost',
    node: 'nfs02',
    make: (bounds) => withTraffic(lossy(between, 0.5, bounds)),
    broken: async (lab) => (await pinged(lab)).lost >= 3,
  },
  {
    what: 'a line of 4000 bytes per second',
    node: 'nfs02',
    make: (bounds) => withTraffic(throttled(between, 4000, bounds)),
    broken: async (lab) => {
      const { meanMs, lost } = await pinged(lab);
      return meanMs > 350 || lost >= 3;
    },
  },
];

/** Between a client and the standby is silence: rules that no frame meets prove nothing. */
function withTraffic(fault: ReturnType<typeof delayed>): ReturnType<typeof delayed> {
  return {
    ...fault,
    inject: async (context) => {
      await fault.inject(context);
      await pinged(context.lab);
    },
  };
}
