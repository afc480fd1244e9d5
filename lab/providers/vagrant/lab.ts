import { join } from 'node:path';
import { RigError, UsageError, messageOf } from '../../errors.ts';
import { consoleBytes, lastConsoleLines } from '../../machines/console-file.ts';
import { SshMachine } from '../../machines/ssh.ts';
import { setClockCommand } from '../../machines/wake.ts';
import { didYouMean } from '../../nearest.ts';
import type { Platform } from '../../platform.ts';
import type { Lab } from '../../provider.ts';
import type { Node, Topology } from '../../topology.ts';
import { waitFor } from '../../wait.ts';
import { guestNetwork } from './guest-network.ts';
import type { Hypervisor, MachineId } from './hypervisor.ts';
import { keepSnapshot } from './snapshot.ts';
import type { VagrantState } from './state.ts';

export interface VagrantPlace {
  name: string;
  topology: Topology;
  platform: Platform;
  /** `.lab/<name>` */
  directory: string;
  state: VagrantState;
  hypervisor: Hypervisor;
  /** By node. */
  ids: ReadonlyMap<string, string>;
  accelerator: string;
  hostFacts: Readonly<Record<string, string>>;
}

const bootTimeoutMs = 600_000;
const lookEveryMs = 3000;

/** Attaches to machines that run. With `watch`, a machine that dies breaks the lab. */
export function openVagrantLab(place: VagrantPlace, { watch }: { watch: boolean }): Lab {
  const { topology, hypervisor, state, directory } = place;
  const names = topology.nodes.map((node) => node.name);
  const mayBeDown = new Set<string>();
  let closing = false;
  let tellBroken: (error: Error) => void = () => undefined;
  const broken = new Promise<never>((_, reject) => {
    tellBroken = reject;
  });
  broken.catch(() => undefined);

  const idOf = (node: string): MachineId => {
    const definition = topology.nodes.find((each) => each.name === node);
    const id = place.ids.get(node);
    if (definition === undefined || id === undefined) throw noSuchNode(topology.nodes, node);
    return { node: definition, id };
  };
  const everyId = names.map(idOf);
  const machines = names.map(
    (node) =>
      new SshMachine(node, () => {
        if (closing) throw new RigError(`the lab ${place.name} was closed`);
        return Promise.resolve(endpointOf(place, node));
      }),
  );
  const machine = (node: string): SshMachine => {
    const found = machines.find((each) => each.name === node);
    if (found === undefined) throw noSuchNode(topology.nodes, node);
    return found;
  };
  const awaken = async (node: string, timeoutMs: number, signal?: AbortSignal): Promise<void> => {
    const target = machine(node);
    target.setAway(undefined);
    target.wallClock.reset();
    target.monotonicClock.reset();
    await waitFor(
      `${node} to answer SSH`,
      async () => {
        await target.exec(setClockCommand(), { timeoutMs: 20_000 });
        return { done: true, value: true };
      },
      { timeoutMs, everyMs: 500, signal },
    );
  };
  const lastLines = (node: string, lines: number, fromByte?: number): Promise<string> =>
    lastConsoleLines(consoleFile(directory, node), lines, fromByte);
  let looking = false;
  const lookAround = async (): Promise<void> => {
    for (const { node, id } of everyId) {
      if (mayBeDown.has(node.name)) continue;
      const seen = await hypervisor.state(id);
      if (seen === 'running' || seen === 'paused' || mayBeDown.has(node.name)) continue;
      const words = await lastLines(node.name, 15);
      tellBroken(
        new RigError(`the machine of ${node.name} is ${seen}; last lines of its console:\n${words}`),
      );
    }
  };
  const timer = watch
    ? setInterval(() => {
        if (looking) return;
        looking = true;
        lookAround()
          .catch((error: unknown) => {
            tellBroken(new RigError(`${hypervisor.name} does not answer: ${messageOf(error)}`));
          })
          .finally(() => {
            looking = false;
          });
      }, lookEveryMs).unref()
    : undefined;
  const network = guestNetwork({
    topology,
    machine,
    macOf: (node, nic) => state.nodes[node]?.macs[nic] ?? '',
  });

  return {
    name: place.name,
    provider: hypervisor.name,
    accelerator: place.accelerator,
    topology,
    platform: place.platform,
    machine,
    machines,
    network,
    fabric: undefined,
    hostFacts: place.hostFacts,
    broken,
    power: async (node, wanted) => {
      mayBeDown.add(node);
      const { id } = idOf(node);
      await hypervisor.powerOff(id);
      machine(node).setAway('its power is off');
      if (wanted === 'off') return;
      await hypervisor.powerOn(id);
      mayBeDown.delete(node);
    },
    powerState: async (node) => {
      const seen = await hypervisor.state(idOf(node).id);
      return seen === 'running' || seen === 'paused' ? seen : 'off';
    },
    pause: (node) => hypervisor.pause(idOf(node).id),
    resume: (node) => hypervisor.resume(idOf(node).id),
    link: (node, nic, wanted) => hypervisor.link(idOf(node), nic, wanted),
    reachable: awaken,
    console: lastLines,
    consoleBytes: (node) => consoleBytes(consoleFile(directory, node)),
    shellAccess: (node) => {
      const { host, port, user, privateKey, hostKey } = endpointOf(place, node);
      return Promise.resolve({ host, port, user, privateKey, hostKey });
    },
    snapshot: async (name, progress, signal) => {
      await progress.step('keep a snapshot of all nodes', async () => {
        for (const each of machines) each.disconnect();
        await hypervisor.takeSnapshot(everyId, name);
        await keepSnapshot(directory, name);
      });
      await Promise.all(names.map((node) => awaken(node, bootTimeoutMs, signal)));
    },
    close: () => {
      closing = true;
      clearInterval(timer);
      network.close();
      for (const each of machines) each.disconnect();
    },
  };
}

function endpointOf(
  { state, platform }: VagrantPlace,
  node: string,
): { host: string; port: number; user: string; privateKey: string; hostKey: string } & {
  algorithms?: NonNullable<Platform['ssh']>;
} {
  const known = state.nodes[node];
  if (known === undefined) throw new RigError(`nothing is known of a machine ${node}`);
  return {
    ...known.ssh,
    user: 'root',
    privateKey: state.privateKey,
    hostKey: known.hostKey,
    ...(platform.ssh === undefined ? {} : { algorithms: platform.ssh }),
  };
}

/** The serial console of a node, which its hypervisor writes. */
export function consoleFile(directory: string, node: string): string {
  return join(directory, 'nodes', node, 'console.log');
}

function noSuchNode(nodes: readonly Node[], node: string): UsageError {
  return new UsageError(
    `there is no node ${JSON.stringify(node)} in this lab`,
    didYouMean(
      node,
      nodes.map((each) => each.name),
    ),
  );
}
