import type { Fault } from '../fault.ts';
import type { FaultBounds } from './parts/bounds.ts';
import { rulesFault, type RuleWish } from './parts/network-rules.ts';
import { wishesFor, type Between } from './partition.ts';

/** Frames arrive, but late: each waits delayMs plus or minus up to jitterMs, in each direction that is meant. */
export function delayed(
  between: Between,
  { delayMs, jitterMs = 0 }: { delayMs: number; jitterMs?: number },
  bounds: FaultBounds = {},
): Fault {
  const jitter = jitterMs === 0 ? '' : ` ± ${String(jitterMs)} ms`;
  return degraded(
    'delay',
    `${String(delayMs)} ms${jitter} of delay`,
    between,
    { kind: 'delay', delayMs, jitterMs },
    'held back',
    bounds,
  );
}

/** Part of the frames is dropped, 0 to 1. */
export function lossy(between: Between, probability: number, bounds: FaultBounds = {}): Fault {
  return degraded(
    'loss',
    `${(probability * 100).toFixed(0)} % of loss`,
    between,
    { kind: 'loss', probability },
    'dropped',
    bounds,
  );
}

/** A narrow line with a queue of a tenth of a second, and of one full frame at least. */
export function throttled(between: Between, bytesPerSecond: number, bounds: FaultBounds = {}): Fault {
  return degraded(
    'rate',
    `at most ${String(bytesPerSecond)} bytes per second`,
    between,
    { kind: 'rate', bytesPerSecond, queueBytes: Math.max(bytesPerSecond / 10, 1514) },
    'queued',
    bounds,
  );
}

function degraded(
  name: string,
  what: string,
  between: Between,
  effect: RuleWish['effect'],
  told: string,
  bounds: FaultBounds,
): Fault {
  const { peer = 'everyone' } = between;
  return rulesFault(
    { name, title: `${what} between it and ${peer}` },
    ({ node }) => wishesFor(node, between, effect),
    told,
    bounds,
  );
}
