/** What a text of Ruby consists of, as far as texts from outside could have become part of it. */
export interface RubyReading {
  /** The code, with `S` for every text in it and without comments. */
  code: string;
  /** Every text in the code: literals with their escapes undone, here-documents without their margin. */
  texts: string[];
  comments: string[];
}

/**
 * Reads Ruby that uses double-quoted literals, `<<~'LABEL'` here-documents and comments and no other quoting; an independent
 * reading of what lab/vagrantfile/ruby.ts writes.
 * @throws Error for a literal in which code could run, or that does not end on its line
 */
export function readRuby(source: string): RubyReading {
  const texts: string[] = [];
  const comments: string[] = [];
  let code = '';
  const lines = source.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    let label: string | undefined;
    for (let at = 0; at < line.length; at++) {
      const character = line[at] ?? '';
      if (character === '#') {
        comments.push(line.slice(at));
        break;
      }
      if (character === '"') {
        const { text, end } = readLiteral(line, at);
        texts.push(text);
        code += 'S';
        at = end;
        continue;
      }
      const opening = /^<<~'([A-Z_]+)'/.exec(line.slice(at));
      if (opening !== null) {
        label = opening[1];
        code += 'S';
        at += opening[0].length - 1;
        continue;
      }
      if ("'`%\\\0".includes(character))
        throw new Error(`unexpected ${JSON.stringify(character)} in: ${line}`);
      code += character;
    }
    code += '\n';
    if (label === undefined) continue;
    const body: string[] = [];
    for (i++; lines[i]?.trim() !== label; i++) {
      if (i >= lines.length) throw new Error(`a here-document without its end ${label}`);
      body.push(lines[i] ?? '');
    }
    texts.push(withoutMargin(body));
  }
  const kept = code.split('\n').filter((line) => line.trim() !== '');
  return { code: kept.join('\n'), texts, comments };
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
  '#': '#',
};

function readLiteral(line: string, start: number): { text: string; end: number } {
  let text = '';
  for (let at = start + 1; at < line.length; at++) {
    const character = line[at] ?? '';
    if (character === '"') return { text, end: at };
    if (character === '#' && '{$@'.includes(line[at + 1] ?? ' '))
      throw new Error(`interpolation in: ${line}`);
    if (character !== '\\') {
      text += character;
      continue;
    }
    const unicode = /^\\u\{([0-9a-f]+)\}/.exec(line.slice(at));
    const named = escapes[line[at + 1] ?? ''];
    if (unicode !== null) {
      text += String.fromCodePoint(Number.parseInt(unicode[1] ?? '', 16));
      at += unicode[0].length - 1;
    } else if (named !== undefined) {
      text += named;
      at += 1;
    } else throw new Error(`an escape that is not known here in: ${line}`);
  }
  throw new Error(`a literal that does not end on its line: ${line}`);
}

/** What Ruby's `<<~` does with lines that are indented by spaces. */
function withoutMargin(lines: readonly string[]): string {
  const margins = lines
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length);
  const margin = Math.min(...lines.filter((line) => line.trim() !== '').map(spacesBefore), ...margins);
  return lines.map((line) => `${line.slice(Math.min(margin, spacesBefore(line)))}\n`).join('');
}

function spacesBefore(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}
