import type { Window } from '../../lab/record.ts';
import { counted, shortSeconds } from '../figures.ts';

/** How a stall stands to what was expected of it. */
export type Standing =
  'not predicted' | 'below the floor' | 'below the band' | 'within the band' | 'above the band' | 'open';

/** A stall that is still open is known to be at least so long: it can be above the band, and nothing else is known. */
export function standingOf({ prediction, stallSeconds, stalls, worst }: Window): Standing {
  if (prediction === null || stallSeconds === null) return 'not predicted';
  const { floorSeconds, band } = prediction;
  if (band !== null && stallSeconds > band.toSeconds) return 'above the band';
  if (stalls.some((stall) => stall.client === worst && stall.open)) return 'open';
  if (stallSeconds < floorSeconds) return 'below the floor';
  if (band === null) return 'not predicted';
  return stallSeconds < band.fromSeconds ? 'below the band' : 'within the band';
}

/** True when a run deserves a second look; it fails nothing. */
export function isSurprising(window: Window): boolean {
  return isUnexpected(standingOf(window));
}

export function isUnexpected(standing: Standing): boolean {
  return standing === 'below the floor' || standing === 'below the band' || standing === 'above the band';
}

/** Predicted beside measured in one line; empty where nothing was predicted. */
export function predictionLine({ prediction }: Window): string {
  if (prediction === null) return '';
  const { floorSeconds, expectedSeconds, band, records } = prediction;
  if (expectedSeconds === null || band === null)
    return floorSeconds > 0 ? `predicted: at least ${shortSeconds(floorSeconds)} by timers alone` : '';
  return `predicted from ${counted(records, 'earlier run')}: ${shortSeconds(expectedSeconds)}, between ${shortSeconds(band.fromSeconds)} and ${shortSeconds(band.toSeconds)}`;
}

/** Predicted beside measured. */
export function predictionSentences(window: Window): string[] {
  const { prediction, stallSeconds } = window;
  if (prediction === null || stallSeconds === null) return [];
  const { floorSeconds, expectedSeconds, band, basis, terms } = prediction;
  const floor =
    floorSeconds > 0
      ? `Timers alone make a stall of at least ${shortSeconds(floorSeconds)}.`
      : 'No timer makes clients wait here.';
  if (expectedSeconds === null || band === null)
    return [
      floor,
      `More was not predicted: ${basis}.`,
      ...(standingOf(window) === 'below the floor'
        ? ['Unexpected: the stall is shorter than that, so what ended it was not what those timers are for.']
        : []),
    ];
  const why = terms.map((term) => `${shortSeconds(term.seconds)} ${term.name}: ${term.from}`).join('; ');
  const from = shortSeconds(band.fromSeconds);
  const to = shortSeconds(band.toSeconds);
  return [
    floor,
    `Expected: ${shortSeconds(expectedSeconds)}, between ${from} and ${to}, ${basis}. It is made of ${why}.`,
    outcome(window, band),
  ];
}

function outcome(window: Window, band: { fromSeconds: number; toSeconds: number }): string {
  const stall = window.stallSeconds ?? 0;
  switch (standingOf(window)) {
    case 'above the band':
      return `Unexpected: the stall is ${shortSeconds(stall - band.toSeconds)} longer than the longest expected.`;
    case 'below the band':
      return `Unexpected: the stall is ${shortSeconds(band.fromSeconds - stall)} shorter than the shortest expected.`;
    case 'below the floor':
      return 'Unexpected: the stall is shorter than its timers allow, so what ended it was not what they are for.';
    case 'open':
      return 'The stall was still open: whether it would have stayed within that is not known.';
    default:
      return `Measured: ${shortSeconds(stall)}, within that.`;
  }
}
