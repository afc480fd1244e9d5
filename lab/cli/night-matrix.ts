import type { NightCell } from '../night.ts';
import { variantOf } from '../nightly/lab-name.ts';

/** How a repeat of a cell is. */
export type RepeatState =
  'pending' | 'measured' | 'running' | 'pass' | 'fail' | 'unknown' | 'infrastructure' | 'left-out';

const signs: Record<RepeatState, string> = {
  pending: '·',
  measured: '•',
  running: '▶',
  pass: '✔',
  fail: '✘',
  unknown: '?',
  infrastructure: '!',
  'left-out': '–',
};

/** More repeats are counted, not drawn. */
const mostSigns = 4;

/**
 * Stacks against scenarios, a sign for each repeat. The columns are numbered, since the names of scenarios are long.
 * @param statesOf the repeats of a cell, in order
 */
export function matrixLines(
  cells: readonly NightCell[],
  statesOf: (cell: NightCell) => readonly RepeatState[],
  width: number,
): string[] {
  const scenarios = [...new Set(cells.map(({ scenario }) => scenario))];
  const rows = [...new Set(cells.map(variantOf))];
  const text = (row: string, scenario: string): string => {
    const cell = cells.find((each) => variantOf(each) === row && each.scenario === scenario);
    return cell === undefined ? '' : drawn(statesOf(cell));
  };
  const nameWidth = Math.max(...rows.map((row) => row.length));
  const body = rows.map((row) => scenarios.map((scenario) => text(row, scenario)));
  const cellWidth = Math.max(2, ...body.flat().map((each) => each.length));
  const line = (name: string, columns: readonly string[]): string =>
    `  ${name.padEnd(nameWidth)}  ${columns.map((each) => each.padEnd(cellWidth)).join(' ')}`.trimEnd();
  return [
    line(
      '',
      scenarios.map((_, i) => String(i + 1)),
    ),
    ...rows.map((row, i) => line(row, body[i] ?? [])),
    ...wrapped(
      scenarios.map((scenario, i) => `${String(i + 1)} ${scenario}`),
      width - 2,
    ).map((each) => `  ${each}`),
  ];
}

function drawn(states: readonly RepeatState[]): string {
  if (states.length <= mostSigns) return states.map((state) => signs[state]).join('');
  const done = states.filter((state) => state !== 'pending' && state !== 'running').length;
  const worst = (['running', 'fail', 'unknown', 'infrastructure', 'pass', 'measured'] as const).find(
    (state) => states.includes(state),
  );
  return `${signs[worst ?? 'pending']}${String(done)}/${String(states.length)}`;
}

function wrapped(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 2 + word.length <= width)
      lines[lines.length - 1] = `${last}  ${word}`;
    else lines.push(word);
  }
  return lines;
}
