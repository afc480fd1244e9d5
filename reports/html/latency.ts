import type { ClientResult, RunRecord } from '../../lab/record.ts';
import { count, latency, moment, quantile, shortSeconds } from '../figures.ts';
import { decadeLabel, logAxis, timeLabel, timeTicks } from './axis.ts';
import type { LogAxis } from './axis.ts';
import { h, inlineJson } from './escape.ts';
import type { Html } from './escape.ts';
import { failingLane, lane, runLanes, tenureLanes } from './lanes.ts';
import { pointsOf, thinned } from './points.ts';
import type { Point } from './points.ts';

/** Most operations drawn per client; beyond it stretches keep their extremes. */
const mostPoints = 2400;
/** The drawing is stretched to the room there is; strokes and dots keep their size. */
const across = 1000;
const down = 100;

/** Latency of each client over the run on a log axis, one panel per client, with what happened on the same axis of time. */
export function latencySection(record: RunRecord): Html {
  const endMs = runEndMs(record);
  const clients = record.clients.map((client) => ({ client, points: pointsOf(client.samples) }));
  if (endMs <= 0 || clients.every(({ points }) => points.length === 0)) return h``;
  const axis = logAxis(clients.flatMap(({ points }) => points.map((point) => point.latencyMs)));
  const drawn = clients.map(({ client, points }) => ({
    client,
    all: points,
    points: thinned(points, mostPoints),
  }));
  const ticks = timeTicks(endMs, 12);
  const thin = drawn.some(({ all, points }) => points.length < all.length);
  const hover = drawn.map(({ client, points }) => ({
    client: client.name,
    dueMs: points.map((point) => Math.round(point.dueMs)),
    latencyMs: points.map((point) => Math.round(point.latencyMs * 10) / 10),
    error: Object.fromEntries(points.flatMap((point, i) => (point.error === null ? [] : [[i, point.error]]))),
  }));
  return h`<section aria-labelledby="latency"><h2 id="latency">How long each write took</h2>
<figure>
<div class="chart" id="chart">
${runLanes(record, endMs)}
${drawn.map(({ client, all, points }) => [panel(record, client, all, points, axis, ticks, endMs), failingLane(client, endMs)])}
${tenureLanes(record.tenures, endMs)}
${lane(
  '',
  ticks.map(
    (ms, i) =>
      h`<span class="tick${i % 2 === 1 && ' odd'}${ms / endMs > 0.95 && ' end'}" style="${`left:${percentOf(ms, endMs)}`}">${timeLabel(ms, ticks[1] ?? 1000)}</span>`,
  ),
  'axis',
)}
<div class="cursor" hidden></div>
</div>
<output class="readout" id="readout" hidden></output>
<figcaption>Each dot is one write, placed when it was due; its height is the time until it was acknowledged, on a
logarithmic scale. Writes stay due while a client is blocked, so a stall shows as a falling curve.${
    thin ? ' Of long runs the slowest and fastest write of every short stretch are drawn.' : ''
  }<ul>${drawn.map(({ client, all }) => h`<li>${summary(client, all)}</li>`)}</ul></figcaption>
</figure>
<script type="application/json" id="chart-data">${inlineJson({ endMs, clients: hover })}</script></section>`;
}

function runEndMs(record: RunRecord): number {
  let endMs = record.durationMs;
  for (const client of record.clients) for (const ms of client.samples.endMs) endMs = Math.max(endMs, ms);
  return record.windows.reduce((latest, window) => Math.max(latest, window.endMs), endMs);
}

function panel(
  record: RunRecord,
  client: ClientResult,
  all: readonly Point[],
  points: readonly Point[],
  axis: LogAxis,
  ticks: readonly number[],
  endMs: number,
): Html {
  const x = (ms: number): string => ((Math.min(Math.max(ms, 0), endMs) / endMs) * across).toFixed(1);
  const y = (ms: number): string => ((1 - axis.position(ms)) * down).toFixed(2);
  const dots = (some: readonly Point[]): string =>
    some.map((point) => `M${x(point.dueMs)} ${y(point.latencyMs)}h0`).join('');
  const band = (name: string, fromMs: number, toMs: number): Html => {
    const width = ((Math.min(toMs, endMs) - Math.max(0, fromMs)) / endMs) * across;
    return h`<rect class="${name}" x="${x(fromMs)}" y="0" width="${Math.max(0, width).toFixed(1)}" height="${down}"/>`;
  };
  const stalls = record.windows.flatMap((window) =>
    window.stalls.filter((stall) => stall.client === client.name),
  );
  return h`<div class="row panel"><div class="label"><b>${client.name}</b>${axis.decades.map(
    (ms) => h`<span class="level" style="${`top:${y(ms)}%`}">${decadeLabel(ms)}</span>`,
  )}</div>
<div class="plot"><svg role="img" aria-label="${summary(client, all)}" viewBox="0 0 ${across} ${down}" preserveAspectRatio="none">
${record.faults.map((fault) => fault.injectedMs !== null && band('fault', fault.injectedMs, fault.healedMs ?? endMs))}
${stalls.map((stall) => band('stall', stall.startMs, stall.endMs))}
<path class="grid" d="${ticks.map((ms) => `M${x(ms)} 0V${String(down)}`).join('')}${axis.decades.map((ms) => `M0 ${y(ms)}H${String(across)}`).join('')}"/>
<path class="edge" d="${record.windows
    .flatMap((window) => [window.startMs, window.endMs])
    .map((ms) => `M${x(ms)} 0V${String(down)}`)
    .join('')}"/>
<path class="dots" d="${dots(points.filter((point) => point.error === null))}"/>
<path class="errors" d="${dots(points.filter((point) => point.error !== null))}"/></svg>
${stalls
  .filter((stall) => (stall.endMs - stall.startMs) / endMs > 0.01)
  .map(
    (stall) =>
      h`<span class="caption" style="${stall.startMs / endMs > 0.7 ? `right:${percentOf(endMs - stall.endMs, endMs)}` : `left:${percentOf(stall.startMs, endMs)}`}">${stall.open ? '> ' : ''}${shortSeconds(stall.seconds)}</span>`,
  )}</div></div>`;
}

function percentOf(ms: number, endMs: number): string {
  return `${((Math.min(Math.max(ms, 0), endMs) / endMs) * 100).toFixed(3)}%`;
}

/** The panel in words. */
function summary(client: ClientResult, points: readonly Point[]): string {
  const good = points.filter((point) => point.error === null);
  const failed = points.length - good.length;
  const errors = failed === 0 ? '' : `; ${count(failed)} failed`;
  if (good.length === 0)
    return `${client.name}: none of ${count(points.length)} writes was acknowledged${errors}.`;
  const sorted = good.map((point) => point.latencyMs).sort((a, b) => a - b);
  const slowest = good.reduce((a, b) => (b.latencyMs > a.latencyMs ? b : a));
  return `${client.name}: ${count(good.length)} writes acknowledged, median ${latency(quantile(sorted, 0.5) ?? 0)}, slowest ${latency(slowest.latencyMs)} (due at ${moment(slowest.dueMs)})${errors}.`;
}
