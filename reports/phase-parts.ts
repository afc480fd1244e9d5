import type { Phase, Window } from '../lab/record.ts';

/** One piece of a stall as it is drawn. */
export interface PhasePart {
  /** From 1, the same in bar and legend. */
  number: number;
  name: string;
  /** Whole milliseconds; the parts of a stall add up to it. null: not observed, the time is inside another part. */
  ms: number | null;
  /** Share of the stall, 0 to 1. */
  share: number;
  observed: boolean;
  /** Where the time of an unobserved phase went. */
  insideOf: string | undefined;
  includes: readonly string[];
  evidence: string;
  uncertaintyMs: number;
  governedBy: string | undefined;
}

/**
 * The stall of a window cut into parts. Ends are rounded rather than lengths, so that what is shown adds up to what is
 * shown. Time that the record attributes to no phase becomes a last part, `not attributed`.
 */
export function phaseParts(window: Pick<Window, 'phases' | 'stallSeconds'>): PhasePart[] {
  const { phases, stallSeconds } = window;
  const totalMs = stallSeconds === null ? 0 : Math.round(stallSeconds * 1000);
  const share = (ms: number): number => (totalMs === 0 ? 0 : Math.min(1, ms / totalMs));
  let elapsedMs = 0;
  const parts = phases.map((phase, i): PhasePart => {
    const beforeMs = Math.round(elapsedMs);
    elapsedMs += (phase.seconds ?? 0) * 1000;
    const ms = phase.seconds === null ? null : Math.round(elapsedMs) - beforeMs;
    return {
      number: i + 1,
      name: phase.name,
      ms,
      share: share(ms ?? 0),
      observed: phase.observed && phase.seconds !== null,
      insideOf: phase.seconds === null ? holderOf(phase, phases) : undefined,
      includes: phase.includes,
      evidence: phase.evidence,
      uncertaintyMs: phase.uncertaintyMs,
      governedBy: phase.governedBy,
    };
  });
  const restMs = totalMs - Math.round(elapsedMs);
  if (restMs >= 1)
    parts.push({
      number: parts.length + 1,
      name: 'not attributed',
      ms: restMs,
      share: share(restMs),
      observed: false,
      insideOf: undefined,
      includes: [],
      evidence: 'no event of the record explains this time',
      uncertaintyMs: 0,
      governedBy: undefined,
    });
  return parts;
}

function holderOf(phase: Phase, phases: readonly Phase[]): string | undefined {
  return phases.find((other) => other.includes.includes(phase.name))?.name;
}
