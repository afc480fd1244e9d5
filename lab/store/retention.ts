import type { RunSummary } from '../run-summary.ts';
import type { Retention } from '../store.ts';

const dayMs = 86_400_000;

/** What stands in the way of removing a run. */
export interface Protection {
  /** Runs that are the accepted history. */
  accepted: ReadonlySet<string>;
  /** The night of each run that belongs to one. */
  nightOf: ReadonlyMap<string, string>;
}

export interface Chosen {
  remove: { run: string; why: string }[];
  protected: { run: string; why: string }[];
}

/**
 * Which runs may go: those for which all that was asked holds, without the accepted ones and those of the newest nights.
 * Newer means later in the history, whatever the clocks said. For the same reason a run is at most as old as any run before it:
 * one that was made while a clock stood in the past is not taken for an old one. Times to come say nothing.
 * @param runs in the order of the history
 */
export function chooseRuns(
  runs: readonly RunSummary[],
  { accepted, nightOf }: Protection,
  { olderThanDays, keep, keepNights }: Retention,
  now: Date,
): Chosen {
  const chosen: Chosen = { remove: [], protected: [] };
  if (olderThanDays === undefined && keep === undefined) return chosen;
  const recent = newestNights(runs, nightOf, keepNights);
  let newestMs = -Infinity;
  for (const [i, { id, startedAt }] of runs.entries()) {
    const startedMs = Date.parse(startedAt);
    if (startedMs <= now.getTime()) newestMs = Math.max(newestMs, startedMs);
    const ageDays = (now.getTime() - newestMs) / dayMs;
    const newer = runs.length - 1 - i;
    const reasons: string[] = [];
    if (olderThanDays !== undefined) {
      if (!Number.isFinite(ageDays) || ageDays <= olderThanDays) continue;
      reasons.push(`${String(Math.floor(ageDays))} days old`);
    }
    if (keep !== undefined) {
      if (newer < keep) continue;
      reasons.push(`${String(newer)} newer ${newer === 1 ? 'run' : 'runs'}`);
    }
    const night = nightOf.get(id);
    if (accepted.has(id)) chosen.protected.push({ run: id, why: 'accepted by baseline.json' });
    else if (night !== undefined && recent.has(night))
      chosen.protected.push({ run: id, why: `of ${night}, one of the ${String(keepNights)} newest nights` });
    else chosen.remove.push({ run: id, why: reasons.join(', ') });
  }
  return chosen;
}

function newestNights(
  runs: readonly RunSummary[],
  nightOf: ReadonlyMap<string, string>,
  count: number,
): ReadonlySet<string> {
  const nights = new Set<string>();
  for (const { id } of [...runs].reverse()) {
    const night = nightOf.get(id);
    if (nights.size < count && night !== undefined) nights.add(night);
  }
  return nights;
}
