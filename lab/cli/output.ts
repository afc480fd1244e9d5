import { styleText } from 'node:util';
import type { CliContext, OutputStream } from './context.ts';

/** Prints a result. Progress and errors never come here: stdout is for results alone. */
export function print(context: CliContext, text: string): void {
  context.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function printJson(context: CliContext, value: unknown): void {
  print(context, JSON.stringify(value, null, 2));
}

/** A note beside the result, on stderr. */
export function tell(context: CliContext, text: string): void {
  context.stderr.write(`${text}\n`);
}

/** Whether a stream gets colour and animation (https://no-color.org: any non-empty NO_COLOR). */
export function isLively(
  stream: OutputStream,
  env: NodeJS.ProcessEnv,
  options: { colour: boolean },
): boolean {
  return options.colour && stream.isTTY === true && !env['NO_COLOR'] && !env['CI'] && env['TERM'] !== 'dumb';
}

export type Style = Parameters<typeof styleText>[0];

export function painter(lively: boolean): (style: Style, text: string) => string {
  return (style, text) => (lively ? styleText(style, text) : text);
}

/** Left-aligned columns, the last one unpadded. The first row is the heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
