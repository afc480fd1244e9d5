import { access, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { HostError, RigError } from '../errors.ts';
import { startFabric, stopFabric } from '../fabric/start.ts';
import { availableMemoryMib, neededMemoryMib } from '../host/capacity.ts';
import { generateKeyPair } from '../machines/ssh.ts';
import type { Progress } from '../progress.ts';
import type { Capability, Lab, LabRequest, Provider } from '../provider.ts';
import { together } from '../together.ts';
import { serversOf } from '../topology.ts';
import { proveAccelerator } from './qemu/accelerator.ts';
import { hardwareOf } from './qemu/arguments.ts';
import { ensureBase, stateVersion } from './qemu/base.ts';
import { giveIdentity } from './qemu/give-identity.ts';
import { ensureImage } from './qemu/image.ts';
import {
  Machines,
  machineSpec,
  openLab,
  outgoingFile,
  resumeFrom,
  snapshotDirectory,
  type LabPlace,
} from './qemu/lab.ts';
import { removeCacheLeftovers } from './qemu/leftovers.ts';
import { createOverlay, startMachine } from './qemu/machine.ts';
import {
  fenceSocket,
  isOurs,
  machineSockets,
  makePrivate,
  nicSocket,
  nodeFiles,
  runtimeDirectory,
  runtimeRoot,
} from './qemu/paths.ts';
import { endMachine, killAll, livingProcess, qemuVersion, strayProcesses } from './qemu/process.ts';
import type { Qmp } from '../qmp.ts';

const capabilities: ReadonlySet<Capability> = new Set([
  'power',
  'pause',
  'link',
  'snapshot',
  'network-rules',
  'fabric',
  'fence',
]);
const controlSocket = 'fabric.sock';

/** The embedded provider: plain QEMU, no root, no Vagrant. `home` is the folder that holds the labs' state folders. */
export function qemuProvider({ home }: { home: string }): Provider {
  return {
    name: 'qemu',
    capabilities,
    resumesUp: false,
    up: async (request, progress, signal) => {
      const attached = await attach(home, request);
      return attached ?? (await cloneFromBase(home, request, progress, signal));
    },
    attach: (request) => attach(home, request),
    restore: (request, snapshot, progress, signal) => restore(home, request, snapshot, progress, signal),
    destroy: async (name, { purge }) => {
      const state = join(home, name);
      const runtime = runtimeDirectory(state);
      await endRuntime(runtime);
      if (purge) await rm(state, { recursive: true, force: true });
      else await rm(join(state, 'nodes'), { recursive: true, force: true });
    },
  };
}

/**
 * Ends every machine and fabric of this user, of all labs and of base machines that were booting, wherever the labs' state
 * folders are, and removes their runtime folders and what killed builders left in the cache.
 * @returns the state folders of the labs that were ended
 */
export async function endEverything(): Promise<string[]> {
  await removeCacheLeftovers();
  const root = runtimeRoot();
  if (!isOurs(root)) return [];
  const ended = await together(
    (await readdir(root)).map((entry) => async () => {
      const runtime = join(root, entry);
      const state = await readFile(join(runtime, 'state-folder'), 'utf8').catch(() => '');
      await endRuntime(runtime);
      if (!isAbsolute(state) || runtimeDirectory(state) !== runtime) return undefined;
      await rm(join(state, 'nodes'), { recursive: true, force: true });
      return state;
    }),
  );
  await rm(root, { recursive: true, force: true });
  return ended.filter((state) => state !== undefined);
}

async function endRuntime(runtime: string): Promise<void> {
  const nodes = (await readdir(runtime).catch(() => []))
    .filter((entry) => entry.endsWith('.pid') && entry !== 'fabric.pid')
    .map((entry) => entry.slice(0, -'.pid'.length));
  await together(nodes.map((node) => () => endMachine(machineSockets(runtime, node))));
  await killAll(await strayProcesses(runtime));
  await stopFabric(runtime);
  await rm(runtime, { recursive: true, force: true });
}

function placeOf(home: string, request: LabRequest, machines: Machines): LabPlace {
  const state = join(home, request.name);
  return {
    ...request,
    state,
    runtime: runtimeDirectory(state),
    machines,
    hostFacts: { cores: String(cpus().length), cpu: cpus()[0]?.model ?? 'unknown' },
  };
}

async function withHostFacts(place: LabPlace): Promise<LabPlace> {
  return { ...place, hostFacts: { ...place.hostFacts, qemu: await qemuVersion() } };
}

/** What the lab's machines are; undefined when that is not there, cannot be read, or lacks a node of the topology. */
async function readMachines(home: string, { name, topology }: LabRequest): Promise<Machines | undefined> {
  try {
    const text = await readFile(join(home, name, 'machines.json'), 'utf8');
    const machines = Machines.safeParse(JSON.parse(text)).data;
    const known = topology.nodes.every((node) => machines?.hostKeys[node.name] !== undefined);
    return known ? machines : undefined;
  } catch {
    return undefined;
  }
}

async function attach(home: string, request: LabRequest): Promise<Lab | undefined> {
  const machines = await readMachines(home, request);
  if (machines === undefined) return undefined;
  const place = placeOf(home, request, machines);
  for (const { name } of request.topology.nodes) {
    const { pidFile, qmp } = machineSockets(place.runtime, name);
    if ((await livingProcess(pidFile, qmp)) === undefined) return undefined;
  }
  try {
    return await openLab(await withHostFacts(place), { watch: false });
  } catch (error) {
    if (error instanceof RigError) return undefined;
    throw error;
  }
}

async function prepareRuntime(place: LabPlace): Promise<void> {
  await makePrivate(runtimeRoot());
  await makePrivate(place.runtime);
  await writeFile(join(place.runtime, 'state-folder'), place.state);
  const { topology, runtime } = place;
  await startFabric({
    directory: runtime,
    networks: topology.networks.map((network) => network.name),
    ports: topology.nodes.flatMap((node) =>
      node.nics.map((nic) => ({
        node: node.name,
        nic: nic.name,
        network: nic.network,
        socket: nicSocket('', node.name, nic.name),
      })),
    ),
    powerSwitch: serversOf(topology).map(({ name }) => ({
      node: name,
      channel: fenceSocket('', name),
      monitor: machineSockets('', name).switchQmp,
    })),
    controlSocket,
  });
}

async function currentStateVersion(): Promise<string> {
  return `${String(stateVersion)} on QEMU ${await qemuVersion()}`;
}

function ensureMemory(request: LabRequest): void {
  const needed = neededMemoryMib(request.topology.nodes.map((node) => node.memoryMib));
  const free = availableMemoryMib();
  if (free < needed)
    throw new HostError(
      `${String(needed)} MiB of memory are needed for the nodes, ${String(free)} MiB are free`,
      'end other labs (lab down --all) or other programs',
    );
}

async function restore(
  home: string,
  request: LabRequest,
  snapshot: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<Lab | undefined> {
  const machines = await readMachines(home, request);
  const directory = snapshotDirectory(join(home, request.name), snapshot);
  if (machines === undefined || !(await exists(join(directory, 'complete')))) return undefined;
  if (!(await exists(machines.kernel))) return undefined;
  if (machines.stateVersion !== (await currentStateVersion())) return undefined;
  const place = await withHostFacts(placeOf(home, request, machines));
  return await progress.step('restore the frozen lab', async () => {
    for (const { name } of request.topology.nodes) await endMachine(machineSockets(place.runtime, name));
    ensureMemory(request);
    return await startAll(place, signal, (onRunning) => resumeFrom(place, snapshot, onRunning));
  });
}

/**
 * Starts the fabric and the machines, then attaches to them: connection, clock, random generator. What was started is ended
 * when that fails. Rules that a killed command left in the fabric end here.
 */
async function startAll(
  place: LabPlace,
  signal: AbortSignal,
  start: (onRunning: (node: string, qmp: Qmp) => Promise<void>) => Promise<void>,
): Promise<Lab> {
  let lab: Lab | undefined;
  try {
    await prepareRuntime(place);
    await start((_node, qmp) => {
      qmp.close();
      return Promise.resolve();
    });
    const opened = await openLab(place, { watch: true });
    lab = opened;
    for (const rule of (await opened.fabric?.rules()) ?? []) await opened.fabric?.removeRule(rule.id);
    await together(
      place.topology.nodes.map(
        ({ name }) =>
          (inner) =>
            opened.reachable(name, 120_000, inner),
      ),
      signal,
    );
    return opened;
  } catch (error) {
    lab?.close();
    await endRuntime(place.runtime);
    throw error;
  }
}

async function cloneFromBase(
  home: string,
  request: LabRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<Lab> {
  const image = await ensureImage(request.platform, progress, signal);
  const accelerator = await progress.step('prove the accelerator', async (inner) => {
    const { why, ...proven } = await proveAccelerator(image.kernel);
    inner.note(why);
    return proven;
  });
  ensureMemory(request);
  const state = join(home, request.name);
  await rm(join(state, 'nodes'), { recursive: true, force: true });
  await rm(join(state, 'snapshots'), { recursive: true, force: true });
  await mkdir(state, { recursive: true, mode: 0o700 });
  const key = generateKeyPair(`lab ${request.name}`);
  const hostKeys = new Map(request.topology.nodes.map(({ name }) => [name, generateKeyPair(name)]));
  const machines: Machines = {
    stateVersion: await currentStateVersion(),
    kernel: image.kernel,
    initrd: image.initrd,
    accelerator,
    privateKey: key.privateKey,
    publicKey: key.publicKey,
    hostKeys: Object.fromEntries([...hostKeys].map(([name, pair]) => [name, pair.publicKey])),
  };
  await writeFile(join(state, 'machines.json'), JSON.stringify(machines), { mode: 0o600 });
  const place = await withHostFacts(placeOf(home, request, machines));
  const bases = new Map<string, Awaited<ReturnType<typeof ensureBase>>>();
  for (const node of request.topology.nodes) {
    const shape = JSON.stringify(hardwareOf(node, request.topology));
    if (!bases.has(shape))
      bases.set(
        shape,
        await ensureBase(image, hardwareOf(node, request.topology), accelerator, progress, signal),
      );
  }
  return await progress.step('clone the nodes', async () => {
    await endRuntime(place.runtime);
    return await startAll(place, signal, async (onRunning) => {
      await together(
        request.topology.nodes.map((node) => async (inner) => {
          const base = bases.get(JSON.stringify(hardwareOf(node, request.topology)));
          if (base === undefined) throw new RigError(`no base machine for ${node.name}`);
          const files = nodeFiles(state, node.name);
          await mkdir(files.directory, { recursive: true });
          await createOverlay(files.disk, base.disk, 'qcow2');
          const qmp = await startMachine(machineSpec(place, node.name), {
            incoming: base.memory,
            outgoing: outgoingFile(place, node.name),
          });
          await qmp.command('cont');
          await giveIdentity(place, image, node.name, hostKeys.get(node.name)?.privateKey ?? '', inner);
          await onRunning(node.name, qmp);
        }),
        signal,
      );
    });
  });
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
