import type { RunRecord, Verdict } from '../../lab/record.ts';
import { count, percent, roundSeconds, shortSeconds } from '../figures.ts';
import { brokenDetail, errorList, shownVerdict, stillOpen, sum, verdictSentence } from '../verdict.ts';
import { h } from './escape.ts';
import type { Content, Html } from './escape.ts';

const marks: Readonly<Record<Verdict, string>> = { pass: '✓', fail: '✕', unknown: '?' };

/** A verdict as a word with a mark; colour only repeats it. */
export function verdictBadge(verdict: Verdict): Html {
  return h`<span class="badge ${verdict}"><span aria-hidden="true">${marks[verdict]}</span> ${verdict}</span>`;
}

/** What happened in one sentence, what spoke against a pass, and which run it was. */
export function header(record: RunRecord): Html {
  const verdict = shownVerdict(record);
  const detail = brokenDetail(record);
  const against = record.checks.filter((check) => check.verdict !== 'pass');
  const order = { fail: 0, unknown: 1, pass: 2 };
  against.sort((a, b) => order[a.verdict] - order[b.verdict]);
  return h`<header class="top ${verdict}">
<p class="what">${verdictBadge(verdict)} <b>${record.scenario}</b> on <b>${record.stack}</b></p>
<h1>${unbroken(verdictSentence(record), record.faults[0]?.name)}</h1>
${detail.length > 0 && h`<pre class="more" tabindex="0">${detail.join('\n')}</pre>`}
${
  against.length > 0 &&
  h`<ul class="against">${against.map(
    (check) => h`<li>${verdictBadge(check.verdict)} <span><b>${check.name}</b> ${check.message}</span></li>`,
  )}</ul>`
}
<p class="meta">${record.title} · ${record.edition} edition · ${record.provider} with ${record.accelerator} · <time
datetime="${record.startedAt}">${wallTime(record.startedAt)}</time> · ran ${shortSeconds(record.durationMs / 1000)}</p>
</header>`;
}

/** Keeps the name of the fault, and a number and its unit, on one line each. */
export function unbroken(sentence: string, name?: string): Content {
  const text = sentence.replace(/(\d) (?=(?:s|ms)\b|%)/g, '$1\u00a0');
  if (name === undefined || name === '') return text;
  const [before = '', ...after] = text.split(name);
  return after.length === 0 ? text : [before, h`<span class="keep">${name}</span>`, after.join(name)];
}

/** `2026-03-02 21:14:07 UTC`; what is not ISO 8601 is shown as it is. */
export function wallTime(iso: string): string {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(iso);
  return parts === null ? iso : `${parts[1] ?? ''} ${parts[2] ?? ''} UTC`;
}

/** The handful of numbers that are looked for first; nothing where a run measured nothing. */
export function keyFigures(record: RunRecord): Html {
  const clients = record.clients;
  if (clients.length === 0) return h``;
  const operations = sum(clients.map((client) => client.operations));
  const acknowledged = sum(clients.map((client) => client.acknowledged));
  const failed = sum(clients.flatMap((client) => Object.values(client.errors)));
  const spoiled = sum(clients.map((client) => (client.lost ?? 0) + (client.damaged ?? 0)));
  const unread = clients.some((client) => client.lost === null || client.damaged === null);
  const readers = new Set(clients.flatMap((client) => client.readBacks.map((readBack) => readBack.reader)));
  const errors = clients.map((client) => errorList(client.errors)).filter((list) => list !== '');
  return h`<section aria-label="Key figures"><dl class="figures">
${record.windows.map((window) => {
  const open = stillOpen(window) ? 'still open at the end, ' : '';
  return window.stallSeconds === null
    ? figure(`Stall, ${window.name}`, 'none', 'no write was acknowledged', 'unknown')
    : figure(
        `Stall, ${window.name}`,
        `${open === '' ? '' : '> '}${shortSeconds(window.stallSeconds)}`,
        `${open}${percent(window.stallSeconds / window.budget.seconds)} of the ${roundSeconds(window.budget.seconds)} budget`,
        window.stallSeconds > window.budget.seconds || open !== '' ? 'fail' : undefined,
      );
})}
${figure(
  'Lost or damaged',
  acknowledged === 0 || (unread && spoiled === 0) ? 'not known' : count(spoiled),
  readers.size === 0
    ? 'nothing was read back'
    : `read back from ${String(readers.size)} ${readers.size === 1 ? 'place' : 'places'}`,
  spoiled > 0 ? 'fail' : acknowledged === 0 || unread ? 'unknown' : undefined,
)}
${figure('Acknowledged writes', count(acknowledged), `of ${count(operations)} that were due`, acknowledged === 0 ? 'unknown' : undefined)}
${figure('Failed writes', count(failed), errors.length === 0 ? 'no errors, only waiting' : errors.join(', '), undefined)}
</dl></section>`;
}

function figure(name: string, value: string, note: string, tone: Verdict | undefined): Html {
  return h`<div class="${tone ?? 'plain'}"><dt>${name}</dt><dd><b>${value}</b><span>${note}</span></dd></div>`;
}
