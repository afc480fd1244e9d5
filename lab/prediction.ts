import type { Prediction } from './record.ts';

/** What settings alone say about a stall, before it happens. */
export interface Timing {
  /** Parts that timers make, whatever the host does; which of them it is depends on the moment of the fault. */
  timers: readonly {
    name: string;
    leastSeconds: number;
    likelySeconds: number;
    mostSeconds: number;
    /** The settings or facts behind it. */
    from: string;
  }[];
  /** What clients add at most once the service is there again. */
  clients: {
    mostSeconds: (awaySeconds: number) => number;
    /** True when it grows with the time for which the service was away. */
    grows: boolean;
    from: string;
  };
  /** The settings whose effect is in here: runs that differ in these alone can be learned from. */
  settings: readonly string[];
}

/** A stall of an earlier run, cut where the service was there again. */
export interface EarlierStall {
  timing: Timing;
  awaySeconds: number;
  clientSeconds: number;
}

/**
 * What to expect of a stall. Nothing of the run itself is in it.
 *
 * The floor is what timers make at least, less one interval of the writer, by which a stall can begin later than the fault.
 * Expected is what timers make on average, plus the median of what earlier runs took beside their timers, plus the share of
 * that time, or the time, that their clients added. The band reaches from the least of the timers and the quickest run to the
 * most of both and of the clients; what runs took is widened by its median over (number + 1), since a further run falls
 * outside of what few have shown.
 * @param basis which earlier runs these are, in words
 */
export function predict(
  timing: Timing,
  earlier: readonly EarlierStall[],
  { intervalMs, basis }: { intervalMs: number; basis: string },
): Prediction {
  const { timers, clients } = timing;
  const least = sum(timers.map((timer) => timer.leastSeconds));
  const most = sum(timers.map((timer) => timer.mostSeconds));
  const floorSeconds = thousandths(Math.max(0, least - intervalMs / 1000));
  if (earlier.length === 0)
    return {
      floorSeconds,
      expectedSeconds: null,
      band: null,
      terms: timers
        .filter((timer) => timer.leastSeconds > 0)
        .map(({ name, leastSeconds, from }) => ({ name, seconds: thousandths(leastSeconds), from })),
      records: 0,
      basis,
    };
  const work = earlier.map(({ awaySeconds, timing: own }) => awaySeconds - likelyOf(own));
  const usual = median(work);
  const widening = Math.abs(usual) / (earlier.length + 1);
  const away = Math.max(0, likelyOf(timing) + usual);
  const longestAway = Math.max(0, most + Math.max(...work) + widening);
  const client = Math.min(clients.mostSeconds(away), clientSecondsOf(timing, earlier, away));
  const fromSeconds = least + Math.min(...work) - widening - intervalMs / 1000;
  return {
    floorSeconds,
    expectedSeconds: thousandths(away + client),
    band: {
      fromSeconds: thousandths(Math.max(floorSeconds, fromSeconds)),
      toSeconds: thousandths(longestAway + clients.mostSeconds(longestAway)),
    },
    terms: [
      ...timers.map(({ name, likelySeconds, from }) => ({ name, seconds: thousandths(likelySeconds), from })),
      {
        name: 'beside the timers',
        seconds: thousandths(usual),
        from: `median of what earlier runs took until the service was there again, their timers taken off (${range(work)})`,
      },
      { name: 'clients', seconds: thousandths(client), from: clients.from },
    ].filter((term) => term.seconds !== 0),
    records: earlier.length,
    basis,
  };
}

function clientSecondsOf({ clients }: Timing, earlier: readonly EarlierStall[], away: number): number {
  if (!clients.grows) return median(earlier.map((each) => each.clientSeconds));
  return away * median(earlier.map((each) => each.clientSeconds / Math.max(0.001, each.awaySeconds)));
}

function likelyOf({ timers }: Timing): number {
  return sum(timers.map((timer) => timer.likelySeconds));
}

function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(1));
  return `${low ?? ''} to ${high ?? ''} s`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function thousandths(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
