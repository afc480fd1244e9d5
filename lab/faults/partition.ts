import type { Fault } from '../fault.ts';
import type { FaultBounds } from './parts/bounds.ts';
import { rulesFault, type RuleWish } from './parts/network-rules.ts';

/** Which frames are meant: those between the node of the fault and another one, on some networks. */
export interface Between {
  networks: readonly string[];
  /** The other node; absent means all of them. */
  peer?: string;
  /** Seen from the node of the fault. */
  direction?: 'both' | 'out' | 'in';
}

/** Frames vanish silently; carrier stays. */
export function partition(between: Between, bounds: FaultBounds = {}): Fault {
  const { peer = 'everyone', direction = 'both' } = between;
  const titles = {
    both: `cut off from ${peer}`,
    out: `${peer} hears nothing of it`,
    in: `it hears nothing of ${peer}`,
  };
  return rulesFault(
    { name: 'partition', title: titles[direction] },
    ({ node }) => wishesFor(node, between, { kind: 'drop' }),
    'dropped',
    bounds,
  );
}

/** One rule for each network and direction. */
export function wishesFor(
  node: string,
  { networks, peer, direction = 'both' }: Between,
  effect: RuleWish['effect'],
): RuleWish[] {
  const other = (end: 'from' | 'to'): object => (peer === undefined ? {} : { [end]: peer });
  return networks.flatMap((network): RuleWish[] => [
    ...(direction === 'in' ? [] : [{ network, from: node, ...other('to'), effect }]),
    ...(direction === 'out' ? [] : [{ network, to: node, ...other('from'), effect }]),
  ]);
}
