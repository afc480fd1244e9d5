import { messageOf } from '../errors.ts';
import type { Machine, RunningCommand } from '../machine.ts';
import type { Lab } from '../provider.ts';
import type { Monitor, Service } from '../stack.ts';
import { together } from '../together.ts';
import { clientsOf } from '../topology.ts';
import type { Journal } from './journal.ts';
import { sightingNotes } from './sightings.ts';
import type { LabSpec } from './spec.ts';

/** What watches a run: the network between the nodes, the monitors of the stack inside the nodes, and the nodes' clocks. */
export interface Witnesses {
  /** Begins to watch a node again that was started anew. */
  rejoin(node: string): Promise<void>;
  /** No reading of this node's clock until it rejoins: it is about to be broken. */
  leave(node: string): void;
  /** Safe twice. In a hurry it leaves out the last reading of the clocks. */
  stop(options?: { hurry: boolean }): Promise<void>;
}

const calibrateEveryMs = 2000;
/** A node that the cluster has fenced boots by itself, or never. */
const fencedBootMs = 600_000;
/** What is assumed of an event that carries no clock of its own: the way from the guest to here. */
const arrivalUncertaintyMs = 50;

export async function startWitnesses(
  lab: Lab,
  { stack, settings }: Pick<LabSpec, 'stack' | 'settings'>,
  service: Pick<Service, 'address' | 'furtherAddresses' | 'tcpPort'>,
  journal: Journal,
): Promise<Witnesses> {
  const running = new Map<Monitor, { command: RunningCommand; ended: boolean }>();
  let monitors: Monitor[] | undefined;
  const away = new Set<string>();
  const fenced = new Set<string>();
  const booting: Promise<void>[] = [];
  let stopped = false;
  const over = new AbortController();
  const source = lab.network.witness === 'fabric' ? 'fabric' : 'capture';
  // Guests date what they see by their own clocks, which have to be known before the first frame.
  if (source === 'capture') await Promise.all(lab.machines.map((machine) => machine.calibrate(8)));
  const addresses = [service.address, ...(service.furtherAddresses ?? [])];
  const noteSighting = sightingNotes(lab, journal, addresses, () => ({
    source,
    uncertaintyMs: sightingUncertaintyMs(lab),
  }));
  const observation = await lab.network.observe(
    {
      arp: true,
      holderOf: addresses,
      announcerOf: addresses,
      serverOf: addresses,
      tcpPort: service.tcpPort,
      fencing: true,
    },
    (sighting) => {
      if (sighting.kind === 'fencing' && sighting.outcome === 'done' && sighting.action !== 'on')
        booting.push(watchAfterBoot(sighting.target));
      noteSighting(sighting);
    },
  );
  const watch = async (node: string): Promise<void> => {
    await lab.machine(node).calibrate(8);
    if (stopped) return;
    // What survived a fault goes on: a second one of the same would tell everything twice.
    monitors ??= stack.monitors(lab, settings);
    const lacking = monitors.filter((each) => each.node === node && running.get(each)?.ended !== false);
    await Promise.all(
      lacking.map(async (monitor) => {
        const isMissed = (): boolean => !stopped && !away.has(node);
        const command = await startMonitor(lab.machine(node), monitor, journal, isMissed);
        const started = { command, ended: false };
        running.set(monitor, started);
        void command.ended.then(() => {
          started.ended = true;
        });
      }),
    );
  };
  /** What was fenced has lost its monitors: they begin again when it has booted, or when the fault that stands on it is healed. */
  const watchAfterBoot = async (node: string): Promise<void> => {
    fenced.add(node);
    lab.machine(node).disconnect();
    if (away.has(node)) return;
    away.add(node);
    try {
      await witnesses.rejoin(node);
    } catch {
      if (!over.signal.aborted)
        journal.note({
          source: 'lab',
          node,
          kind: 'monitor-ended',
          text: 'it was not seen again after it was fenced',
        });
    }
  };
  let busy: Promise<void> | undefined;
  const calibrate = async (): Promise<void> => {
    await Promise.all(
      lab.machines
        .filter((machine) => !away.has(machine.name))
        .map((machine) => machine.calibrate(3).catch(() => undefined)),
    );
  };
  const timer = setInterval(() => {
    busy ??= calibrate().finally(() => {
      busy = undefined;
    });
  }, calibrateEveryMs);
  const witnesses: Witnesses = {
    leave: (node) => {
      away.add(node);
    },
    rejoin: async (node) => {
      if (fenced.delete(node)) await lab.reachable(node, fencedBootMs, over.signal);
      away.delete(node);
      await watch(node);
    },
    stop: async ({ hurry } = { hurry: false }) => {
      clearInterval(timer);
      if (stopped) return;
      stopped = true;
      over.abort();
      await Promise.all(booting);
      if (!hurry) {
        await busy;
        await calibrate();
      }
      await observation.stop().catch(() => undefined);
      await Promise.all([...running.values()].map(({ command }) => command.stop(hurry ? 1000 : 5000)));
    },
  };
  try {
    await together(lab.machines.map((machine) => () => watch(machine.name)));
    return witnesses;
  } catch (error) {
    await witnesses.stop({ hurry: true });
    throw error;
  }
}

async function startMonitor(
  machine: Machine,
  monitor: Monitor,
  journal: Journal,
  isMissed: () => boolean,
): Promise<RunningCommand> {
  const running = await machine.stream(monitor.command, (line, hostMs) => {
    noteLine(journal, machine, monitor, line, hostMs);
  });
  void running.ended.then(() => {
    if (!isMissed()) return;
    const text = `a monitor ended, nothing more is seen through it: ${monitor.command.slice(0, 100)}`;
    journal.note({ source: 'lab', node: machine.name, kind: 'monitor-ended', text });
  });
  return running;
}

function noteLine(journal: Journal, machine: Machine, monitor: Monitor, line: string, hostMs: number): void {
  let meaning;
  try {
    meaning = monitor.parse(line);
  } catch (error) {
    journal.note({
      source: 'lab',
      node: machine.name,
      kind: 'log',
      text: `unreadable line: ${messageOf(error)}: ${line.slice(0, 200)}`,
    });
    return;
  }
  if (meaning === undefined) return;
  const { guestMs, ...event } = meaning;
  const mapped = guestMs === undefined ? undefined : machine.wallClock.toHost(guestMs);
  if (mapped === undefined) journal.note({ ...event, node: machine.name }, hostMs, arrivalUncertaintyMs);
  else journal.note({ ...event, node: machine.name }, mapped.hostMs, mapped.uncertaintyMs);
}

/** The fabric stamps frames with the host's own clock; of captures the worst clock of a client counts. */
function sightingUncertaintyMs(lab: Lab): number {
  if (lab.network.witness === 'fabric') return 0;
  const known = clientsOf(lab.topology).map(
    ({ name }) => lab.machine(name).wallClock.uncertaintyMs ?? arrivalUncertaintyMs,
  );
  return Math.max(...known);
}
