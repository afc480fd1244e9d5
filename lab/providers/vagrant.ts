import { rm } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Box } from '../box.ts';
import { RigError } from '../errors.ts';
import type { Platform } from '../platform.ts';
import type { Progress } from '../progress.ts';
import type { Capability, Lab, LabRequest, Provider } from '../provider.ts';
import { together } from '../together.ts';
import { forgetLab, rememberLab } from './vagrant/all-labs.ts';
import type { Hypervisor, MachineId } from './vagrant/hypervisor.ts';
import { openVagrantLab, type VagrantPlace } from './vagrant/lab.ts';
import { makeMachines } from './vagrant/make.ts';
import { machineId, readState } from './vagrant/state.ts';
import { destroyMachines, madeMachines } from './vagrant/unmake.ts';

const capabilities: ReadonlySet<Capability> = new Set([
  'power',
  'pause',
  'link',
  'snapshot',
  'network-rules',
]);

export interface VagrantProviderOptions {
  /** Folder that holds the labs' folders. */
  home: string;
  hypervisor: Hypervisor;
  /** Whether the guests will run on software emulation. */
  emulated: (platform: Platform, progress: Progress, signal: AbortSignal) => Promise<boolean>;
  /** What the nodes are cloned from; known to Vagrant when this returns. */
  box: (platform: Platform, progress: Progress, signal: AbortSignal) => Promise<Box>;
}

/** Labs on machines that Vagrant makes. What Vagrant has no word for is done with the hypervisor's own tool. */
export function vagrantProvider({ home, hypervisor, emulated, box }: VagrantProviderOptions): Provider {
  const idsOf = async ({ name, topology }: LabRequest): Promise<MachineId[]> => {
    const found = await Promise.all(
      topology.nodes.map(async (node) => ({
        node,
        id: await machineId(join(home, name), node.name, hypervisor.name),
      })),
    );
    return found.flatMap(({ node, id }) => (id === undefined ? [] : [{ node, id }]));
  };

  /** undefined when a machine was never made to the end, or is gone behind Vagrant's back. */
  const placeOf = async (request: LabRequest): Promise<VagrantPlace | undefined> => {
    const directory = join(home, request.name);
    const state = await readState(directory, hypervisor.name, request.topology);
    const ids = await idsOf(request);
    const [first] = ids;
    if (state === undefined || first === undefined || ids.length < request.topology.nodes.length)
      return undefined;
    const states = await Promise.all(ids.map(({ id }) => hypervisor.state(id)));
    if (states.includes('missing')) return undefined;
    return {
      ...request,
      directory,
      state,
      hypervisor,
      ids: new Map(ids.map(({ node, id }) => [node.name, id])),
      accelerator: await hypervisor.accelerator(first.id),
      hostFacts: {
        cores: String(cpus().length),
        cpu: cpus()[0]?.model ?? 'unknown',
        box: state.box,
        ...state.versions,
        ...(await hypervisor.facts()),
      },
    };
  };

  /** The lab once every node answers; the machines stay as they are when one does not. */
  const opened = async (place: VagrantPlace, signal: AbortSignal): Promise<Lab> => {
    const lab = openVagrantLab(place, { watch: true });
    try {
      await together(
        lab.topology.nodes.map(
          ({ name }) =>
            (inner) =>
              lab.reachable(name, 300_000, inner),
        ),
        signal,
      );
      return lab;
    } catch (error) {
      lab.close();
      throw error;
    }
  };

  return {
    name: hypervisor.name,
    capabilities,
    resumesUp: true,
    up: async (request, progress, signal) => {
      const directory = join(home, request.name);
      // Machines that were made to the end may have been provisioned: they are not bare any more.
      if ((await readState(directory, hypervisor.name, request.topology)) !== undefined)
        await progress.step('remove the machines of before', (inner) =>
          destroyMachines(directory, { progress: inner, signal }),
        );
      await rememberLab({ directory, provider: hypervisor.name });
      await makeMachines({
        request,
        directory,
        hypervisor,
        emulated: await emulated(request.platform, progress, signal),
        box: await box(request.platform, progress, signal),
        progress,
        signal,
      });
      const place = await placeOf(request);
      if (place === undefined)
        throw new RigError(
          `vagrant up ended well, but not every machine is there in ${directory}`,
          'lab down --purge, then lab up',
        );
      return await opened(place, signal);
    },
    attach: async (request) => {
      const place = await placeOf(request);
      if (place === undefined) return undefined;
      const states = await Promise.all([...place.ids.values()].map((id) => hypervisor.state(id)));
      return states.every((state) => state === 'running')
        ? openVagrantLab(place, { watch: false })
        : undefined;
    },
    restore: async (request, snapshot, progress, signal) => {
      const place = await placeOf(request);
      const ids = await idsOf(request);
      if (place === undefined || !(await hypervisor.hasSnapshot(ids, snapshot))) return undefined;
      return await progress.step('restore the snapshot of all nodes', async () => {
        await hypervisor.restoreSnapshot(ids, snapshot);
        return await opened(place, signal);
      });
    },
    destroy: async (name, { purge }) => {
      const directory = join(home, name);
      if (!purge) {
        const ids = await madeMachines(directory, hypervisor.name);
        await together(ids.map((id) => () => hypervisor.powerOff(id)));
        return;
      }
      await destroyMachines(directory);
      await rm(directory, { recursive: true, force: true });
      await forgetLab(directory);
    },
  };
}

/** True when at least one machine of the lab runs. */
export async function runsOnVagrant(home: string, name: string, hypervisor: Hypervisor): Promise<boolean> {
  for (const id of await madeMachines(join(home, name), hypervisor.name)) {
    const state = await hypervisor.state(id);
    if (state === 'running' || state === 'paused') return true;
  }
  return false;
}
