import { indented } from './lines.ts';

/**
 * A double-quoted Ruby literal of exactly this text: no interpolation, no escape and no line can begin in it, whatever it
 * holds. What a reader could not see (control and format characters, separators) is written as an escape.
 * @throws TypeError for half a surrogate pair, which no Ruby text can hold
 */
export function rubyString(value: string): string {
  if (/\p{Cs}/u.test(value)) throw new TypeError(`no Ruby text can hold ${JSON.stringify(value)}`);
  const inner = value.replace(
    /["\\]|#(?=[{$@])|[\p{C}\p{Z}]/gu,
    (character) => named[character] ?? codePoint(character),
  );
  return `"${inner}"`;
}

const named: Readonly<Record<string, string>> = {
  ' ': ' ',
  '"': '\\"',
  '\\': '\\\\',
  '#': '\\#',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function codePoint(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** A Ruby array of literals: `["sv01", "sv02"]`. */
export function rubyStrings(values: readonly string[]): string {
  return `[${values.map(rubyString).join(', ')}]`;
}

/**
 * Lines of a Ruby comment, without indentation. No text leaves it: a line break in it is a space, and it cannot become one of
 * the comments that Ruby obeys (`frozen_string_literal: true` alone on a line, anything between `-*-`; Ruby,
 * doc/syntax/comments.rdoc).
 */
export function rubyComment(text: string, width = 98): string[] {
  const words = text
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .replaceAll('-*-', '- * -')
    .trim()
    .split(' ');
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((line) => (obeyed.test(line) ? `# - ${line}` : `# ${line}`.trimEnd()));
}

const obeyed =
  /^['":; ]*(?:frozen[_-]string[_-]literal|warn[_-]indent|shareable[_-]constant[_-]value|(?:en)?coding) *[:=]/i;

/**
 * A text of several lines as the last argument of a call: what ends the call's line, and the lines that follow it. Nothing in
 * it is interpreted by Ruby. A text that a here-document cannot hold byte for byte (no newline at its end, carriage returns,
 * invisible characters, every line indented) becomes a literal.
 */
export function rubyText(text: string): { opening: string; following: string[] } {
  if (!holdsInHereDocument(text)) return { opening: rubyString(text), following: [] };
  const lines = text.slice(0, -1).split('\n');
  let label = 'SCRIPT';
  while (lines.some((line) => line.trim() === label)) label += '_';
  return { opening: `<<~'${label}'`, following: [...indented(lines), label] };
}

/** `<<~` takes the smallest indentation off every line, so one line needs to have none of its own. */
function holdsInHereDocument(text: string): boolean {
  return (
    text.endsWith('\n') &&
    !/[^\P{C}\n\t]|[\u2028\u2029]/u.test(text) &&
    !/^[ \t]+$/mu.test(text) &&
    /^[^ \t\n]/mu.test(text)
  );
}
