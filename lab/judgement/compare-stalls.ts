import { median } from 'simple-statistics';
import type { Rules } from '../judgement.ts';
import { rankTest, shiftBetween } from './rank-test.ts';
import { spreadTest, type Spread } from './small-samples.ts';

/** What a test may assume and ask in one night. */
export interface Testing {
  /** The chance of a false alarm that each comparison has. */
  level: number;
  /** How much stalls of all cells scatter. */
  spread: Spread;
}

export interface Comparison {
  seconds: number;
  share: number;
  /** One-sided, in the direction of the shift. */
  pValue: number;
  way: 'slower' | 'faster' | 'same';
  beforeMedian: number;
  nowMedian: number;
}

/** Shares of stalls below it say nothing: it is the usual interval of a writer. */
const leastBaseSeconds = 0.1;
/** How one-sided the ranks have to be where the other test decides. */
const ranksAtLeast = 0.01;

/**
 * Stalls in seconds, tonight and before. A shift is one when it is large enough to matter and chance would hardly make it.
 * @returns null where one of them is empty
 */
export function compareStalls(
  now: readonly number[],
  before: readonly number[],
  { level, spread }: Testing,
  rules: Rules,
): Comparison | null {
  if (now.length === 0 || before.length === 0) return null;
  const { seconds, share, beforeMedian } = shiftOf(now, before);
  const matters = Math.abs(share) >= rules.shiftShare && Math.abs(seconds) >= rules.shiftSeconds;
  const pValue = chanceOf(now, before, seconds >= 0, { level, spread }, rules);
  const way = !matters || pValue > level ? 'same' : seconds > 0 ? 'slower' : 'faster';
  return { seconds, share, pValue, way, beforeMedian, nowMedian: median([...now]) };
}

function shiftOf(
  now: readonly number[],
  before: readonly number[],
): Pick<Comparison, 'seconds' | 'share' | 'beforeMedian'> {
  const beforeMedian = median([...before]);
  const seconds = shiftBetween(now, before);
  return { seconds, share: seconds / Math.max(beforeMedian, leastBaseSeconds), beforeMedian };
}

/**
 * Ranks answer where there are enough runs for an answer at this level. Where there are not, Student's t does, with what all cells
 * say of the spread, provided that the ranks are about as one-sided as so few can be.
 */
function chanceOf(
  now: readonly number[],
  before: readonly number[],
  up: boolean,
  { level, spread }: Testing,
  { nightShare }: Rules,
): number {
  const corrected = now.map((stall) => (up ? stall / (1 + nightShare) : stall * (1 + nightShare)));
  const ranks = rankTest(corrected, before);
  const side = up ? 'higher' : 'lower';
  // Sums of floating-point numbers: a choice that is the only one of its kind is not missed by the last digit.
  const hardly = 1 + 1e-9;
  if (ranks.least <= level || ranks[side] > Math.max(ranksAtLeast, ranks.least * hardly)) return ranks[side];
  return spreadTest(corrected, before, spread)[side];
}

/** Worth running again: suspiciously high, and neither harmless nor beyond doubt. */
export function isSuspicious(
  now: readonly number[],
  before: readonly number[],
  testing: Testing,
  rules: Rules,
): boolean {
  if (now.length === 0 || before.length === 0) return false;
  const { seconds, share } = shiftOf(now, before);
  if (share < rules.shiftShare / 2 || seconds < rules.shiftSeconds / 2) return false;
  const mild = { level: rules.suspicion, spread: testing.spread };
  if (chanceOf(now, before, true, mild, { ...rules, nightShare: 0 }) > rules.suspicion) return false;
  const compared = compareStalls(now, before, testing, rules);
  return !(compared?.way === 'slower' && compared.pValue <= testing.level * beyondDoubt);
}

/** Looking again and again finds something by chance more often than looking once: it ends only where this is no matter. */
const beyondDoubt = 0.1;
