import type { Fault } from '../fault.ts';
import { shellQuote } from '../quote.ts';
import { defaultTtlMs, type FaultBounds } from './parts/bounds.ts';
import { strike, undo } from './parts/guest-deed.ts';
import { untilItSays } from './parts/looks.ts';

const restoredWithinMs = 180_000;

/** A service of the node is stopped in order, as before maintenance; its own stop runs to the end. */
export function stopService(
  service: string,
  { ttlMs = defaultTtlMs, provenWithinMs = 180_000 }: FaultBounds = {},
): Fault {
  const unit = shellQuote(service);
  const id = `stop-service-${service}`;
  const state = `systemctl show -p ActiveState --value ${unit}`;
  return {
    name: 'stop-service',
    title: `${service} is stopped`,
    needs: [],
    ttlMs,

    inject: async (context) => {
      await strike(context, {
        id,
        strike: `systemctl stop --no-block ${unit}`,
        undo: `systemctl start --no-block ${unit}`,
        ttlMs,
      });
    },

    proven: async (context) => {
      const { node } = context;
      await untilItSays(
        context,
        `${service} of ${node} to be stopped`,
        state,
        (answer) => answer === 'inactive' || answer === 'failed',
        provenWithinMs,
      );
      return { proof: [`${service} of ${node} is stopped (its service manager)`] };
    },

    heal: async (context) => {
      await undo(context, id);
    },

    healed: async (context) => {
      const awaited = `${service} of ${context.node} to run`;
      await untilItSays(context, awaited, state, (answer) => answer === 'active', restoredWithinMs);
    },
  };
}
