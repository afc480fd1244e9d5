import type { CellJudgement, Finding, Judgement } from '../../lab/judgement.ts';
import { shortSeconds } from '../figures.ts';

/** How a verdict is told: a word and a sign that say it without colour. */
export interface VerdictWord {
  word: string;
  sign: string;
}

export const cellWords: Readonly<Record<CellJudgement['verdict'], VerdictWord>> = {
  regressed: { word: 'regressed', sign: '✕' },
  improved: { word: 'improved', sign: '▼' },
  unchanged: { word: 'unchanged', sign: '=' },
  'first-night': { word: 'first night', sign: '◇' },
  'not-run': { word: 'not run', sign: '○' },
  unknown: { word: 'unknown', sign: '?' },
};

export const nightWords: Readonly<Record<Judgement['verdict'], VerdictWord>> = {
  regressed: { word: 'regressed', sign: '✕' },
  unchanged: { word: 'unchanged', sign: '=' },
  'first-night': { word: 'first night', sign: '◇' },
  incomplete: { word: 'incomplete', sign: '?' },
};

export const findingWords: Readonly<Record<Finding['kind'], string>> = {
  'lost-write': 'lost write',
  'lost-lock': 'lost lock',
  'new-error': 'new error',
  'verdict-rate': 'verdict rate',
  slower: 'slower',
  faster: 'faster',
  'outside-prediction': 'outside prediction',
  infrastructure: 'infrastructure',
  'not-run': 'not run',
};

/** `+28 %`, `-5 %`, `±0 %`. */
export function signedPercent(share: number): string {
  const whole = Math.round(share * 100);
  if (whole === 0) return '±0 %';
  return `${whole > 0 ? '+' : '-'}${String(Math.abs(whole))} %`;
}

/** `+16.1 s`, `-240 ms`, `±0 s`. */
export function signedSeconds(seconds: number): string {
  const text = shortSeconds(Math.abs(seconds));
  if (text === '0 ms') return '±0 s';
  return `${seconds > 0 ? '+' : '-'}${text}`;
}
