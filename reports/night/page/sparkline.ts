import type { NightPoint } from '../../../lab/night-report.ts';
import { shortSeconds } from '../../figures.ts';
import { h } from '../../html/escape.ts';
import type { Html } from '../../html/escape.ts';

/** Most nights that are drawn. */
const mostNights = 30;
const across = 300;
const down = 100;
/** The drawing spans at least this share of its highest value, so that noise does not look like a change. */
const leastSpan = 0.5;

/** Medians of the last nights as a line; a night that measured nothing is a gap. Nothing where no night measured anything. */
export function sparkline(trend: readonly NightPoint[]): Html {
  const nights = trend.slice(-mostNights);
  const values = nights.flatMap(({ medianSeconds }) => medianSeconds ?? []);
  if (values.length === 0) return h``;
  const high = Math.max(...values);
  const span = Math.max(high - Math.min(...values), high * leastSpan, 0.001);
  const middle = (high + Math.min(...values)) / 2;
  const x = (i: number): string => (((i + 0.5) * across) / nights.length).toFixed(1);
  const y = (seconds: number): string => (down * (0.5 - (0.84 * (seconds - middle)) / span)).toFixed(1);
  let line = '';
  let worse = '';
  let last = '';
  for (const [i, { medianSeconds, judged }] of nights.entries()) {
    if (medianSeconds === null) continue;
    const place = `${x(i)} ${y(medianSeconds)}`;
    const joined = (nights[i - 1]?.medianSeconds ?? null) !== null;
    const alone = !joined && (nights[i + 1]?.medianSeconds ?? null) === null;
    line += `${joined ? 'L' : 'M'}${place}${alone ? 'h0' : ''}`;
    if (i === nights.length - 1) last = `M${place}h0`;
    else if (judged === 'regressed') worse += `M${place}h0`;
  }
  return h`<span class="spark" role="img" aria-label="${inWords(nights, values)}"><svg viewBox="0 0 ${across} ${down}" preserveAspectRatio="none" aria-hidden="true"><path class="trend" d="${line}"/>${
    worse !== '' && h`<path class="worse" d="${worse}"/>`
  }${last !== '' && h`<path class="tonight" d="${last}"/>`}</svg></span>`;
}

function inWords(nights: readonly NightPoint[], values: readonly number[]): string {
  const missing = nights.length - values.length;
  const tonight = nights.at(-1)?.medianSeconds ?? null;
  return [
    `Medians of ${String(nights.length)} ${nights.length === 1 ? 'night' : 'nights'}: ${shortSeconds(Math.min(...values))} to ${shortSeconds(Math.max(...values))}`,
    ...(missing === 0 ? [] : [`${String(missing)} without a measurement`]),
    tonight === null ? 'none tonight' : `tonight ${shortSeconds(tonight)}`,
  ].join(', ');
}
