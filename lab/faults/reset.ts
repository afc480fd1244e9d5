import type { Fault } from '../fault.ts';
import type { FaultBounds } from './parts/bounds.ts';
import { untilSilent } from './parts/silence.ts';
import { waitFor } from '../wait.ts';

const bootTimeoutMs = 600_000;
const bootId = 'cat /proc/sys/kernel/random/boot_id';

/** The reset button: power is cut and back at once; the node boots. */
export function reset({ provenWithinMs = 30_000 }: Pick<FaultBounds, 'provenWithinMs'> = {}): Fault {
  let before: string | undefined;
  return {
    name: 'reset',
    title: 'reset',
    needs: ['power'],

    inject: async ({ lab, node, signal }) => {
      before = (await lab.machine(node).exec(bootId, { signal })).stdout.trim();
      await lab.power(node, 'off');
      await lab.power(node, 'on');
    },

    proven: async (context) => {
      const { lastMs, sentence } = await untilSilent(context, provenWithinMs);
      return { lostMs: lastMs, proof: [sentence] };
    },

    heal: async ({ lab, node }) => {
      if ((await lab.powerState(node)) === 'off') await lab.power(node, 'on');
    },

    healed: async ({ lab, node, signal }) => {
      await lab.reachable(node, bootTimeoutMs, signal);
      await waitFor(
        `${node} to run another boot than before`,
        async () => {
          const now = (await lab.machine(node).exec(bootId, { signal })).stdout.trim();
          return now !== before ? { done: true, value: true } : { done: false, state: `still boot ${now}` };
        },
        { timeoutMs: 10_000, everyMs: 500, signal },
      );
    },
  };
}
