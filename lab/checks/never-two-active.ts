import type { Check, Judgement } from '../check.ts';
import type { RunRecord, Tenure } from '../record.ts';

/**
 * Overlap that is no sign of two active nodes: a frame still under way when the address moves, and the uncertainty of two
 * nodes' clocks.
 */
export const overlapToleranceMs = 250;

/** What a tenure proves, in words. */
const holding = { address: 'the service address', replica: 'the primary replica' } as const;

/** No two nodes held the service address, or the primary replica, at the same time. */
export const neverTwoActive: Check = {
  name: 'never-two-active',
  judge({ tenures, events }: RunRecord): Judgement {
    const worst = tenures
      .flatMap((a) => tenures.flatMap((b) => overlapOf(a, b)))
      .sort((a, b) => b.ms - a.ms)
      .at(0);
    if (worst !== undefined && worst.ms > overlapToleranceMs) {
      const { a, b, ms } = worst;
      return {
        verdict: 'fail',
        message: `${a.node} and ${b.node} both held ${thing(a)} for ${seconds(ms)}, from ${seconds(b.fromMs)} on`,
      };
    }
    if (tenures.length === 0) return { verdict: 'unknown', message: 'nobody was seen holding the service' };
    const missed = events.find((event) => event.kind === 'sightings-missed');
    if (missed !== undefined)
      return { verdict: 'unknown', message: `not everything was seen: ${missed.text}` };
    return { verdict: 'pass', message: `${told('address', tenures)}; ${told('replica', tenures)}` };
  },
};

/** How long both hold the same thing, `b` being the one that came later; empty for a pair that cannot overlap. */
function overlapOf(a: Tenure, b: Tenure): { a: Tenure; b: Tenure; ms: number }[] {
  const comparable = a.of === b.of && a.subject === b.subject && a.node !== b.node && a.fromMs <= b.fromMs;
  return comparable ? [{ a, b, ms: Math.min(a.toMs, b.toMs) - b.fromMs }] : [];
}

function thing(tenure: Tenure): string {
  return holding[tenure.of] + (tenure.subject === undefined ? '' : ` ${tenure.subject}`);
}

function told(of: Tenure['of'], tenures: readonly Tenure[]): string {
  const held = tenures.filter((tenure) => tenure.of === of);
  if (held.length === 0) return `who held ${holding[of]} was not watched`;
  const subjects = [...new Set(held.map((tenure) => tenure.subject))];
  return subjects
    .map((subject) => {
      const nodes = held.filter((tenure) => tenure.subject === subject).map((tenure) => tenure.node);
      const what = subject === undefined || subjects.length === 1 ? holding[of] : `${holding[of]} ${subject}`;
      return `${what} was held by ${nodes.join(', then ')}, never by two`;
    })
    .join('; ');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}
