import type { RunSummary } from '../../lab/run-summary.ts';
import { shortSeconds } from '../figures.ts';
import type { CellView, RunView } from './view.ts';
import { signedPercent, signedSeconds } from './words.ts';

/** Why a try measured nothing, in its record's words. */
export function whyNotMeasured(summary: RunSummary | null): string {
  if (summary === null) return 'its record is not there';
  if (summary.broken !== null) return summary.broken;
  const unknown = summary.failed.filter(({ verdict }) => verdict === 'unknown');
  return unknown.map(({ name, message }) => `${name}: ${message}`).join('; ') || 'not said';
}

/** `run 2`, `run 2, try 2` after an infrastructure failure. */
export function runName({ attempt }: RunView): string {
  return `run ${String(attempt.repeat)}${attempt.attempt > 1 ? `, try ${String(attempt.attempt)}` : ''}`;
}

/** `EIO 34, EROFS 2`; empty when there were none. */
export function errorCounts(errors: RunSummary['errors']): string {
  return Object.entries(errors)
    .map(([name, operations]) => `${name} ${String(operations)}`)
    .join(', ');
}

/** `median 77.2 s, before 61.2 s: +16.0 s, +26 %`; what is not known is left out. */
export function changeInWords({ medianSeconds, beforeSeconds, judged }: CellView): string {
  if (medianSeconds === null) return 'no stall was measured';
  const median = `median ${shortSeconds(medianSeconds)}`;
  if (beforeSeconds === null) return `${median}, nothing to compare it with`;
  const { shift } = judged;
  const change = shift === null ? '' : `: ${signedSeconds(shift.seconds)}, ${signedPercent(shift.share)}`;
  return `${median}, before ${shortSeconds(beforeSeconds)}${change}`;
}

/** `detect grew most: 10.2 s -> 27.1 s, governed by deadtime=30`; empty without a phase. */
export function phaseInWords({ judged: { phase } }: CellView): string {
  if (phase === null) return '';
  const grew = phase.nowSeconds >= phase.beforeSeconds ? 'grew' : 'shrank';
  const governed = phase.governedBy === null ? '' : `, governed by ${phase.governedBy}`;
  return `${phase.name} ${grew} most: ${shortSeconds(phase.beforeSeconds)} -> ${shortSeconds(phase.nowSeconds)}${governed}`;
}
