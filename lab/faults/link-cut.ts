import { UsageError } from '../errors.ts';
import type { Fault } from '../fault.ts';
import type { Machine } from '../machine.ts';
import { shellQuote } from '../quote.ts';
import type { Topology } from '../topology.ts';
import { waitFor } from '../wait.ts';
import type { FaultBounds } from './parts/bounds.ts';
import { untilSilent } from './parts/silence.ts';

/** The cable of a NIC is out: the guest loses carrier, and no frame comes or goes. */
export function linkCut(
  nic: string,
  { provenWithinMs = 30_000 }: Pick<FaultBounds, 'provenWithinMs'> = {},
): Fault {
  return {
    name: 'link-cut',
    title: `the cable of ${nic} is out`,
    needs: ['link'],

    inject: async ({ lab, node }) => {
      await lab.link(node, nic, 'down');
    },

    proven: async (context) => {
      const { lab, node, signal } = context;
      await carrier(lab.machine(node), nic, '0', provenWithinMs, signal);
      const { sentence } = await untilSilent(context, provenWithinMs, {
        network: networkOf(lab.topology, node, nic),
        where: `${nic} of ${node}`,
      });
      return { proof: [`${nic} of ${node} has lost carrier (its own kernel)`, sentence] };
    },

    heal: async ({ lab, node }) => {
      await lab.link(node, nic, 'up');
    },

    healed: async ({ lab, node, signal }) => {
      await carrier(lab.machine(node), nic, '1', 30_000, signal);
    },
  };
}

function networkOf({ nodes }: Topology, node: string, nic: string): string {
  const found = nodes.find(({ name }) => name === node)?.nics.find(({ name }) => name === nic);
  if (found === undefined) throw new UsageError(`${node} has no NIC ${nic}`);
  return found.network;
}

async function carrier(
  machine: Machine,
  nic: string,
  wanted: '0' | '1',
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  await waitFor(
    `${nic} of ${machine.name} to ${wanted === '1' ? 'have' : 'lose'} carrier`,
    async () => {
      const { stdout } = await machine.exec(`cat ${shellQuote(`/sys/class/net/${nic}/carrier`)}`, {
        timeoutMs: 10_000,
        signal,
      });
      return stdout.trim() === wanted
        ? { done: true, value: true }
        : { done: false, state: `carrier ${stdout.trim()}` };
    },
    { timeoutMs, everyMs: 100, signal },
  );
}
