import type { Sighting } from '../fabric.ts';
import type { Lab } from '../provider.ts';
import { addressOf } from '../topology.ts';
import type { Journal } from './journal.ts';

/** What comes again within this time goes on. */
const repeatedWithinMs = 1000;

/** Who saw a frame, and how well the time of it is known. */
interface Witness {
  source: 'fabric' | 'capture';
  uncertaintyMs: number;
}

/**
 * Gives what is seen on the network its name in the journal.
 * @param addresses of the service
 */
export function sightingNotes(
  lab: Lab,
  journal: Journal,
  addresses: readonly string[],
  witness: () => Witness,
): (sighting: Sighting) => void {
  const nodeAt = nodesByAddress(lab);
  const goesOn = repetitions();
  return (sighting) => {
    if (
      sighting.kind === 'tcp' &&
      sighting.again !== true &&
      sighting.silentMs === undefined &&
      goesOn(sighting)
    )
      return;
    noteSighting(journal, witness(), sighting, addresses, nodeAt);
  };
}

function nodesByAddress({ topology }: Lab): ReadonlyMap<string, string> {
  return new Map(
    topology.nodes.flatMap(({ name, nics }) =>
      nics.flatMap(({ address }) => (address === undefined ? [] : [[addressOf(address), name] as const])),
    ),
  );
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
  { source, uncertaintyMs }: Witness,
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
  const at = (kind: string, text: string, subject?: string, mac?: string): void => {
    const about = { ...(subject === undefined ? {} : { subject }), ...(mac === undefined ? {} : { mac }) };
    journal.note({ source, node: sighting.node, kind, text, ...about }, sighting.atMs, uncertaintyMs);
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
    case 'announcer':
      at(
        'address-announcer',
        `ARP from ${sighting.node} says that ${sighting.address} is at ${sighting.mac}` +
          (sighting.previous === null ? '' : `, before at ${sighting.previous}`),
        sighting.address,
        sighting.mac,
      );
      return;
    case 'server':
      at(
        'service-holder',
        `data from ${sighting.address} now comes from ${sighting.node}` +
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
      at(fencingKind(sighting), fencingText(sighting), sighting.target);
      return;
    case 'tcp': {
      const kind = tcpKind(sighting, addresses);
      if (kind !== undefined)
        at(
          kind,
          `${sighting.from} -> ${sighting.to} ${sighting.flags.join('+')}, ${String(sighting.payloadBytes)} bytes` +
            (sighting.silentMs === undefined
              ? ''
              : `, after ${(sighting.silentMs / 1000).toFixed(1)} s of silence`),
          nodeAt.get(hostOf(addresses.includes(hostOf(sighting.from)) ? sighting.to : sighting.from)),
        );
    }
  }
}

/** Only who was powered off is fenced; power that was switched on again proves nobody dead. */
function fencingKind({ outcome, action }: Extract<Sighting, { kind: 'fencing' }>): string {
  if (outcome === 'asked') return 'fence-asked';
  if (outcome === 'failed') return 'fence-failed';
  return action === 'on' ? 'powered-on' : 'fenced';
}

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
      if (action === 'on') return `${node} had ${target} powered on`;
      return `${node} fenced ${target} (${action})`;
    case 'failed':
      return `${node} did not fence ${target} (${action}): ${reason ?? 'no reason is known'}`;
  }
}

function tcpKind(
  { flags, from, first, again, silentMs }: Extract<Sighting, { kind: 'tcp' }>,
  addresses: readonly string[],
): string | undefined {
  const byService = addresses.includes(hostOf(from));
  if (flags.includes('RST')) return byService ? 'connection-refused' : 'connection-reset';
  if (flags.includes('SYN')) return byService ? 'connection-accepted' : 'connection-attempt';
  if (flags.includes('FIN')) return 'connection-closed';
  if (again === true) return byService ? undefined : 'retransmission';
  if (silentMs !== undefined && !byService) return 'request-unanswered';
  return first && byService ? 'first-reply' : undefined;
}
