/** An element or a text of a page, as a strict reader of it sees them. */
export interface Tag {
  name: string;
  attributes: Record<string, string>;
}

export interface Page {
  tags: Tag[];
  /** Text outside of style and script, entities resolved, white space collapsed. */
  text: string;
  /** Contents of the script elements, in order. */
  scripts: string[];
}

const voidElements = new Set(['meta', 'input', 'br', 'rect', 'path']);
const entities: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#96;': '`',
};

/**
 * Reads a page. Stricter than a browser: what a browser would forgive is an error here.
 * @throws Error for an element that is not closed in order, an attribute without quotes, a bare `<` or an unknown entity
 */
export function readPage(html: string): Page {
  const page: Page = { tags: [], text: '', scripts: [] };
  const open: string[] = [];
  const token =
    /<!doctype html>|<\/([a-z0-9]+)>|<([a-z0-9]+)((?:\s+[a-z-]+(?:="[^"<]*")?)*)\s*\/?>|[^<]+|</giy;
  for (let match = token.exec(html); match !== null; match = token.exec(html)) {
    const [whole, closing, opening, attributes] = match;
    if (whole === '<') throw new Error(`a bare < before ${html.slice(match.index, match.index + 60)}`);
    if (closing !== undefined) {
      const last = open.pop();
      if (last !== closing) throw new Error(`</${closing}> closes <${last ?? 'nothing'}>`);
    } else if (opening !== undefined) {
      page.tags.push({ name: opening, attributes: readAttributes(attributes ?? '') });
      if (opening === 'script' || opening === 'style') {
        const end = html.indexOf(`</${opening}>`, token.lastIndex);
        if (opening === 'script') page.scripts.push(html.slice(token.lastIndex, end));
        token.lastIndex = end + `</${opening}>`.length;
      } else if (!voidElements.has(opening)) open.push(opening);
    } else if (!whole.startsWith('<!')) page.text += ` ${resolved(whole)}`;
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(' ')}`);
  page.text = page.text.replace(/\s+/g, ' ');
  return page;
}

function readAttributes(text: string): Record<string, string> {
  const found = [...text.matchAll(/([a-z-]+)(?:="([^"]*)")?/gi)];
  return Object.fromEntries(found.map((each) => [each[1] ?? '', resolved(each[2] ?? '')]));
}

function resolved(text: string): string {
  return text.replace(/&[^;\s]*;?/g, (entity) => {
    const character = entities[entity];
    if (character === undefined) throw new Error(`not an entity: ${entity}`);
    return character;
  });
}
