import type { ClientResult, RunRecord, Tenure } from '../../lab/record.ts';
import { count, moment, shortSeconds } from '../figures.ts';
import { overlapsOf } from '../overlaps.ts';
import { h } from './escape.ts';
import type { Content, Html } from './escape.ts';

interface Span {
  fromMs: number;
  toMs: number;
  text: string;
  /** What its tip begins with; the text where not given. */
  about?: string;
  className: string;
}

/** One row of the chart beside its label, on the chart's axis of time. */
export function lane(label: string, content: Content, className = ''): Html {
  return h`<div class="row lane ${className}"><div class="label">${label}</div><div class="track">${content}</div></div>`;
}

function spans(all: readonly Span[], endMs: number): Html[] {
  return all.map((span) => {
    const left = (Math.max(0, span.fromMs) / endMs) * 100;
    const width = (Math.min(span.toMs, endMs) / endMs) * 100 - left;
    const title = `${span.about ?? span.text}: ${moment(span.fromMs)} to ${moment(span.toMs)}, ${shortSeconds((span.toMs - span.fromMs) / 1000)}`;
    return h`<span class="span ${span.className}" style="${`left:${left.toFixed(3)}%;width:${Math.max(0, width).toFixed(3)}%`}" title="${title}"><i>${span.text}</i></span>`;
  });
}

/** What was done to the lab: faults from injection to healing, and the windows that are measured. */
export function runLanes(record: RunRecord, endMs: number): Html[] {
  const faults = record.faults.flatMap((fault): Span[] =>
    fault.injectedMs === null
      ? []
      : [
          {
            fromMs: fault.injectedMs,
            toMs: fault.healedMs ?? endMs,
            text: `${fault.name} ${fault.node}${fault.healedMs === null ? ', not healed' : ''}`,
            className: 'fault',
          },
        ],
  );
  const windows = record.windows.map((window): Span => ({
    fromMs: window.startMs,
    toMs: window.endMs,
    text: window.name,
    className: 'window',
  }));
  return [
    ...(faults.length === 0 ? [] : [lane('fault', spans(faults, endMs))]),
    ...(windows.length === 0 ? [] : [lane('window', spans(windows, endMs))]),
  ];
}

/** Stretches in which a client's writes failed instead of blocking. */
export function failingLane(client: ClientResult, endMs: number): Html | null {
  if (client.failing.length === 0) return null;
  const failing = client.failing.map((stretch): Span => ({
    fromMs: stretch.startMs,
    toMs: stretch.endMs,
    text: `${stretch.error} × ${count(stretch.operations)}`,
    className: 'failing',
  }));
  return lane('errors', spans(failing, endMs));
}

const senses = { address: 'address', announcement: 'ARP', service: 'answers', replica: 'Primary' } as const;

/**
 * Who held the service: a row per sense and node, and one for the time in which two held it at once. Who announced the address
 * has a row only where two did: it is the same as who sent with it.
 */
export function tenureLanes(tenures: readonly Tenure[], endMs: number): Html[] {
  return (['address', 'announcement', 'service', 'replica'] as const).flatMap((of) => {
    const own = tenures.filter((tenure) => tenure.of === of);
    const nodes = [...new Set(own.map((tenure) => tenure.node))].sort();
    const what = senses[of];
    const shown = of === 'announcement' && overlapsOf(own).length === 0 ? [] : nodes;
    const lanes = shown.map((node) => {
      const held = own.filter((tenure) => tenure.node === node);
      return lane(
        `${node} ${what}`,
        spans(
          held.map((tenure) => ({ ...tenure, text: node, className: 'tenure' })),
          endMs,
        ),
      );
    });
    const both = overlapsOf(own).map((overlap) => ({
      fromMs: overlap.fromMs,
      toMs: overlap.toMs,
      text: shortSeconds((overlap.toMs - overlap.fromMs) / 1000),
      about: `two at once (${what})`,
      className: 'failing',
    }));
    return both.length === 0 ? lanes : [...lanes, lane('two at once', spans(both, endMs))];
  });
}
