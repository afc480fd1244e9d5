import { hostNowMs } from '../clock.ts';
import type { TimelineEvent } from '../timeline.ts';

/** The run's clock and what happened on it. */
export interface Journal {
  /** Host monotonic time of the clock's zero, in milliseconds. */
  readonly zeroMs: number;
  readonly startedAt: Date;
  readonly events: TimelineEvent[];
  nowMs(): number;
  /** Notes something at a host time (default: now). Events beyond the limit are counted, not kept. */
  note(event: Omit<TimelineEvent, 'atMs' | 'uncertaintyMs'>, hostMs?: number, uncertaintyMs?: number): void;
  /** ISO 8601 of a time on the run's clock. */
  iso(atMs: number): string;
  readonly dropped: number;
}

const eventLimit = 20_000;

export function startJournal(): Journal {
  const zeroMs = hostNowMs();
  const startedAt = new Date();
  const events: TimelineEvent[] = [];
  let dropped = 0;
  return {
    zeroMs,
    startedAt,
    events,
    nowMs: () => hostNowMs() - zeroMs,
    note: (event, hostMs = hostNowMs(), uncertaintyMs = 0) => {
      if (events.length >= eventLimit) dropped += 1;
      else events.push({ ...event, atMs: round(hostMs - zeroMs), uncertaintyMs: round(uncertaintyMs) });
    },
    iso: (atMs) => new Date(startedAt.getTime() + atMs).toISOString(),
    get dropped() {
      return dropped;
    },
  };
}

/** Milliseconds to the microsecond. */
export function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
