import { gammaln, mean, variance } from 'simple-statistics';

/**
 * Fisher's exact test, one-sided: how often chance alone puts at least so many of all failures into the first group, where both
 * fail equally often.
 */
export function fisherHigher(
  first: { failed: number; of: number },
  second: { failed: number; of: number },
): number {
  const failed = first.failed + second.failed;
  const all = first.of + second.of;
  let p = 0;
  for (let k = first.failed; k <= Math.min(failed, first.of); k++)
    if (failed - k <= second.of)
      p += Math.exp(logChoices(first.of, k) + logChoices(second.of, failed - k) - logChoices(all, failed));
  return Math.min(1, p);
}

function logChoices(of: number, chosen: number): number {
  return gammaln(of + 1) - gammaln(chosen + 1) - gammaln(of - chosen + 1);
}

/**
 * The chance that Student's t is at least so high, for a whole number of degrees of freedom (Abramowitz and Stegun, 26.7.3 and
 * 26.7.4). simple-statistics has the statistic and no distribution.
 */
export function studentHigher(t: number, degrees: number): number {
  const angle = Math.atan2(Math.abs(t), Math.sqrt(degrees));
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const odd = degrees % 2 === 1;
  let term = odd ? cos : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= ((k - 1) / k) * cos ** 2;
    sum += term;
  }
  const within = odd ? (2 / Math.PI) * (angle + sin * sum) : sin * sum;
  const tail = Math.max(0, (1 - within) / 2);
  return t >= 0 ? tail : 1 - tail;
}

/** How much one cell's figures scatter around their middle, on the scale of `scaled`. */
export interface Spread {
  variance: number;
  degrees: number;
}

/** A scale on which the same share is the same step; stalls far below a second do not stretch it. */
export function scaled(seconds: number): number {
  return Math.log(1 + seconds);
}

/** Of several samples of one cell, each around its own mean: a shift between them is no spread. */
export function spreadWithin(samples: readonly (readonly number[])[]): Spread {
  let squares = 0;
  let degrees = 0;
  for (const sample of samples) {
    if (sample.length < 2) continue;
    squares += variance(sample.map(scaled)) * sample.length;
    degrees += sample.length - 1;
  }
  return { variance: degrees === 0 ? 0 : squares / degrees, degrees };
}

/** What many cells say together of how much one scatters: noisy ones count in full, so that quiet ones do not hide them. */
export function pooledSpread(spreads: readonly Spread[]): Spread {
  const degrees = spreads.reduce((sum, each) => sum + each.degrees, 0);
  const squares = spreads.reduce((sum, each) => sum + each.variance * each.degrees, 0);
  return { variance: degrees === 0 ? 0 : squares / degrees, degrees };
}

/** Of the knowledge of all cells, this much counts for one: cells differ in how much they scatter. */
const borrowedDegrees = 4;
/** Measured stalls scatter at least by the interval of a writer and the clocks, whatever a few runs look like. */
const leastVariance = 0.01 ** 2;

/**
 * For samples too small for ranks: Student's t between two samples, with a variance to which all cells of the night contribute as
 * much as `borrowedDegrees` observations would (a moderated t, after Smyth 2004).
 * @returns one-sided chances, as of `rankTest`; 1 where nothing says how much such figures scatter
 */
export function spreadTest(
  first: readonly number[],
  second: readonly number[],
  all: Spread,
): { higher: number; lower: number } {
  const own = spreadWithin([first, second]);
  const borrowed = Math.min(borrowedDegrees, all.degrees);
  const degrees = own.degrees + borrowed;
  if (degrees === 0 || first.length === 0 || second.length === 0) return { higher: 1, lower: 1 };
  const assumed = Math.max(leastVariance, (own.variance * own.degrees + all.variance * borrowed) / degrees);
  const difference = mean(first.map(scaled)) - mean(second.map(scaled));
  const t = difference / Math.sqrt(assumed * (1 / first.length + 1 / second.length));
  return { higher: studentHigher(t, degrees), lower: studentHigher(-t, degrees) };
}
