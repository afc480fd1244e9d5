import type { RunRecord } from '../../lab/record.ts';
import { explain } from '../explain.ts';
import type { ExplainedWindow } from '../explain.ts';
import { throughoutTitle, topics } from '../explain/text.ts';
import { h } from './escape.ts';
import type { Content, Html } from './escape.ts';

/** The run in sentences, the same that `lab explain` prints. */
export function explainSection(record: RunRecord): Html {
  const { windows, conditions, throughout } = explain(record);
  if (windows.length === 0) return h``;
  return h`<section aria-labelledby="words"><h2 id="words">In words</h2>
${conditions.map((sentence) => h`<p class="note">${kept(sentence)}</p>`)}
${windows.map((window, i) => windowArticle(window, `words-${String(i + 1)}`))}
${
  throughout.length > 0 &&
  h`<article aria-labelledby="words-whole" class="words"><h3 id="words-whole">${throughoutTitle}</h3><ul>${throughout.map((sentence) => h`<li>${kept(sentence)}</li>`)}</ul></article>`
}</section>`;
}

function windowArticle(window: ExplainedWindow, id: string): Html {
  return h`<article aria-labelledby="${id}" class="words"><h3 id="${id}"><span class="name">${window.name}</span> ${window.title}</h3>
<p>${kept(window.lead)}</p>
${
  window.parts.length > 0 &&
  h`<ul>${window.parts.map(
    ({ sentence, evidence }) =>
      h`<li>${kept(sentence)}${evidence !== '' && h` <span class="note">${kept(evidence)}</span>`}</li>`,
  )}</ul>`
}
${topics.map(
  ([topic, title]) =>
    window[topic].length > 0 &&
    h`<h4>${title}</h4><ul>${window[topic].map((sentence) => h`<li>${kept(sentence)}</li>`)}</ul>`,
)}</article>`;
}

/** A number and its unit stay on one line. */
function kept(sentence: string): Content {
  return sentence.replace(/(\d) (?=(?:s|ms|%)\b)/g, '$1\u00a0');
}
