import { roundSeconds, shortSeconds } from '../figures.ts';
import type { Sweep, SweptCell, SweptWindow } from '../sweep.ts';
import { timeTicks } from './axis.ts';
import { h } from './escape.ts';
import type { Html } from './escape.ts';

/** The drawing is stretched to the room there is; strokes keep their size. */
const across = 1000;
const down = 100;
/** Half the width of a bar that shows a band. */
const halfBar = 11;

interface Point {
  cell: SweptCell;
  window: SweptWindow;
  /** 0 to 1. */
  x: number;
}

/**
 * Stall against a setting, one chart for each combination of the others: each run a dot, medians joined, and for each value what
 * was predicted before it was measured.
 */
export function sweepCharts(sweep: Sweep, window: string): Html[] {
  const axis =
    sweep.axes.find(({ values }) => values.every((value) => typeof value === 'number')) ?? sweep.axes[0];
  if (axis === undefined) return [];
  const numbers = axis.values.filter((value) => typeof value === 'number');
  const numeric = numbers.length === axis.values.length;
  const last = Math.max(...numbers);
  const placeOf = (value: unknown): number =>
    numeric
      ? Number(value) / (last * 1.06)
      : (axis.values.findIndex((each) => each === value) + 0.5) / axis.values.length;
  const others = sweep.axes.filter((each) => each !== axis);
  const series = new Map<string, Point[]>();
  for (const cell of sweep.cells) {
    const own = cell.windows.find((each) => each.name === window);
    if (own === undefined) continue;
    const key = others.map(({ name }) => `${name}=${String(cell.at[name] ?? '')}`).join(' ');
    series.set(key, [...(series.get(key) ?? []), { cell, window: own, x: placeOf(cell.at[axis.name]) }]);
  }
  const top = topOf([...series.values()].flat());
  return [...series].map(([key, points]) =>
    chart(
      key,
      axis.name,
      points,
      top,
      axis.values.map((value) => ({ text: String(value), x: placeOf(value) })),
    ),
  );
}

/** All charts of a window have one scale, so that they can be compared. */
function topOf(points: readonly Point[]): number {
  const seconds = points.flatMap(({ window }) => [
    ...window.measured.map((each) => each.seconds),
    window.predicted?.floorSeconds ?? 0,
    window.predicted?.expectedSeconds ?? 0,
    window.predicted?.band?.toSeconds ?? 0,
  ]);
  return 1.05 * Math.max(1, ...seconds);
}

function chart(
  series: string,
  setting: string,
  points: readonly Point[],
  top: number,
  values: readonly { text: string; x: number }[],
): Html {
  const x = (at: number): string => (at * across).toFixed(1);
  const y = (seconds: number): string => ((1 - seconds / top) * down).toFixed(2);
  const levels = timeTicks(top * 1000, 5).map((ms) => ms / 1000);
  const line = (of: (point: Point) => number | null | undefined): string =>
    points
      .flatMap((point) => {
        const seconds = of(point);
        return seconds === null || seconds === undefined ? [] : [`${x(point.x)} ${y(seconds)}`];
      })
      .map((place, i) => `${i === 0 ? 'M' : 'L'}${place}`)
      .join('');
  const dots = (failed: boolean): string =>
    points
      .flatMap((point) =>
        point.window.measured
          .filter((each) => (each.verdict === 'fail') === failed)
          .map((each) => `M${x(point.x)} ${y(each.seconds)}h0`),
      )
      .join('');
  return h`<figure class="sweep">${series !== '' && h`<h3>${series}</h3>`}
<div class="row panel"><div class="label">${levels.map(
    (seconds) => h`<span class="level" style="${`top:${y(seconds)}%`}">${roundSeconds(seconds)}</span>`,
  )}</div>
<div class="plot"><svg role="img" aria-label="${inWords(setting, points)}" viewBox="0 0 ${across} ${down}" preserveAspectRatio="none">
<path class="grid" d="${levels.map((seconds) => `M0 ${y(seconds)}H${String(across)}`).join('')}"/>
${points.map(({ x: at, window }) => {
  const band = window.predicted?.band ?? null;
  return (
    band !== null &&
    h`<rect class="band" x="${(at * across - halfBar).toFixed(1)}" y="${y(band.toSeconds)}" width="${2 * halfBar}" height="${(((band.toSeconds - band.fromSeconds) / top) * down).toFixed(2)}"/>`
  );
})}
<path class="floor" d="${line(({ window }) => window.predicted?.floorSeconds)}"/>
<path class="expected" d="${line(({ window }) => window.predicted?.expectedSeconds)}"/>
<path class="median" d="${line(({ window }) => window.distribution?.median)}"/>
<path class="dots" d="${dots(false)}"/>
<path class="errors" d="${dots(true)}"/></svg></div></div>
<div class="row lane axis"><div class="label"></div><div class="track">${values.map(
    ({ text, x: at }) =>
      h`<span class="tick middle" style="${`left:${(at * 100).toFixed(2)}%`}">${text}</span>`,
  )}</div></div><p class="note axis-name">${setting}</p></figure>`;
}

function inWords(setting: string, points: readonly Point[]): string {
  return points
    .map(({ cell, window }) => {
      const { distribution, predicted } = window;
      const measured =
        distribution === null
          ? 'nothing measured'
          : `median ${shortSeconds(distribution.median)}, worst ${shortSeconds(distribution.worst)} of ${String(distribution.count)}`;
      const expected = predicted?.expectedSeconds ?? null;
      return `${setting} ${String(cell.at[setting] ?? '')}: ${measured}${expected === null ? '' : `, predicted ${shortSeconds(expected)}`}`;
    })
    .join('; ');
}

/** What the marks mean. */
export const chartLegend: Html = h`<ul class="marks"><li><i class="mark dot"></i> a run</li><li><i class="mark failed"></i> a run that failed</li>
<li><i class="mark median"></i> medians, joined</li><li><i class="mark expected"></i> predicted before the first run of a value, joined</li>
<li><i class="mark band"></i> its band</li><li><i class="mark floor"></i> floor by timers alone</li></ul>`;
