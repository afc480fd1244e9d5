import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { InterruptedError, RigError, UsageError } from '../../errors.ts';
import { connectFabric, type FabricConnection } from '../../fabric/client.ts';
import { consoleBytes, lastConsoleLines } from '../../machines/console-file.ts';
import { SshMachine } from '../../machines/ssh.ts';
import { seedCommand, setClockCommand } from '../../machines/wake.ts';
import { didYouMean } from '../../nearest.ts';
import type { Platform } from '../../platform.ts';
import type { Lab } from '../../provider.ts';
import type { Topology } from '../../topology.ts';
import { together } from '../../together.ts';
import { waitFor } from '../../wait.ts';
import { hardwareOf, macAddress, type Accelerator, type MachineSpec, type SerialEnd } from './arguments.ts';
import { managementMac } from './base.ts';
import { createOverlay, quitMachine, saveState, sshPort, startMachine } from './machine.ts';
import { fenceSocket, machineSockets, nicSocket, nodeFiles, serialSocket } from './paths.ts';
import { endMachine, killNow, livingProcess } from './process.ts';
import { processesIn } from './running.ts';
import { connectQmp, type Qmp } from '../../qmp.ts';

/** What a later process needs to attach: `.lab/<name>/machines.json`. Holds the keys of the lab, mode 0600. */
export const Machines = z.strictObject({
  /** Version of the machines' build and of QEMU: a state saved under another one is not loaded. */
  stateVersion: z.string(),
  kernel: z.string(),
  initrd: z.string(),
  accelerator: z.strictObject({ name: z.enum(['kvm', 'tcg']), threads: z.enum(['multi', 'single']) }),
  privateKey: z.string(),
  publicKey: z.string(),
  hostKeys: z.record(z.string(), z.string()),
});
export type Machines = z.infer<typeof Machines>;

export interface LabPlace {
  name: string;
  topology: Topology;
  platform: Platform;
  /** `.lab/<name>` */
  state: string;
  runtime: string;
  machines: Machines;
  hostFacts: Readonly<Record<string, string>>;
}

const bootTimeoutMs = 300_000;

/** The command line of a node's machine. */
export function machineSpec(place: LabPlace, node: string): MachineSpec {
  const definition = place.topology.nodes.find((each) => each.name === node);
  if (definition === undefined) throw noSuchNode(place.topology, node);
  const files = nodeFiles(place.state, node);
  const serial = serialEnd(place, node);
  return {
    name: `${place.name}-${node}`,
    hardware: hardwareOf(definition, place.topology),
    accelerator: place.machines.accelerator satisfies Accelerator,
    files: {
      kernel: place.machines.kernel,
      initrd: place.machines.initrd,
      disk: files.disk,
      console: files.console,
      ...machineSockets(place.runtime, node),
    },
    macs: {
      management: managementMac,
      nics: definition.nics.map((nic) => macAddress(place.name, node, nic.name)),
    },
    nicSockets: definition.nics.map((nic) => nicSocket(place.runtime, node, nic.name)),
    ...(serial === undefined ? {} : { serial }),
    ...(definition.role === 'server' ? { fenceSocket: fenceSocket(place.runtime, node) } : {}),
  };
}

function serialEnd({ topology, runtime }: LabPlace, node: string): SerialEnd | undefined {
  const line = topology.serialLines?.find(({ between }) => between.includes(node));
  if (line === undefined) return undefined;
  const [listener] = line.between;
  return { socket: serialSocket(runtime, listener), listens: node === listener };
}

/** File into which a node's machine can be saved. */
export function outgoingFile(place: LabPlace, node: string): string {
  return join(nodeFiles(place.state, node).directory, 'saved');
}

/**
 * Attaches to machines that run. With `watch`, a machine that dies breaks the lab; a command that only looks in leaves the
 * monitors, which serve one client at a time, to the others.
 * @throws RigError when one does not answer its monitor
 */
