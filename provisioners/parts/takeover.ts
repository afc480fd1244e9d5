import type { Budget, Patience, PhaseMarker } from '../../lab/stack.ts';
import type { TimelineEvent } from '../../lab/timeline.ts';

/** ping-int 10 s and ping-timeout 0.5 s of DRBD (drbd.conf-8.4(5)): until then a dead Primary still counts as one. */
export const drbdSilenceSeconds = 10.5;

type Match = (event: TimelineEvent) => boolean;

export function on(node: string, kind: string, subject?: string): Match {
  return (event) =>
    event.node === node && event.kind === kind && (subject === undefined || event.subject === subject);
}

/** The same about the client whose stall is cut, which is the subject. */
export function onForClient(node: string, kind: string): PhaseMarker['matches'] {
  return (event, client) => on(node, kind)(event) && event.subject !== undefined && event.subject === client;
}

export function either(...matches: readonly Match[]): Match {
  return (event) => matches.some((match) => match(event));
}

/** Each term in tenths of a second, upwards: a budget is an upper bound, and people read it. */
export function budgetOf(terms: Budget['terms']): Budget {
  const rounded = terms.map((term) => ({ ...term, seconds: inTenths(term.seconds, Math.ceil) }));
  return { seconds: inTenths(sum(rounded), Math.round), terms: rounded };
}

/** The tiny part that a sum of decimal fractions is off by in binary does not count. */
function inTenths(seconds: number, round: (tenths: number) => number): number {
  return round(Number((seconds * 10).toFixed(6))) / 10;
}

export function sum(terms: Budget['terms']): number {
  return terms.reduce((total, term) => total + term.seconds, 0);
}

/** A boot, on emulated machines. */
const bootSeconds = 240;

/** How long to wait before a scenario gives something up, from what it should take at most; never a pass mark. */
export function patienceFor(most: {
  lostSeconds: number;
  plannedSeconds: number;
  /** Until a node that has booted counts as a member again. */
  joinSeconds: number;
  resyncSeconds: number;
}): Patience {
  return {
    takeoverMs: 1000 * 2 * most.lostSeconds,
    redundancyMs: 1000 * (bootSeconds + 2 * most.resyncSeconds + most.joinSeconds),
    failbackMs: 1000 * (bootSeconds + most.joinSeconds + 2 * most.plannedSeconds),
  };
}
