import { messageOf } from '../errors.ts';
import type { Sighting } from '../fabric.ts';
import type { Machine, RunningCommand } from '../machine.ts';
import type { Lab } from '../provider.ts';
import type { Monitor, Service } from '../stack.ts';
import { together } from '../together.ts';
import { addressOf, clientsOf } from '../topology.ts';
import type { Journal } from './journal.ts';
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
/** What comes again within this time goes on. */
const repeatedWithinMs = 1000;
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
  let stopped = false;
  const source = lab.network.witness === 'fabric' ? 'fabric' : 'capture';
  // Guests date what they see by their own clocks, which have to be known before the first frame.
  if (source === 'capture') await Promise.all(lab.machines.map((machine) => machine.calibrate(8)));
  const addresses = [service.address, ...(service.furtherAddresses ?? [])];
  const nodeAt = nodesByAddress(lab);
  const goesOn = repetitions();
  const observation = await lab.network.observe(
    { arp: true, holderOf: addresses, tcpPort: service.tcpPort, fencing: true },
    (sighting) => {
      if (sighting.kind === 'tcp' && sighting.again !== true && goesOn(sighting)) return;
      noteSighting(
        journal,
        { source, uncertaintyMs: sightingUncertaintyMs(lab) },
        sighting,
        addresses,
        nodeAt,
      );
    },
  );
  const watch = async (node: string): Promise<void> => {
    await lab.machine(node).calibrate(8);
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
      away.delete(node);
      await watch(node);
    },
    stop: async ({ hurry } = { hurry: false }) => {
      clearInterval(timer);
      if (stopped) return;
      stopped = true;
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

function nodesByAddress({ topology }: Lab): ReadonlyMap<string, string> {
  return new Map(
    topology.nodes.flatMap(({ name, nics }) =>
      nics.flatMap(({ address }) => (address === undefined ? [] : [[addressOf(address), name] as const])),
    ),
  );
}

/** The fabric stamps frames with the host's own clock; of captures the worst clock of a client counts. */
function sightingUncertaintyMs(lab: Lab): number {
  if (lab.network.witness === 'fabric') return 0;
  const known = clientsOf(lab.topology).map(
    ({ name }) => lab.machine(name).wallClock.uncertaintyMs ?? arrivalUncertaintyMs,
  );
  return Math.max(...known);
}

/**
 * Clients of a web server open and close a connection for every operation. Of segments of one kind between two machines only
 * the first is told, and the next one after a silence.
 */
function repetitions(): (sighting: Extract<Sighting, { kind: 'tcp' }>) => boolean {
  const seenMs = new Map<string, number>();
  return ({ node, from, to, flags, payloadBytes, atMs }) => {
    const key = [node, hostOf(from), hostOf(to), ...flags, String(payloadBytes > 0)].join(' ');
    const before = seenMs.get(key) ?? -Infinity;
    seenMs.set(key, atMs);
    return atMs - before < repeatedWithinMs;
  };
}

/** 192.168.33.20:80 -> 192.168.33.20 */
function hostOf(end: string): string {
  return end.slice(0, end.lastIndexOf(':'));
}

function noteSighting(
  journal: Journal,
  { source, uncertaintyMs }: { source: 'fabric' | 'capture'; uncertaintyMs: number },
  sighting: Sighting,
  addresses: readonly string[],
  nodeAt: ReadonlyMap<string, string>,
): void {
  if (sighting.kind === 'pace') return;
  if (sighting.kind === 'missed') {
    journal.note(
      {
        source,
        kind: 'sightings-missed',
        text: `${String(sighting.count)} sightings were too many to tell`,
      },
      sighting.atMs,
      uncertaintyMs,
    );
    return;
  }
  const at = (kind: string, text: string, subject?: string): void => {
    journal.note(
      { source, node: sighting.node, kind, text, ...(subject === undefined ? {} : { subject }) },
      sighting.atMs,
      uncertaintyMs,
    );
  };
  switch (sighting.kind) {
    case 'holder':
      at(
        'address-holder',
        `frames from ${sighting.address} now come from ${sighting.node} (${sighting.mac})` +
          (sighting.previous === null ? '' : `, before from ${sighting.previous}`),
        sighting.address,
      );
      return;
    case 'arp':
      if (sighting.gratuitous && addresses.includes(sighting.senderIp))
        at(
          'address-announced',
          `${sighting.node} announces ${sighting.senderIp} at ${sighting.senderMac}`,
          sighting.senderIp,
        );
      else if (sighting.operation === 'request' && addresses.includes(sighting.targetIp))
        at('address-asked', `${sighting.node} asks who has ${sighting.targetIp}`, sighting.targetIp);
      return;
    case 'fencing':
      at(fencingKinds[sighting.outcome], fencingText(sighting), sighting.target);
      return;
    case 'tcp': {
      const kind = tcpKind(sighting, addresses);
      if (kind !== undefined)
        at(
          kind,
          `${sighting.from} -> ${sighting.to} ${sighting.flags.join('+')}, ${String(sighting.payloadBytes)} bytes`,
          nodeAt.get(hostOf(addresses.includes(hostOf(sighting.from)) ? sighting.to : sighting.from)),
        );
    }
  }
}

const fencingKinds = { asked: 'fence-asked', done: 'fenced', failed: 'fence-failed' } as const;

function fencingText({
  node,
  target,
  action,
  outcome,
  reason,
}: Extract<Sighting, { kind: 'fencing' }>): string {
  switch (outcome) {
    case 'asked':
      return `${node} asks the host to fence ${target} (${action})`;
    case 'done':
      return `${node} fenced ${target} (${action})`;
    case 'failed':
      return `${node} did not fence ${target} (${action}): ${reason ?? 'no reason is known'}`;
  }
}

function tcpKind(
  { flags, from, first, again }: Extract<Sighting, { kind: 'tcp' }>,
  addresses: readonly string[],
): string | undefined {
  const byService = addresses.includes(hostOf(from));
  if (flags.includes('RST')) return byService ? 'connection-refused' : 'connection-reset';
  if (flags.includes('SYN')) return byService ? 'connection-accepted' : 'connection-attempt';
  if (flags.includes('FIN')) return 'connection-closed';
  if (again === true) return byService ? undefined : 'retransmission';
  return first && byService ? 'first-reply' : undefined;
}
