import { UsageError } from '../errors.ts';
import type { Fault } from '../fault.ts';
import type { Machine } from '../machine.ts';
import { shellQuote } from '../quote.ts';
import { linkOf, type Topology } from '../topology.ts';
import { waitFor } from '../wait.ts';
import type { FaultBounds } from './parts/bounds.ts';
import { untilSilent } from './parts/silence.ts';

/**
 * The link of a NIC is out: the guest loses carrier, and no frame comes or goes. It is one cable, or where the NIC is in a bond,
 * the cables of all of it: without one of them the bond goes on, and nobody loses anything.
 */
export function linkCut(
  nic: string,
  { provenWithinMs = 30_000 }: Pick<FaultBounds, 'provenWithinMs'> = {},
): Fault {
  return {
    name: 'link-cut',
    title: `the link of ${nic} is out`,
    needs: ['link'],

    inject: async ({ lab, node }) => {
      for (const each of cablesOf(lab.topology, node, nic)) await lab.link(node, each, 'down');
    },

    proven: async (context) => {
      const { lab, node, signal } = context;
      const cables = cablesOf(lab.topology, node, nic);
      for (const each of cables) await carrier(lab.machine(node), each, '0', provenWithinMs, signal);
      const all = cables.join(', ');
      const { sentence } = await untilSilent(context, provenWithinMs, {
        network: networkOf(lab.topology, node, nic),
        where: `${all} of ${node}`,
      });
      return {
        proof: [
          `${all} of ${node} ${cables.length === 1 ? 'has' : 'have'} lost carrier (its own kernel)`,
          sentence,
        ],
      };
    },

    heal: async ({ lab, node }) => {
      for (const each of cablesOf(lab.topology, node, nic)) await lab.link(node, each, 'up');
    },

    healed: async ({ lab, node, signal }) => {
      for (const each of cablesOf(lab.topology, node, nic))
        await carrier(lab.machine(node), each, '1', 30_000, signal);
    },
  };
}

function cablesOf({ nodes }: Topology, node: string, nic: string): readonly string[] {
  const found = nodes.find(({ name }) => name === node);
  return found === undefined ? [nic] : linkOf(found, nic);
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