export async function openLab(place: LabPlace, { watch: watchAll }: { watch: boolean }): Promise<Lab> {
  const { topology, state, runtime } = place;
  const names = topology.nodes.map((node) => node.name);
  const fabric: FabricConnection = await connectFabric(runtime);
  const monitors = new Map<string, Qmp>();
  const mayBeDown = new Set<string>();
  /** NICs whose cable is out, as `<node> <nic>`. */
  const pulled = new Set<string>();
  let closing = false;
  let tellBroken: (error: Error) => void = () => undefined;
  const broken = new Promise<never>((_, reject) => {
    tellBroken = reject;
  });
  broken.catch(() => undefined);
  void fabric.lost.then((error) => {
    tellBroken(new RigError(`the fabric died: ${error.message}`, `see ${join(runtime, 'fabric.log')}`));
  });

  const lastLines = (node: string, lines: number, fromByte?: number): Promise<string> =>
    lastConsoleLines(nodeFiles(state, node).console, lines, fromByte);
  const watch = (node: string, qmp: Qmp): void => {
    monitors.set(node, qmp);
    void qmp.ended.then(async () => {
      if (closing || mayBeDown.has(node) || monitors.get(node) !== qmp) return;
      tellBroken(
        new RigError(`the machine of ${node} died; last lines of its console:\n${await lastLines(node, 15)}`),
      );
    });
  };
  const connecting = new Map<string, Promise<Qmp>>();
  const monitorOf = async (node: string): Promise<Qmp> => {
    const held = monitors.get(node);
    if (held !== undefined) return held;
    const opening = connecting.get(node) ?? connectMonitor(node);
    connecting.set(node, opening);
    try {
      return await opening;
    } finally {
      connecting.delete(node);
    }
  };
  const connectMonitor = async (node: string): Promise<Qmp> => {
    const spec = machineSpec(place, node);
    if ((await livingProcess(spec.files.pidFile, spec.files.qmp)) === undefined)
      throw new RigError(`the machine of ${node} does not run`, `lab up`);
    const qmp = await connectQmp(spec.files.qmp, node);
    watch(node, qmp);
    return qmp;
  };

  const machines = names.map(
    (name) =>
      new SshMachine(name, async () => {
        if (closing) throw new RigError(`the lab ${place.name} was closed`);
        return {
          host: '127.0.0.1',
          port: await sshPort(machineSockets(runtime, name).qmp, name),
          user: 'root',
          privateKey: place.machines.privateKey,
          hostKey: place.machines.hostKeys[name] ?? '',
          ...(place.platform.ssh === undefined ? {} : { algorithms: place.platform.ssh }),
        };
      }),
  );
  const machine = (node: string): SshMachine => {
    const found = machines.find((each) => each.name === node);
    if (found === undefined) throw noSuchNode(topology, node);
    return found;
  };
  const dropMonitor = (node: string): void => {
    const qmp = monitors.get(node);
    monitors.delete(node);
    qmp?.close();
  };
  const powerOff = async (node: string): Promise<void> => {
    mayBeDown.add(node);
    const spec = machineSpec(place, node);
    const pid = await livingProcess(spec.files.pidFile, spec.files.qmp);
    if (pid !== undefined) await killNow(pid);
    dropMonitor(node);
    await endMachine(spec.files);
    machine(node).setAway('its power is off');
  };
  /** Connection, clock and random generator of a machine that has just come to life. */
  const awaken = async (node: string, timeoutMs: number, signal?: AbortSignal): Promise<void> => {
    const target = machine(node);
    target.setAway(undefined);
    target.wallClock.reset();
    target.monotonicClock.reset();
    await waitFor(
      `${node} to answer SSH`,
      async () => {
        await target.exec(`${setClockCommand()}; ${seedCommand()}`, { timeoutMs: 20_000 });
        return { done: true, value: true };
      },
      { timeoutMs, everyMs: 300, signal },
    );
  };

  const lab: Lab = {
    name: place.name,
    provider: 'qemu',
    accelerator: place.machines.accelerator.name,
    topology,
    platform: place.platform,
    machine,
    machines,
    network: fabric,
    fabric,
    hostFacts: place.hostFacts,
    hostProcesses: () => processesIn(place.runtime),
    broken,
    power: async (node, wanted) => {
      await powerOff(node);
      if (wanted === 'off') return;
      const qmp = await startMachine(machineSpec(place, node), { outgoing: outgoingFile(place, node) });
      // A new process has every cable in.
      for (const { name: nic } of topology.nodes.find((each) => each.name === node)?.nics ?? [])
        if (pulled.has(`${node} ${nic}`)) await qmp.command('set_link', { name: nic, up: false });
      mayBeDown.delete(node);
      watch(node, qmp);
    },
    powerState: async (node) => {
      const spec = machineSpec(place, node);
      if ((await livingProcess(spec.files.pidFile, spec.files.qmp)) === undefined) return 'off';
      const { status } = z
        .looseObject({ status: z.string() })
        .parse(await (await monitorOf(node)).command('query-status'));
      if (status === 'running') return 'running';
      // `prelaunch`: its peer has fenced it off.
      return ['shutdown', 'guest-panicked', 'prelaunch'].includes(status) ? 'off' : 'paused';
    },
    pause: async (node) => {
      await (await monitorOf(node)).command('stop');
    },
    resume: async (node) => {
      await (await monitorOf(node)).command('cont');
    },
    link: async (node, nic, wanted) => {
      await (await monitorOf(node)).command('set_link', { name: nic, up: wanted === 'up' });
      if (wanted === 'up') pulled.delete(`${node} ${nic}`);
      else pulled.add(`${node} ${nic}`);
    },
    reachable: (node, timeoutMs, signal) => awaken(node, timeoutMs, signal),
    console: lastLines,
    consoleBytes: (node) => consoleBytes(nodeFiles(state, node).console),
    snapshot: async (name, progress, signal) => {
      await progress.step('freeze the lab', async () => {
        const qmps = new Map<string, Qmp>();
        for (const node of names) qmps.set(node, await monitorOf(node));
        if (signal.aborted) throw new InterruptedError();
        for (const node of names) mayBeDown.add(node);
        await Promise.all([...qmps.values()].map((qmp) => qmp.command('stop')));
        await Promise.all([...qmps].map(([node, qmp]) => saveState(qmp, node)));
        await Promise.all(
          [...qmps].map(async ([node, qmp]) => {
            await quitMachine(qmp, machineSpec(place, node).files);
            monitors.delete(node);
            machine(node).disconnect();
          }),
        );
        await keepSnapshot(place, name);
      });
      await resumeFrom(place, name, async (node, qmp) => {
        mayBeDown.delete(node);
        watch(node, qmp);
        await awaken(node, bootTimeoutMs, signal);
      });
    },
    close: () => {
      closing = true;
      for (const each of machines) each.disconnect();
      for (const qmp of monitors.values()) qmp.close();
      monitors.clear();
      fabric.close();
    },
  };
  try {
    if (watchAll) await together(names.map((node) => () => monitorOf(node)));
  } catch (error) {
    lab.close();
    throw error;
  }
  return lab;
}

