import { hostNowMs } from '../../../clock.ts';
import { RigError, UsageError } from '../../../errors.ts';
import { frameWatch } from '../../../fabric/frame-watch.ts';
import type { FrameWatch } from '../../../fabric/frame-watch.ts';
import { filterSchema } from '../../../fabric/protocol.ts';
import type { Sighting, SightingFilter } from '../../../fabric.ts';
import type { LabNetwork } from '../../../network.ts';
import { complaints } from '../../../shape.ts';
import { addressOf, addressesOf, clientsOf } from '../../../topology.ts';
import type { Node } from '../../../topology.ts';
import { startCapture } from './capture.ts';
import type { Capture, CaptureRequest } from './capture.ts';
import { duplicates } from './duplicates.ts';
import type { Guests } from './guests.ts';
import { macsOn, nicsOn } from './guests.ts';

/**
 * Captures on the clients in place of the fabric. They see what the clients send and get and every broadcast, before rules
 * for incoming frames act. What the fabric sees and they do not:
 *
 * - frames from one server to another;
 * - frames that a server's rules drop on their way out, that a cable which is pulled swallows, or that a switch has no
 *   receiver for;
 * - anything while no client listens: one that is down is mute, and what it alone would have seen is missed;
 * - who sent a frame whose MAC address is of no NIC, as of a virtual machine inside a node: such frames are left out.
 *
 * While it listens, every client pings every other node once a second on each of its networks, so that silence of a node
 * means something: an answer is a frame. A frame is dated by the clock of the client that saw it (see Machine.wallClock),
 * one that several saw is told once, by the first.
 */
export function guestWitness(
  guests: Guests,
): Pick<LabNetwork, 'observe' | 'lastFrameFromMs'> & { close(): void } {
  /** By node, and by node and network. */
  const lastFrames = new Map<string, number>();
  const open = new Set<{ stop(): Promise<void> }>();
  let own: Promise<unknown> | undefined;

  const noteFrame = (node: string, network: string, atMs: number): void => {
    for (const key of [node, `${node} ${network}`])
      lastFrames.set(key, Math.max(atMs, lastFrames.get(key) ?? -Infinity));
  };
  const listen = async (
    filter: SightingFilter,
    report: (sighting: Sighting) => void,
  ): Promise<{ stop(): Promise<void> }> => {
    const captures = await startCaptures(guests, filter, report, noteFrame);
    const listening = {
      stop: async () => {
        open.delete(listening);
        await stopAll(captures);
      },
    };
    open.add(listening);
    return listening;
  };

  return {
    observe: async (given, onSighting) => {
      const filter = filterSchema.safeParse(given);
      if (!filter.success) throw new UsageError(`not a filter: ${complaints(filter.error).join('; ')}`);
      return await listen(filter.data, onSighting);
    },
    lastFrameFromMs: async (node, network) => {
      if (open.size === 0) {
        own ??= listen({}, () => undefined).finally(() => {
          own = undefined;
        });
        await own;
      }
      return lastFrames.get(network === undefined ? node : `${node} ${network}`) ?? null;
    },
    close: () => {
      for (const listening of open) listening.stop().catch(() => undefined);
    },
  };
}

async function startCaptures(
  guests: Guests,
  filter: SightingFilter,
  report: (sighting: Sighting) => void,
  noteFrame: (node: string, network: string, atMs: number) => void,
): Promise<Capture[]> {
  const requests = requestsFor(guests, filter, report, noteFrame);
  if (requests.length === 0) throw new RigError('no client has a NIC that could watch the network');
  const started = await Promise.allSettled(requests.map(startCapture));
  const captures = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failure = started.find((one) => one.status === 'rejected');
  if (failure === undefined && captures.some((capture) => capture.listening)) return captures;
  await stopAll(captures);
  if (failure !== undefined) throw failure.reason;
  throw new RigError('no client could watch the network', 'lab status says which nodes answer');
}

/** One for each NIC of each client. */
function requestsFor(
  guests: Guests,
  filter: SightingFilter,
  report: (sighting: Sighting) => void,
  noteFrame: (node: string, network: string, atMs: number) => void,
): CaptureRequest[] {
  const { topology, machine } = guests;
  const expression = expressionFor(filter);
  return topology.networks.flatMap(({ name: network }) => {
    const senders = new Map(
      topology.nodes.flatMap((node) =>
        macsOn(guests, node, network).map((mac) => [mac.replaceAll(':', ''), node.name] as const),
      ),
    );
    const watch: FrameWatch = frameWatch(filter, report);
    const isDuplicate = duplicates();
    return clientsOf(topology).flatMap((client) =>
      nicsOn(client, network).map((nic, at) => ({
        machine: machine(client.name),
        nic: nic.name,
        expression,
        peers: at === 0 ? peersOf(guests, client, network) : [],
        onFrame: (hex: string, atMs: number, arrivedMs: number) => {
          const node = senders.get(hex.slice(12, 24));
          if (node === undefined) return;
          noteFrame(node, network, atMs);
          if (isDuplicate(`${client.name} ${nic.name}`, hex, atMs, arrivedMs)) return;
          const bytes = Buffer.from(hex, 'hex');
          watch(node, network, bytes, 0, bytes.length, atMs);
        },
        onMissed: (count: number) => {
          report({ kind: 'missed', atMs: hostNowMs(), count });
        },
      })),
    );
  });
}

function peersOf({ topology }: Guests, client: Node, network: string): string[] {
  return topology.nodes
    .filter((node) => node !== client)
    .flatMap((node) => addressesOf(node).filter((each) => each.network === network))
    .map(({ address }) => addressOf(address));
}

/** What the observation asks for, and what nodes say of themselves: pings, broadcasts, multicasts. */
export function expressionFor({ holderOf = [], tcpPort }: SightingFilter): string {
  return [
    'arp',
    'icmp',
    'ether broadcast',
    'ether multicast',
    ...(tcpPort === undefined ? [] : [`tcp port ${String(tcpPort)}`]),
    ...holderOf.map((address) => `src host ${address}`),
  ].join(' or ');
}

async function stopAll(captures: readonly Capture[]): Promise<void> {
  const stopped = await Promise.allSettled(captures.map((capture) => capture.stop()));
  for (const one of stopped) if (one.status === 'rejected') throw one.reason;
}
