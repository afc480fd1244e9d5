import type { RunRecord } from '../record.ts';

/** What was measured of provisioning on two emulated cores; machines with hardware virtualisation are quicker. */
const provisionSeconds = [70, 200] as const;
/** Restore, reading back, taking down. */
const aroundSeconds = 30;

/**
 * What a sweep costs, in words.
 * @param earlier runs of the same scenario and stack, whose length is that of a run
 */
export function sweepCost(cells: number, repeat: number, earlier: readonly RunRecord[]): string {
  const runs = cells * repeat;
  const lengths = earlier.map((record) => record.durationMs / 1000).sort((a, b) => a - b);
  const [shortest, longest] = [lengths[0], lengths.at(-1)];
  const labs = `${String(cells)} ${cells === 1 ? 'lab' : 'labs'}, one after the other, each provisioned anew and removed; ${String(runs)} ${runs === 1 ? 'run' : 'runs'}`;
  if (shortest === undefined || longest === undefined)
    return `${labs}; how long a run takes is not known from any earlier one here, provisioning takes about ${String(provisionSeconds[0])} to ${String(provisionSeconds[1])} s on emulated machines`;
  const from = cells * provisionSeconds[0] + runs * (shortest + aroundSeconds);
  const to = cells * provisionSeconds[1] + runs * (longest + aroundSeconds);
  return `${labs}; about ${hours(from)} to ${hours(to)}, from ${String(lengths.length)} earlier ${lengths.length === 1 ? 'run' : 'runs'} of ${shortest.toFixed(0)} to ${longest.toFixed(0)} s`;
}

function hours(seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  return minutes < 60
    ? `${String(minutes)} min`
    : `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
}
