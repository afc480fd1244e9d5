import { holderOf } from './record.ts';
import type { Tenure } from './record.ts';
import type { TimelineEvent } from './timeline.ts';

/** Two sightings of one holder, less than this apart, belong to one tenure. */
export const mergeMs = 5000;

/** Events of frames, and in which sense they show who held the service. */
const sightings: Readonly<Record<string, Tenure['of']>> = {
  'address-holder': 'address',
  'address-announcer': 'announcement',
  'service-holder': 'service',
};

/**
 * Who held the service, in four senses, from a run's events:
 *
 * `address`, `announcement`, `service`: from events of frames (node: the sender, subject: the address). The witness reports
 * every *change*: of the node that sends with a service address (`address-holder`), of the MAC address at which ARP says it is
 * (`address-announcer`), of the node that sends data from the port of the service (`service-holder`). So each such event begins a stretch of
 * its holder, and ends that of the one before it. Evidence: each beginning was a frame on the wire. Assumptions:
 * - a holder that comes back within `mergeMs` never gave up meanwhile: its stretches become one tenure, which
 *   overlaps the other's. A move there and back within that time would look the same.
 * - a holder that appeared inside another one's tenure and was not seen again held on for up to `mergeMs`: nothing showed
 *   that it let go. A last late frame of the one that was there first is not such a case; it only overlaps by its lateness.
 * - a silent holder is not seen: a tenure may have begun before its first frame.
 *
 * `replica`: from `promoted` and `demoted` events (node, subject: the DRBD resource), as the node itself reports its role.
 * A role that a node had when the watch began must be told as `promoted` too.
 *
 * All end with `node-lost` and `fenced` (subject: the node), which stand for a proof from outside that it no longer runs.
 * @param endMs end of the run; what did not end before ends there
 */
export function tenuresOf(events: readonly TimelineEvent[], endMs: number): Tenure[] {
  const inOrder = [...events].sort((a, b) => a.atMs - b.atMs);
  const losses = inOrder.flatMap((event) =>
    (event.kind === 'node-lost' || event.kind === 'fenced') && event.subject !== undefined
      ? [{ node: event.subject, atMs: event.atMs }]
      : [],
  );
  const tenures = [
    ...Object.entries(sightings).flatMap(([kind, of]) =>
      bySubject(inOrder, [kind]).flatMap((seen) => sightedTenures(of, seen, losses, endMs)),
    ),
    ...bySubject(inOrder, ['promoted', 'demoted']).flatMap((seen) => replicaTenures(seen, losses, endMs)),
  ];
  return tenures.sort((a, b) => a.fromMs - b.fromMs);
}

interface Loss {
  node: string;
  atMs: number;
}

/** An event that names its node. */
type NodeEvent = TimelineEvent & { node: string };

function bySubject(events: readonly TimelineEvent[], kinds: readonly string[]): NodeEvent[][] {
  const groups = new Map<string, NodeEvent[]>();
  for (const event of events) {
    if (event.node === undefined || !kinds.includes(event.kind)) continue;
    const subject = event.subject ?? '';
    groups.set(subject, [...(groups.get(subject) ?? []), { ...event, node: event.node }]);
  }
  return [...groups.values()];
}

function sightedTenures(
  of: Tenure['of'],
  seen: readonly NodeEvent[],
  losses: readonly Loss[],
  endMs: number,
): Tenure[] {
  const merged: Tenure[] = [];
  seen.forEach((sighting, i) => {
    const { node, mac, atMs: fromMs } = sighting;
    const holder = holderOf(sighting);
    const next = seen.slice(i + 1).find((other) => holderOf(other) !== holder);
    const toMs = untilLost(node, fromMs, next?.atMs ?? endMs, losses);
    const before = merged.findLast((tenure) => holderOf(tenure) === holder);
    const lostSince = losses.some(
      (loss) => loss.node === node && before !== undefined && loss.atMs >= before.toMs && loss.atMs <= fromMs,
    );
    if (before !== undefined && !lostSince && fromMs - before.toMs < mergeMs) {
      before.toMs = Math.max(before.toMs, toMs);
    } else {
      merged.push({
        of,
        node,
        ...(mac === undefined ? {} : { mac }),
        ...subjectOf(sighting),
        fromMs,
        toMs,
      });
    }
  });
  return merged.map((tenure) => {
    const around = merged.find(
      (other) =>
        holderOf(other) !== holderOf(tenure) && other.fromMs < tenure.fromMs && other.toMs > tenure.toMs,
    );
    if (around === undefined) return tenure;
    const heldMs = Math.min(tenure.toMs + mergeMs, around.toMs);
    return { ...tenure, toMs: untilLost(tenure.node, tenure.fromMs, heldMs, losses) };
  });
}

function replicaTenures(changes: readonly NodeEvent[], losses: readonly Loss[], endMs: number): Tenure[] {
  const tenures: Tenure[] = [];
  for (const node of new Set(changes.map((change) => change.node))) {
    let heldUntilMs = -Infinity;
    const own = changes.filter((change) => change.node === node);
    own.forEach((change, i) => {
      if (change.kind !== 'promoted' || change.atMs < heldUntilMs) return;
      const demoted = own.slice(i + 1).find((other) => other.kind === 'demoted');
      const toMs = untilLost(node, change.atMs, demoted?.atMs ?? endMs, losses);
      heldUntilMs = toMs;
      tenures.push({ of: 'replica', node, ...subjectOf(change), fromMs: change.atMs, toMs });
    });
  }
  return tenures;
}

function untilLost(node: string, fromMs: number, toMs: number, losses: readonly Loss[]): number {
  const loss = losses.find((each) => each.node === node && each.atMs >= fromMs);
  return loss === undefined ? toMs : Math.min(toMs, loss.atMs);
}

function subjectOf(event: TimelineEvent): { subject?: string } {
  return event.subject === undefined ? {} : { subject: event.subject };
}
