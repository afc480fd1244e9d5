import type { Check, Judgement } from '../check.ts';
import { holderOf } from '../record.ts';
import type { RunRecord, Tenure } from '../record.ts';

/**
 * Overlap that is no sign of two active nodes: a frame still under way when the address moves, and the uncertainty of two
 * nodes' clocks.
 */
export const overlapToleranceMs = 250;

/** What a tenure proves, in words. */
const senses = {
  address: { thing: 'the service address', held: 'held', was: 'was held by' },
  announcement: { thing: 'the service address', held: 'announced', was: 'was announced by' },
  service: { thing: 'the service', held: 'answered for', was: 'was given by' },
  replica: { thing: 'the primary replica', held: 'held', was: 'was held by' },
} as const;

/**
 * At no time did two nodes hold the service address, two MAC addresses claim it, two nodes answer clients, or two hold the
 * primary replica. One that is proven dead from outside, or fenced, holds nothing.
 */
export const neverTwoActive: Check = {
  name: 'never-two-active',
  judge({ tenures, events }: RunRecord): Judgement {
    const overlaps = longestOfEach(tenures.flatMap((a) => tenures.flatMap((b) => overlapOf(a, b))));
    if (overlaps.length > 0) return { verdict: 'fail', message: overlaps.map(both).join('; ') };
    if (tenures.length === 0) return { verdict: 'unknown', message: 'nobody was seen holding the service' };
    const missed = events.find((event) => event.kind === 'sightings-missed');
    if (missed !== undefined)
      return { verdict: 'unknown', message: `not everything was seen: ${missed.text}` };
    const unwatched = events.find(
      (event) =>
        event.kind === 'monitor-ended' &&
        tenures.some((tenure) => tenure.of === 'replica' && tenure.node === event.node),
    );
    if (unwatched !== undefined)
      return {
        verdict: 'unknown',
        message: `${unwatched.node ?? ''} was not watched from ${seconds(unwatched.atMs)} on: ${unwatched.text}`,
      };
    return {
      verdict: 'pass',
      message: (['address', 'announcement', 'service', 'replica'] as const)
        .map((of) => told(of, tenures))
        .join('; '),
    };
  },
};

interface Overlap {
  /** The tenure that began first, and the one that began in it. */
  a: Tenure;
  b: Tenure;
  ms: number;
}

/** Where two hold the same thing; empty for a pair that cannot overlap, and for what is too short to tell. */
function overlapOf(a: Tenure, b: Tenure): Overlap[] {
  const comparable =
    a.of === b.of && a.subject === b.subject && holderOf(a) !== holderOf(b) && a.fromMs <= b.fromMs;
  if (!comparable) return [];
  const ms = Math.min(a.toMs, b.toMs) - b.fromMs;
  return ms > overlapToleranceMs ? [{ a, b, ms }] : [];
}

/** Of each thing that two held, the time that was longest; the longest first. */
function longestOfEach(overlaps: readonly Overlap[]): Overlap[] {
  const sorted = [...overlaps].sort((one, other) => other.ms - one.ms);
  return sorted.filter(
    (overlap, i) => sorted.findIndex((other) => thing(other.a) === thing(overlap.a)) === i,
  );
}

function both({ a, b, ms }: Overlap): string {
  return `${holderOf(a)} and ${holderOf(b)} both ${senses[a.of].held} ${thing(a)} for ${seconds(ms)}, from ${seconds(b.fromMs)} on`;
}

function thing(tenure: Tenure): string {
  return senses[tenure.of].thing + (tenure.subject === undefined ? '' : ` ${tenure.subject}`);
}

function told(of: Tenure['of'], tenures: readonly Tenure[]): string {
  const held = tenures.filter((tenure) => tenure.of === of);
  const { thing: what, held: verb, was } = senses[of];
  if (held.length === 0) return `who ${verb} ${what} was not watched`;
  const subjects = [...new Set(held.map((tenure) => tenure.subject))];
  return subjects
    .map((subject) => {
      const nodes = held.filter((tenure) => tenure.subject === subject).map((tenure) => tenure.node);
      const whole = subject === undefined || subjects.length === 1 ? what : `${what} ${subject}`;
      return `${whole} ${was} ${nodes.join(', then ')}, never by two`;
    })
    .join('; ');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}
