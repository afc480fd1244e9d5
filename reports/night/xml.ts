const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Markup that is safe to put into a document as it is. Only `element` makes it. */
export interface Xml {
  readonly lines: readonly string[];
}

/** An element with its attributes and either text or other elements, indented below it. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  content: string | readonly Xml[] = [],
): Xml {
  const given = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escaped(String(value), /[&<>"'\t\n\r]/g)}"`,
  );
  const open = `${name}${given.join('')}`;
  if (content.length === 0) return { lines: [`<${open}/>`] };
  if (typeof content === 'string') return { lines: [`<${open}>${escaped(content, /[&<>"'\r]/g)}</${name}>`] };
  const inner = content.flatMap(({ lines }) => lines.map((line) => `  ${line}`));
  return { lines: [`<${open}>`, ...inner, `</${name}>`] };
}

export function xmlDocument(root: Xml): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root.lines.join('\n')}\n`;
}

/** Leaves out what XML 1.0 has no way to write (its production Char): control characters, lone surrogates, U+FFFE, U+FFFF. */
function escaped(text: string, special: RegExp): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(special, (character) => entities[character] ?? '');
}
