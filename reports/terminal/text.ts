import { styleText } from 'node:util';
import type { Verdict } from '../../lab/record.ts';
import { printable } from '../figures.ts';

export type Style = Parameters<typeof styleText>[0];

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

export function painter(colour: boolean): Paint {
  return (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
}

export const verdictStyle: Readonly<Record<Verdict, Style>> = {
  pass: 'green',
  fail: ['bold', 'red'],
  unknown: 'yellow',
};

/** Breaks a text into lines of at most `width` characters; a longer word gets lines of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of unitsKept(printable(text)).split(/ +/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = line.slice(width);
    }
  }
  return [...lines, line].map((each) => each.replaceAll(noBreakSpace, ' '));
}

const noBreakSpace = '\u00a0';

/** Keeps a number and its unit on one line. */
function unitsKept(text: string): string {
  return text.replace(/(\d) (?=(?:s|ms|%)(?:\W|$))/g, `$1${noBreakSpace}`);
}

/** A text beside a first column: the lines after the first are indented below its beginning. */
export function hanging(lead: string, text: string, width: number): string[] {
  const indent = ' '.repeat(lead.length);
  return wrap(text, Math.max(20, width - lead.length)).map((line, i) => (i === 0 ? lead : indent) + line);
}

/** Columns as wide as their widest cell, two spaces apart; the first one left, the others right-aligned. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map(printable));
  const widths = (cells[0] ?? []).map((_, i) => Math.max(...cells.map((row) => (row[i] ?? '').length)));
  return cells.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
