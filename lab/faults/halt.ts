import { hostNowMs } from '../clock.ts';
import type { Fault } from '../fault.ts';
import { waitFor } from '../wait.ts';

/** No frame for this long, from a node whose cluster stack sends at least every second or two, counts as silence. */
const silenceMs = 3000;
const bootTimeoutMs = 600_000;

/** The articles' `halt -f`: the kernel stops at once, no service is told, the machine stays powered and silent. */
export const halt: Fault = haltProvenWithin(60_000);

/** The same with another bound for its proof. */
export function haltProvenWithin(provenWithinMs: number): Fault {
  return {
    name: 'halt',
    title: 'halt -f',
    needs: ['power'],

    inject: async ({ lab, node, signal }) => {
      const machine = lab.machine(node);
      await machine.exec(`(sleep 0.2; ${lab.platform.haltNowCommand}) </dev/null >/dev/null 2>&1 &`, {
        signal,
      });
    },

    proven: async ({ lab, node, consoleFromByte, signal }) => {
      const { network } = lab;
      const lastFrameMs = await waitFor(
        `${node} to fall silent on the network`,
        async () => {
          const last = await network.lastFrameFromMs(node);
          if (last === null) return { done: false, state: 'it never sent a frame' };
          const silentMs = hostNowMs() - last;
          return silentMs >= silenceMs
            ? { done: true, value: last }
            : { done: false, state: `last frame ${silentMs.toFixed(0)} ms ago` };
        },
        { timeoutMs: provenWithinMs, everyMs: 200, signal },
      );
      await waitFor(
        `the kernel of ${node} to stop`,
        async () => {
          const seen = await lab.console(node, 20, consoleFromByte);
          return seen.includes('System halted')
            ? { done: true, value: true }
            : { done: false, state: seen.split('\n').at(-1) ?? '' };
        },
        { timeoutMs: provenWithinMs, everyMs: 200, signal },
      );
      lab.machine(node).setAway('it was halted');
      return {
        lostMs: lastFrameMs,
        proof: [
          `${network.witness === 'fabric' ? 'the fabric' : 'the other guests'} saw no frame from ${node} for ${String(silenceMs / 1000)} s after its last one`,
          `the console of ${node} says "reboot: System halted"`,
        ],
      };
    },

    liftedByCluster: async ({ lab, node }, struckMs) => {
      const fencings = (await lab.fabric?.fencings()) ?? [];
      const fenced = fencings.find((each) => each.node === node && each.atMs >= struckMs);
      return fenced?.state === 'on'
        ? `${fenced.by} has had ${node} powered ${fenced.action === 'on' ? 'on' : 'off and on'} ${((hostNowMs() - fenced.atMs) / 1000).toFixed(1)} s ago; it boots by itself`
        : undefined;
    },

    heal: async ({ lab, node }) => {
      await lab.power(node, 'on');
    },

    healed: async ({ lab, node, signal }) => {
      await lab.reachable(node, bootTimeoutMs, signal);
    },
  };
}
