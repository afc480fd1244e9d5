import type { Window } from '../../lab/record.ts';
import { isSurprising, predictionLine, standingOf } from '../explain/prediction.ts';
import { exactSeconds, percent, roundSeconds, shortSeconds } from '../figures.ts';
import { phaseParts } from '../phase-parts.ts';
import type { PhasePart } from '../phase-parts.ts';
import { stillOpen } from '../verdict.ts';
import { timeTicks } from './axis.ts';
import { h } from './escape.ts';
import type { Html } from './escape.ts';

/** How many phases have a colour of their own before colours repeat. */
const phaseColours = 8;

/** The stall of each window: a bar cut into phases, what ended each of them and which setting governs it. */
export function stallSections(windows: readonly Window[]): Html {
  if (windows.length === 0) return h``;
  return h`<section aria-labelledby="stalls"><h2 id="stalls">Where the time went</h2>
${windows.map((window, i) => stallFigure(window, `window-${String(i + 1)}`))}</section>`;
}

function stallFigure(window: Window, id: string): Html {
  const title = h`<h3 id="${id}"><span class="name">${window.name}</span> ${window.title}</h3>`;
  if (window.stallSeconds === null)
    return h`<article aria-labelledby="${id}">${title}<p class="note">No write was acknowledged in this window: there is no stall to cut into phases.</p></article>`;
  const parts = phaseParts(window);
  const stall = exactSeconds(window.stallSeconds);
  return h`<article aria-labelledby="${id}">${title}
<p class="stall"><b>${stall}</b> without an acknowledgement${window.worst !== null && h` on ${window.worst}`}${
    stillOpen(window) && h`, <em>still open when the window ended</em>`
  }</p>
${parts.length > 0 ? bar(parts, window.stallSeconds, id) : h`<p class="note">The record attributes no part of it to a phase.</p>`}
${budget(window, window.stallSeconds)}
${predicted(window)}
${parts.length > 0 && legend(parts, stall)}
${otherStalls(window)}</article>`;
}

function bar(parts: readonly PhasePart[], seconds: number, id: string): Html {
  const drawn = parts.filter((part) => part.ms !== null);
  const told = drawn.map((part) => `${part.name} ${exactSeconds((part.ms ?? 0) / 1000)}`).join(', ');
  const ticks = seconds <= 0 ? [] : timeTicks(seconds * 1000, 6);
  return h`<div class="phases" role="img" aria-label="${`The stall of ${exactSeconds(seconds)} in phases: ${told}`}" data-window="${id}">
<div class="bar">${drawn.map(
    (part) =>
      h`<span class="part ${colourOf(part)}${part.observed && part.includes.length > 0 && ' mixed'}" style="${`flex-grow:${(part.share * 1000).toFixed(3)}`}" title="${`${part.name} ${exactSeconds((part.ms ?? 0) / 1000)}`}"><b>${part.number}</b><i>${part.name}</i></span>`,
  )}</div>
<div class="ticks">${ticks.map(
    (ms) =>
      h`<span style="${`left:${((ms / seconds / 1000) * 100).toFixed(3)}%`}">${roundSeconds(ms / 1000)}</span>`,
  )}</div></div>`;
}

/** Class that colours a part; what was not observed is hatched. */
function colourOf(part: PhasePart): string {
  return part.observed ? `p${String(((part.number - 1) % phaseColours) + 1)}` : 'unseen';
}

function budget(window: Window, seconds: number): Html {
  const share = seconds / window.budget.seconds;
  const scale = Math.max(1, share);
  const over = share > 1;
  const text = `${percent(share)} of the budget of ${roundSeconds(window.budget.seconds)}`;
  const terms = window.budget.terms.map(
    (term) =>
      h`<li><b>${roundSeconds(term.seconds)}</b><span>${term.name} <span class="note">${term.from}</span></span></li>`,
  );
  return h`<div class="budget"><div class="meter" aria-hidden="true"><span class="${over ? 'over' : 'within'}" style="${`width:${((share / scale) * 100).toFixed(2)}%`}"></span><i style="${`left:${(100 / scale).toFixed(2)}%`}"></i></div>
<p>${over ? h`<strong>Over budget:</strong> ` : null}${text}</p>
${terms.length > 0 && h`<ul class="terms">${terms}</ul>`}</div>`;
}

/** What was expected; marked where the run was otherwise, which fails nothing. */
function predicted(window: Window): Html {
  const line = predictionLine(window);
  if (line === '') return h``;
  return isSurprising(window)
    ? h`<p class="predicted"><strong>Unexpected: ${standingOf(window)}.</strong> ${line}</p>`
    : h`<p class="predicted note">${line}</p>`;
}

function legend(parts: readonly PhasePart[], stall: string): Html {
  return h`<div class="scroll" role="region" tabindex="0" aria-label="Phases of the stall"><table class="legend">
<thead><tr><th scope="col">Phase</th><th scope="col" class="num">Time</th><th scope="col">Ended by</th><th scope="col">Governed by</th></tr></thead>
<tbody>${parts.map(
    (
      part,
    ) => h`<tr><th scope="row"><span class="key ${colourOf(part)}" aria-hidden="true">${part.number}</span>${part.name}</th>
<td class="num">${part.ms === null ? '–' : exactSeconds(part.ms / 1000)}</td>
<td class="evidence">${!part.observed && h`<em class="tag">not observed</em> `}${
      part.ms === null && part.insideOf !== undefined && h`its time is inside <b>${part.insideOf}</b>. `
    }${part.evidence}${part.includes.length > 0 && h` <span class="note">includes ${part.includes.join(', ')}</span>`}${
      part.uncertaintyMs > 0 && h` <span class="note keep">± ${part.uncertaintyMs.toFixed(1)} ms</span>`
    }</td>
<td class="governed">${part.governedBy !== undefined && h`<code>${part.governedBy}</code>`}</td></tr>`,
  )}</tbody>
<tfoot><tr><th scope="row">Stall</th><td class="num">${stall}</td><td></td><td></td></tr></tfoot></table></div>`;
}

function otherStalls(window: Window): Html {
  const others = window.stalls.filter((stall) => stall.client !== window.worst);
  if (others.length === 0) return h``;
  const told = others.map(
    (stall) => `${stall.client} ${shortSeconds(stall.seconds)}${stall.open ? ', still open' : ''}`,
  );
  return h`<p class="note">Other clients: ${told.join('; ')}.</p>`;
}
