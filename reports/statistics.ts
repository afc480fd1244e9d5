/** What a handful of measurements says; seconds. */
export interface Distribution {
  count: number;
  least: number;
  /** Lower and upper quartile. */
  quartiles: [number, number];
  median: number;
  worst: number;
  /** Distance of the quartiles: half of the measurements lie within it. */
  spread: number;
}

/**
 * Median, quartiles and extremes; quantiles between two values are interpolated (Hyndman and Fan 1996, definition 7).
 * @returns null without a value
 */
export function distributionOf(values: readonly number[]): Distribution | null {
  const sorted = [...values].sort((a, b) => a - b);
  const least = sorted[0];
  const worst = sorted.at(-1);
  if (least === undefined || worst === undefined) return null;
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const low = sorted[Math.floor(place)] ?? least;
    const high = sorted[Math.ceil(place)] ?? worst;
    return thousandths(low + (high - low) * (place - Math.floor(place)));
  };
  const quartiles: [number, number] = [at(0.25), at(0.75)];
  return {
    count: sorted.length,
    least,
    quartiles,
    median: at(0.5),
    worst,
    spread: thousandths(quartiles[1] - quartiles[0]),
  };
}

function thousandths(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
