import { count, counted, shortSeconds } from '../figures.ts';
import { isUnexpected } from '../explain/prediction.ts';
import { sweptSettings } from '../sweep.ts';
import type { Sweep, SweptCell } from '../sweep.ts';
import { h, htmlText, raw } from './escape.ts';
import type { Content, Html } from './escape.ts';
import { table } from './facts.ts';
import { style } from './style.ts';
import { chartLegend, sweepCharts } from './sweep-chart.ts';

const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A sweep as one page that needs nothing beside it; links lead to the pages of the runs in its folder. */
export function renderSweepHtml(sweep: Sweep): string {
  const runs = sweep.cells.flatMap((cell) => cell.runs);
  const over = sweptSettings(sweep);
  const unknown = runs.filter((run) => run.verdict === 'unknown').length;
  return htmlText(h`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${sweep.scenario} on ${sweep.stack} over ${over}</title>
<style>${raw(style)}${raw(sweepStyle)}</style>
</head>
<body>
<header class="top"><p class="what"><b>${sweep.scenario}</b> on <b>${sweep.stack}</b></p>
<h1>How long clients wait, over ${over}</h1>
<p class="meta">${sweep.edition} edition · ${sweep.accelerators.join(', ') || 'nothing ran'} · ${counted(sweep.cells.length, 'combination')} · ${counted(runs.length, 'run')}${
    sweep.seeds.length > 0 && ` · seed ${sweep.seeds.join(', ')}`
  }</p>
${unknown > 0 && h`<p>${counted(unknown, 'run')} could not be judged and ${unknown === 1 ? 'is' : 'are'} in no figure.</p>`}
</header>
<main>
${sweep.windows.map((name) => windowSection(sweep, name))}
${brokenSection(sweep.cells)}
<section aria-labelledby="constant"><h2 id="constant">The same in all runs</h2>${table(
    'Settings',
    ['Setting', 'Value'],
    Object.entries(sweep.constant).map(([name, value]) => [name, h`<code>${String(value)}</code>`]),
  )}</section>
</main>
</body>
</html>
`);
}

function windowSection(sweep: Sweep, name: string): Html {
  const id = `window-${String(sweep.windows.indexOf(name) + 1)}`;
  return h`<section aria-labelledby="${id}"><h2 id="${id}">Stall in ${name}</h2>
${sweepCharts(sweep, name)}
${chartLegend}
${table(
  `Stall in ${name}`,
  [...sweep.axes.map((axis) => axis.name), 'Median', 'Worst', 'Spread', 'Floor', 'Predicted', 'Band', 'Runs'],
  sweep.cells.map((cell) => cellRow(cell, name, sweep)),
  { numeric: [0, 1, 2, 3, 4, 5].map((i) => i + sweep.axes.length) },
)}</section>`;
}

function cellRow(cell: SweptCell, name: string, { axes }: Sweep): Content[] {
  const window = cell.windows.find((each) => each.name === name);
  const found = window?.distribution ?? null;
  const predicted = window?.predicted ?? null;
  const band = predicted?.band ?? null;
  const expected = predicted?.expectedSeconds ?? null;
  const open = window?.measured.some((each) => each.open) === true;
  return [
    ...axes.map((axis) => String(cell.at[axis.name] ?? '')),
    found === null ? '–' : shortSeconds(found.median),
    found === null ? '–' : `${open ? '> ' : ''}${shortSeconds(found.worst)}`,
    found === null || found.count === 1 ? '–' : shortSeconds(found.spread),
    predicted === null ? '–' : shortSeconds(predicted.floorSeconds),
    expected === null ? '–' : shortSeconds(expected),
    band === null ? '–' : `${band.fromSeconds.toFixed(0)} to ${band.toSeconds.toFixed(0)} s`,
    cell.runs.map((run, i) => {
      const standing = window?.measured.find((each) => each.id === run.id)?.standing;
      const flagged =
        standing !== undefined && isUnexpected(standing) && h` <em class="tag">${standing}</em>`;
      return h`${i > 0 && ' '}<a class="run ${run.verdict}" href="${`${encodeURIComponent(run.id)}/report.html`}">${count(i + 1)} ${run.verdict}</a>${flagged}`;
    }),
  ];
}

function brokenSection(cells: readonly SweptCell[]): Html {
  const broken = cells.filter((cell) => cell.broken.length > 0);
  if (broken.length === 0) return h``;
  return h`<section aria-labelledby="broken"><h2 id="broken">Not judged</h2>${table(
    'Combinations that broke',
    ['Combination', 'Why'],
    broken.map((cell) => [
      Object.entries(cell.at)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join(' '),
      h`<ul>${[...new Set(cell.broken)].map((why) => h`<li>${why}</li>`)}</ul>`,
    ]),
  )}</section>`;
}

const sweepStyle = `
.sweep{margin-top:1rem}
.sweep .plot{height:16rem}
.band{fill:var(--accent);fill-opacity:.16}
svg .expected{stroke:var(--accent);stroke-width:2;stroke-dasharray:7 4}
svg .floor{stroke:var(--strong);stroke-width:1.5;stroke-dasharray:2 3}
svg .median{stroke:var(--ink);stroke-width:1.5}
.sweep .dots{stroke-width:8}
.sweep .errors{stroke-width:9}
.axis-name{text-align:right;margin:0}
.tick.middle,.tick.middle:first-child{transform:translateX(-50%)}
.marks{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;margin:.6rem 0 1rem;font-size:.8125rem;color:var(--soft)}
.mark{display:inline-block;width:1.4rem;height:.7rem;vertical-align:middle;margin-right:.35rem;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.mark.dot{width:.55rem;height:.55rem;border-radius:50%;background:var(--dot)}
.mark.failed{width:.55rem;height:.55rem;background:var(--fail)}
.mark.median{height:0;border-top:1.5px solid var(--ink)}
.mark.expected{height:0;border-top:2px dashed var(--accent)}
.mark.floor{height:0;border-top:1.5px dotted var(--strong)}
.mark.band{background:var(--accent);opacity:.3}
.run{color:var(--accent);white-space:nowrap;margin-right:.4rem}
.run.fail{color:var(--fail)}
.run.unknown{color:var(--unknown)}
`;
