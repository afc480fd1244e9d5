import type { CellJudgement, Finding, Judgement } from '../judgement.ts';
import { changeText, counted, listed } from './words.ts';

/** The verdict of a night for somebody who has just got up. */
export function verdictSentence(
  verdict: Judgement['verdict'],
  cells: readonly CellJudgement[],
  { finished }: { finished: boolean },
): string {
  const of = (...wanted: CellJudgement['verdict'][]): CellJudgement[] =>
    cells.filter((cell) => wanted.includes(cell.verdict));
  const gaps = gapsText(of('not-run'), of('unknown'), finished);
  switch (verdict) {
    case 'regressed':
      return sentence(`Regressed: ${regressionText(of('regressed'), cells.length)}`, gaps);
    case 'incomplete':
      return sentence(`Incomplete: ${gaps}`, comparedText(cells));
    case 'first-night':
      return sentence(
        `First night: ${counted(cells.length, 'cell')} measured, and nothing to compare them with yet`,
        failingText(cells),
      );
    case 'unchanged':
      if (cells.length === 0) return 'Unchanged: this part of the night has nothing to run.';
      return sentence(`Unchanged: ${comparedText(cells)}`, failingText(of('first-night')));
  }
}

function sentence(...parts: string[]): string {
  return `${parts.filter((part) => part !== '').join('; ')}.`;
}

/** What to look at first: a loss, then other news, then the largest shift. */
const gravity: readonly Finding['kind'][] = [
  'lost-write',
  'lost-lock',
  'verdict-rate',
  'new-error',
  'slower',
];

function regressionText(regressed: readonly CellJudgement[], all: number): string {
  const worst = [...regressed].sort(
    (a, b) => rank(a) - rank(b) || (b.shift?.share ?? 0) - (a.shift?.share ?? 0),
  )[0];
  const finding = worst === undefined ? undefined : worstFinding(worst);
  if (worst === undefined || finding === undefined) return '';
  const suspects = worst.suspects.length === 0 ? '' : `; changed: ${listed(worst.suspects, 2)}`;
  const others = regressed.length - 1;
  const more = others === 0 ? '' : `; ${String(others)} more of ${counted(all, 'cell')} regressed`;
  return `${worst.cell}: ${finding.message}${suspects}${more}`;
}

function rank(cell: CellJudgement): number {
  return gravity.indexOf(worstFinding(cell)?.kind ?? 'slower');
}

function worstFinding({ findings }: CellJudgement): Finding | undefined {
  return findings
    .filter(({ weight }) => weight === 'regression')
    .sort((a, b) => gravity.indexOf(a.kind) - gravity.indexOf(b.kind))[0];
}

function comparedText(cells: readonly CellJudgement[]): string {
  const compared = cells.filter(({ verdict }) => verdict === 'unchanged' || verdict === 'improved');
  const improved = cells.filter(({ verdict }) => verdict === 'improved');
  const first = cells.filter(({ verdict }) => verdict === 'first-night');
  const [largest] = compared
    .filter(({ verdict }) => verdict === 'unchanged')
    .flatMap(({ cell, shift }) => (shift === null ? [] : [{ cell, share: shift.share }]))
    .sort((a, b) => Math.abs(b.share) - Math.abs(a.share));
  const shift =
    largest === undefined ? '' : `, the largest shift is ${changeText(largest.share)} (${largest.cell})`;
  return [
    ...(compared.length === 0
      ? []
      : [
          `${counted(compared.length, 'cell')} of ${String(cells.length)} no worse than the accepted history${shift}`,
        ]),
    ...(improved.length === 0 ? [] : [`better: ${listed(improved.map(({ cell }) => cell))}`]),
    ...(first.length === 0 ? [] : [`${counted(first.length, 'cell')} for the first time`]),
  ].join('; ');
}

function gapsText(
  missing: readonly CellJudgement[],
  unknown: readonly CellJudgement[],
  finished: boolean,
): string {
  return [
    ...(finished ? [] : ['the night was not finished']),
    ...(missing.length === 0
      ? []
      : [`${counted(missing.length, 'cell')} not run (${listed(missing.map(({ cell }) => cell))})`]),
    ...(unknown.length === 0
      ? []
      : [
          `${counted(unknown.length, 'cell')} without a verdict (${listed(unknown.map(({ cell }) => cell))})`,
        ]),
  ].join('; ');
}

/** A fail without a history is no regression, and no secret. */
function failingText(cells: readonly CellJudgement[]): string {
  const failing = cells.filter(({ findings }) => findings.some(({ kind }) => kind === 'verdict-rate'));
  return failing.length === 0
    ? ''
    : `${counted(failing.length, 'cell')} with failed runs from the start (${listed(failing.map(({ cell }) => cell))})`;
}
