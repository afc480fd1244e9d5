import { medianSorted, wilcoxonRankSum } from 'simple-statistics';

/** How often chance alone orders two samples of one distribution like this, or more one-sidedly still. */
export interface RankTest {
  /** One-sided: that the first sample lies as high as it does, or higher. */
  higher: number;
  /** One-sided: that it lies as low as it does, or lower. */
  lower: number;
  /** The least that samples of these sizes can give: where it is above what is asked for, the test cannot answer. */
  least: number;
}

/**
 * The test of Wilcoxon, Mann and Whitney, exact: every choice of ranks for the first sample is counted, equal values having
 * their middle rank. Nothing is asked of the distribution but that both samples come from the same one.
 * simple-statistics has the rank sum and no p-value.
 */
export function rankTest(first: readonly number[], second: readonly number[]): RankTest {
  if (first.length === 0 || second.length === 0) return { higher: 1, lower: 1, least: 1 };
  // Twice a middle rank is whole.
  const doubledRanks = midranks([...first, ...second]).map((rank) => Math.round(2 * rank));
  const sum = Math.round(2 * wilcoxonRankSum([...first], [...second]));
  const counts = subsetSums(doubledRanks, first.length);
  let below = 0;
  let above = 0;
  let all = 0;
  for (const [each, count] of counts.entries()) {
    all += count;
    if (each <= sum) below += count;
    if (each >= sum) above += count;
  }
  return { higher: above / all, lower: below / all, least: 1 / all };
}

function midranks(values: readonly number[]): number[] {
  const sorted = new Float64Array(values).sort();
  const rankOf = new Map<number, number>();
  for (let from = 0; from < sorted.length;) {
    const value = sorted[from] ?? NaN;
    let to = from;
    while (sorted[to + 1] === value) to += 1;
    rankOf.set(value, (from + to) / 2 + 1);
    from = to + 1;
  }
  return values.map((value) => rankOf.get(value) ?? NaN);
}

const counted = new Map<string, Float64Array>();
const mostCounted = 200;

/** How many choices of `size` of the ranks have each sum; by sum. Without equal values it depends on the sizes alone. */
function subsetSums(ranks: readonly number[], size: number): Float64Array {
  const sorted = [...ranks].sort((a, b) => a - b);
  const distinct = sorted.every((rank, i) => rank === 2 * (i + 1));
  const key = `${String(size)} of ${String(ranks.length)}`;
  const known = distinct ? counted.get(key) : undefined;
  if (known !== undefined) return known;
  const most = sorted.slice(-size).reduce((sum, rank) => sum + rank, 0);
  const width = most + 1;
  // Row k: choices of k ranks among those looked at so far.
  const table = new Float64Array((size + 1) * width);
  table[0] = 1;
  let reach = 0;
  for (const [i, rank] of sorted.entries()) {
    reach = Math.min(most, reach + rank);
    for (let k = Math.min(size, i + 1); k >= 1; k--)
      for (let sum = reach; sum >= rank; sum--) {
        const without = table[(k - 1) * width + sum - rank] ?? 0;
        if (without !== 0) table[k * width + sum] = (table[k * width + sum] ?? 0) + without;
      }
  }
  const counts = table.slice(size * width);
  if (distinct) {
    if (counted.size >= mostCounted) counted.clear();
    counted.set(key, counts);
  }
  return counts;
}

/**
 * By how much the first sample is shifted against the second: the median of all differences between a value of one and a value
 * of the other (Hodges and Lehmann 1963). Single outliers do not move it.
 */
export function shiftBetween(first: readonly number[], second: readonly number[]): number {
  const differences = new Float64Array(first.length * second.length);
  let i = 0;
  for (const a of first) for (const b of second) differences[i++] = a - b;
  return medianSorted([...differences.sort()]);
}
