/** Lines one step further in. Empty lines stay empty. */
export function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}

/** `opening`, the body one step in, `end`. */
export function block(opening: string, body: readonly string[]): string[] {
  return [opening, ...indented(body), 'end'];
}