export function snapshotDirectory(state: string, name: string): string {
  return join(state, 'snapshots', name);
}

/** Moves disks and saved memories of all ended machines into the snapshot's folder; it appears as a whole or not at all. */
async function keepSnapshot(place: LabPlace, name: string): Promise<void> {
  const target = snapshotDirectory(place.state, name);
  const fresh = `${target}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  for (const { name: node } of place.topology.nodes) {
    await rename(nodeFiles(place.state, node).disk, join(fresh, `${node}.qcow2`));
    await rename(outgoingFile(place, node), join(fresh, `${node}.memory`));
  }
  await writeFile(join(fresh, 'complete'), `${new Date().toISOString()}\n`);
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target);
}

/**
 * Starts every machine from a snapshot, on a fresh overlay of its frozen disk, and lets all of them go at one instant once
 * every one is loaded.
 */
export async function resumeFrom(
  place: LabPlace,
  name: string,
  onRunning: (node: string, qmp: Qmp) => Promise<void>,
): Promise<void> {
  const directory = snapshotDirectory(place.state, name);
  const started = await together(
    place.topology.nodes.map(({ name: node }) => async () => {
      const files = nodeFiles(place.state, node);
      await mkdir(files.directory, { recursive: true });
      await createOverlay(files.disk, join(directory, `${node}.qcow2`), 'qcow2');
      await writeFile(files.console, '');
      const qmp = await startMachine(machineSpec(place, node), {
        incoming: join(directory, `${node}.memory`),
        outgoing: outgoingFile(place, node),
      });
      return [node, qmp] as const;
    }),
  );
  await Promise.all(started.map(([, qmp]) => qmp.command('cont')));
  await Promise.all(started.map(([node, qmp]) => onRunning(node, qmp)));
}

function noSuchNode(topology: Topology, node: string): UsageError {
  const names = topology.nodes.map((each) => each.name);
  return new UsageError(`there is no node ${JSON.stringify(node)} in this lab`, didYouMean(node, names));
}
