const markup = Symbol('markup');

/** Markup that is safe to put into a page as it is. Only `h`, `raw` and `inlineJson` make it. */
export interface Html {
  readonly [markup]: string;
}

/** What may stand in a template: texts and numbers are escaped, null, undefined and false are nothing. */
export type Content = Html | string | number | null | undefined | false | readonly Content[];

/** A template of markup; every value in it is escaped unless it is markup itself. Attributes need their quotes. */
export function h(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  const text = strings.map((string, i) => string + (i < values.length ? render(values[i]) : '')).join('');
  return { [markup]: text };
}

/** Marks text of this program, never of a record, as markup. */
export function raw(text: string): Html {
  return { [markup]: text };
}

/** The markup as text, for the end of the way. */
export function htmlText(html: Html): string {
  return html[markup];
}

/** JSON for the inside of a `<script type="application/json">`: no `<`, no line separators of JavaScript. */
export function inlineJson(value: unknown): Html {
  const text = JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return raw(text);
}

function render(value: Content): string {
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string') return escape(value);
  if (typeof value === 'number') return String(value);
  if (isMarkup(value)) return value[markup];
  return value.map(render).join('');
}

function isMarkup(value: Html | readonly Content[]): value is Html {
  return markup in value;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Escapes text for content and quoted attributes; characters that control a terminal or the direction become `�`. */
function escape(text: string): string {
  return text
    .replace(/(?![\n\t])\p{Cc}|\p{Bidi_Control}/gu, '\ufffd')
    .replace(/[&<>"'`]/g, (character) => entities[character] ?? '');
}
