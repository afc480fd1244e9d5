import type { Fault } from '../fault.ts';
import type { FaultBounds } from './parts/bounds.ts';
import { untilSilent } from './parts/silence.ts';
import { waitFor } from '../wait.ts';

const bootTimeoutMs = 600_000;

/** The plug is pulled: no signal, no handler, nothing that the node could notice. */
export function powerOff({ provenWithinMs = 30_000 }: Pick<FaultBounds, 'provenWithinMs'> = {}): Fault {
  return {
    name: 'power-off',
    title: 'power off',
    needs: ['power'],

    inject: async ({ lab, node }) => {
      await lab.power(node, 'off');
    },

    proven: async (context) => {
      const { lab, node, signal } = context;
      await waitFor(
        `${node} to be off`,
        async () => {
          const state = await lab.powerState(node);
          return state === 'off' ? { done: true, value: true } : { done: false, state };
        },
        { timeoutMs: provenWithinMs, everyMs: 100, signal },
      );
      const { lastMs, sentence } = await untilSilent(context, provenWithinMs);
      return { lostMs: lastMs, proof: [`${lab.provider} has no power on ${node}`, sentence] };
    },

    // A machine that runs already is left alone: switching it on again would cut its power once more.
    heal: async ({ lab, node }) => {
      if ((await lab.powerState(node)) === 'off') await lab.power(node, 'on');
    },

    healed: async ({ lab, node, signal }) => {
      await lab.reachable(node, bootTimeoutMs, signal);
    },
  };
}
