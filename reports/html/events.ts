import type { RunRecord } from '../../lab/record.ts';
import type { TimelineEvent } from '../../lab/timeline.ts';
import { counted, moment } from '../figures.ts';
import { h } from './escape.ts';
import type { Content, Html } from './escape.ts';

/** Everything that happened, as a table; with JavaScript it can be filtered by source, node and text. */
export function eventSection(record: RunRecord): Html {
  if (record.events.length === 0) return h``;
  const events = [...record.events].sort((a, b) => a.atMs - b.atMs);
  const sources = [...new Set(events.map((event) => event.source))].sort();
  const nodes = [
    ...new Set(events.flatMap((event) => (event.node === undefined ? [] : [event.node]))),
  ].sort();
  return h`<section aria-labelledby="timeline"><h2 id="timeline">What happened</h2>
<form class="filter" id="event-filter" hidden>
${choice('source', 'Source', 'all sources', sources)}
${choice('node', 'Node', 'all nodes', nodes)}
<label>Text <input type="search" name="text" placeholder="any text" autocomplete="off"></label>
<label class="tick-box"><input type="checkbox" name="logs" checked> log lines</label>
<output name="shown" aria-live="polite">${counted(events.length, 'event')}</output></form>
<div class="scroll tall" role="region" tabindex="0" aria-labelledby="timeline"><table class="events" id="events">
<thead><tr><th scope="col" class="num">Time</th><th scope="col"><span title="uncertainty of the time">±</span></th><th scope="col">Source</th><th scope="col">Node</th><th scope="col">Event</th></tr></thead>
<tbody>${events.map(row)}</tbody></table></div></section>`;
}

function choice(name: string, label: string, all: string, values: readonly string[]): Html {
  return h`<label>${label} <select name="${name}"><option value="">${all}</option>${values.map(
    (value) => h`<option value="${value}">${value}</option>`,
  )}</select></label>`;
}

function row(event: TimelineEvent): Html {
  const isLog = event.kind === 'log';
  const about: Content = event.subject !== undefined && h` <span class="subject">${event.subject}</span>`;
  return h`<tr${isLog && h` class="log"`} data-source="${event.source}" data-node="${event.node ?? ''}"><td class="num">${moment(event.atMs)}</td><td class="num plus-minus note">${event.uncertaintyMs >= 0.05 && `± ${event.uncertaintyMs.toFixed(1)} ms`}</td><td class="source">${event.source}</td><td class="node">${event.node ?? ''}</td><td class="text">${
    !isLog && h`<b>${event.kind}</b>${about} `
  }${event.text}</td></tr>
`;
}
