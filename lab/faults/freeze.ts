import type { Fault, FaultContext } from '../fault.ts';
import { waitFor } from '../wait.ts';
import type { FaultBounds } from './parts/bounds.ts';
import { untilSilent } from './parts/silence.ts';

/**
 * The node stands still between two instructions: it hears nothing, says nothing, and does not know of it. Thawed, it goes on
 * as if no time had passed. Connections to it stay open, so that what it says after its return is heard from the first line on.
 */
export function freeze({ provenWithinMs = 30_000 }: Pick<FaultBounds, 'provenWithinMs'> = {}): Fault {
  const power = async (
    { lab, node, signal }: FaultContext,
    wanted: 'paused' | 'running',
    timeoutMs: number,
  ): Promise<void> => {
    await waitFor(
      `${node} to be ${wanted}`,
      async () => {
        const state = await lab.powerState(node);
        return state === wanted ? { done: true, value: true } : { done: false, state };
      },
      { timeoutMs, everyMs: 100, signal },
    );
  };
  return {
    name: 'freeze',
    title: 'freeze',
    needs: ['pause'],

    inject: async ({ lab, node }) => {
      await lab.pause(node);
    },

    proven: async (context) => {
      const { lab, node } = context;
      await power(context, 'paused', provenWithinMs);
      const { sentence } = await untilSilent(context, provenWithinMs);
      // Not lost: what it held it still holds when it goes on.
      return { proof: [`${lab.provider} says that ${node} stands still`, sentence] };
    },

    heal: async ({ lab, node }) => {
      if ((await lab.powerState(node)) !== 'paused') return;
      // Its clocks stood still too: what was read of them before is wrong by as long as the freeze lasted.
      lab.machine(node).wallClock.reset();
      lab.machine(node).monotonicClock.reset();
      await lab.resume(node);
    },

    healed: async (context) => {
      await power(context, 'running', 10_000);
      await waitFor(
        `${context.node} to answer`,
        async () => {
          await context.lab.machine(context.node).exec('true', { timeoutMs: 10_000 });
          return { done: true, value: true };
        },
        { timeoutMs: 60_000, everyMs: 250, signal: context.signal },
      );
    },
  };
}
