import type { ActiveRule, NetworkRule } from '../network.ts';
import { hostNowMs } from '../clock.ts';
import { UsageError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { release } from './delay-line.ts';
import type { Segment } from './port.ts';
import type { Switch } from './switch.ts';

/** A rule in force. */
export interface RuleState extends NetworkRule {
  readonly id: string;
  readonly endsAtMs: number;
  /** Copies of frames that the rule dropped, held back or passed through its queue. */
  hits: number;
  readonly timer: NodeJS.Timeout;
}

/**
 * The network of this name.
 * @throws UsageError with the nearest names
 */
export function segmentNamed(fabric: Switch, network: string): Segment {
  const segment = fabric.segments.get(network);
  if (segment !== undefined) return segment;
  throw new UsageError(
    `the fabric has no network ${network}`,
    didYouMean(network, [...fabric.segments.keys()]),
  );
}

/**
 * Puts a rule in force at once; a timer ends it after its ttlMs.
 * @returns its id
 * @throws UsageError when the network is unknown or a named node has no port on it
 */
export function addRule(fabric: Switch, rule: NetworkRule): string {
  const segment = segmentNamed(fabric, rule.network);
  const nodes = [...new Set(segment.ports.map(({ node }) => node))];
  for (const node of [rule.from, rule.to])
    if (node !== undefined && !nodes.includes(node))
      throw new UsageError(`network ${rule.network} has no node ${node}`, didYouMean(node, nodes));
  const id = `r${String(++fabric.lastRule)}`;
  const timer = setTimeout(() => {
    if (removeRule(fabric, id)) fabric.log(`rule ${id} on ${rule.network} ended: its time was over`);
  }, rule.ttlMs);
  segment.rules.push({ ...rule, id, endsAtMs: hostNowMs() + rule.ttlMs, hits: 0, timer });
  rulesChanged(fabric, segment);
  return id;
}

/** Ends a rule. Frames that nothing holds back any more leave at once, in their order. */
export function removeRule(fabric: Switch, id: string): boolean {
  for (const segment of fabric.segments.values()) {
    const rule = segment.rules.find((one) => one.id === id);
    if (rule === undefined) continue;
    clearTimeout(rule.timer);
    segment.rules = segment.rules.filter((one) => one !== rule);
    rulesChanged(fabric, segment);
    return true;
  }
  return false;
}

export function activeRules(fabric: Switch): ActiveRule[] {
  const nowMs = hostNowMs();
  return [...fabric.segments.values()].flatMap(({ rules }) =>
    rules.map(({ timer: _, endsAtMs, ...rule }) => ({ ...rule, expiresInMs: Math.max(0, endsAtMs - nowMs) })),
  );
}

function rulesChanged(fabric: Switch, segment: Segment): void {
  segment.rulesVersion++;
  if (segment.waiting > 0) release(fabric.delayLine);
}
