import { counted, shortSeconds } from '../../figures.ts';
import { h } from '../../html/escape.ts';
import type { Html } from '../../html/escape.ts';
import { distributionOf } from '../../statistics.ts';

const across = 1000;
const down = 100;
/** Dots of one row that would lie closer than this are drawn on lanes above each other. */
const apart = 16;
const lanes = 5;

/** Stalls before and tonight, each run a dot over one axis of seconds, with their medians. */
export function stripPlot(before: readonly number[], now: readonly number[]): Html {
  const all = [...before, ...now];
  if (all.length === 0) return h``;
  const scale = scaleOf(all);
  const rows = [
    { name: `Before, ${counted(before.length, 'run')}`, values: before, kind: 'dots' },
    { name: `Tonight, ${counted(now.length, 'run')}`, values: now, kind: 'dots tonight' },
  ];
  return h`<figure class="strip"><div role="img" aria-label="${inWords(before, now)}">
${rows.map(
  ({ name, values, kind }) => h`<div class="row"><div class="label">${name}</div>
<div class="plot"><svg viewBox="0 0 ${across} ${down}" preserveAspectRatio="none" aria-hidden="true"><path class="grid" d="${scale.ticks.map((tick) => `M${scale.x(tick)} 0V${String(down)}`).join('')}"/>${median(values, scale)}<path class="${kind}" d="${dots(values, scale)}"/></svg></div></div>
`,
)}<div class="row lane axis"><div class="label"></div><div class="track">${scale.ticks.map(
    (tick) =>
      h`<span class="tick middle" style="${`left:${(Number(scale.x(tick)) / 10).toFixed(2)}%`}">${scale.label(tick)}</span>`,
  )}</div></div></div>
<figcaption>Stall of each run; the line is the median.</figcaption></figure>`;
}

interface Scale {
  ticks: number[];
  x(seconds: number): string;
  label(seconds: number): string;
}

/** An axis that holds the values with some room beside them, with steps of 1, 2 or 5. */
export function scaleOf(values: readonly number[]): Scale {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const span = Math.max(most - least, most * 0.1, 0.1);
  const from = Math.max(0, least - span * 0.12);
  const to = most + span * 0.12;
  const rough = (to - from) / 5;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = decade * ([1, 2, 5].find((each) => each * decade >= rough) ?? 10);
  const ticks: number[] = [];
  for (let i = Math.ceil(from / step); i * step <= to; i++) ticks.push(i * step);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return {
    ticks,
    x: (seconds) => (((seconds - from) / (to - from)) * across).toFixed(1),
    label: (seconds) => `${seconds.toFixed(digits)} s`,
  };
}

function dots(values: readonly number[], scale: Scale): string {
  const taken = Array.from({ length: lanes }, () => -Infinity);
  return [...values]
    .sort((a, b) => a - b)
    .map((seconds) => {
      const x = Number(scale.x(seconds));
      const free = taken.findIndex((last) => x - last >= apart);
      const lane = free >= 0 ? free : taken.indexOf(Math.min(...taken));
      taken[lane] = x;
      // From the middle outwards: 0, 1 above, 1 below, 2 above, 2 below.
      const offset = Math.ceil(lane / 2) * (lane % 2 === 1 ? -1 : 1);
      return `M${x.toFixed(1)} ${String(down / 2 + offset * 16)}h0`;
    })
    .join('');
}

function median(values: readonly number[], scale: Scale): Html {
  const found = distributionOf(values);
  return found === null ? h`` : h`<path class="median" d="${`M${scale.x(found.median)} 6V94`}"/>`;
}

function inWords(before: readonly number[], now: readonly number[]): string {
  const told = (name: string, values: readonly number[]): string => {
    const found = distributionOf(values);
    if (found === null) return `${name}: nothing measured`;
    return `${name}, ${counted(found.count, 'run')}: median ${shortSeconds(found.median)}, from ${shortSeconds(found.least)} to ${shortSeconds(found.worst)}`;
  };
  return `Stall. ${told('Before', before)}. ${told('Tonight', now)}.`;
}
