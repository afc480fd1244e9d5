import type { Port } from './port.ts';
import type { RuleState } from './rules.ts';

/** The way from one port to another under the rules that match it. */
export interface Path {
  readonly from: Port;
  readonly to: Port;
  /** The rulesVersion of the segment that steps were made from. */
  version: number;
  /** In the order in which they apply: drop, loss, rate, delay. */
  steps: Step[];
  /** Order is kept: no frame leaves before this. */
  lastReleaseMs: number;
  waiting: { bytes: Buffer; releaseMs: number }[];
}

interface Step {
  rule: RuleState;
  /** A rate's link is sending earlier frames until then. */
  busyUntilMs: number;
}

/** Refused by a rule; any other answer of admit is a time. */
export const refused = -1;

const order = { drop: 0, loss: 1, rate: 2, delay: 3 } as const;

/** The path between two ports, up to date with the rules of their segment. */
export function pathBetween(from: Port, to: Port): Path {
  let path = from.paths.get(to);
  if (path === undefined) {
    path = { from, to, version: -1, steps: [], lastReleaseMs: 0, waiting: [] };
    from.paths.set(to, path);
  }
  const { rules, rulesVersion } = from.segment;
  if (path.version !== rulesVersion) {
    const before = new Map(path.steps.map((step) => [step.rule, step]));
    path.steps = rules
      .filter(({ from: sender }) => sender === undefined || sender === from.node)
      .filter(({ to: receiver }) => receiver === undefined || receiver === to.node)
      .sort((a, b) => order[a.effect.kind] - order[b.effect.kind])
      .map((rule) => before.get(rule) ?? { rule, busyUntilMs: 0 });
    path.version = rulesVersion;
  }
  return path;
}

/**
 * Applies the path's rules to a frame and counts their hits.
 * @returns refused, or the host time at which the frame leaves, in milliseconds
 */
export function admit(path: Path, frameBytes: number, nowMs: number, random: () => number): number {
  let leavesMs = nowMs;
  for (const step of path.steps) {
    const { effect } = step.rule;
    switch (effect.kind) {
      case 'drop':
        step.rule.hits++;
        return refused;
      case 'loss':
        if (random() >= effect.probability) break;
        step.rule.hits++;
        return refused;
      case 'rate': {
        step.rule.hits++;
        const startMs = Math.max(nowMs, step.busyUntilMs);
        const queuedBytes = ((startMs - nowMs) / 1000) * effect.bytesPerSecond;
        if (queuedBytes > 0 && queuedBytes + frameBytes > effect.queueBytes) return refused;
        step.busyUntilMs = startMs + (frameBytes / effect.bytesPerSecond) * 1000;
        leavesMs = Math.max(leavesMs, step.busyUntilMs);
        break;
      }
      case 'delay':
        step.rule.hits++;
        leavesMs += Math.max(0, effect.delayMs + (random() * 2 - 1) * effect.jitterMs);
        break;
    }
  }
  return Math.max(leavesMs, path.waiting.length === 0 ? 0 : path.lastReleaseMs);
}

/** Whether nothing on this path makes frames wait any more. */
export function passesAtOnce(path: Path): boolean {
  return path.steps.every(({ rule }) => rule.effect.kind !== 'delay' && rule.effect.kind !== 'rate');
}

/** The rule that cuts this path; it also takes the frames that were still on their way. */
export function cutOf(path: Path): RuleState | undefined {
  return path.steps.find(({ rule }) => rule.effect.kind === 'drop')?.rule;
}
