import type { NightReport } from '../../lab/night-report.ts';
import { count, shortSeconds } from '../figures.ts';
import { h, htmlText, raw } from '../html/escape.ts';
import type { Html } from '../html/escape.ts';
import { unbroken, wallTime } from '../html/head.ts';
import { style } from '../html/style.ts';
import { noticeSection, regressionSection } from './page/findings.ts';
import { matrixSection } from './page/matrix.ts';
import { cellSection, factSection, unmeasuredSection } from './page/rest.ts';
import { nightStyle } from './page/style.ts';
import { cellsThat, nightView } from './view.ts';
import type { NightView } from './view.ts';
import { nightWords } from './words.ts';

/** No script at all: what a guest said cannot become one. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A night as one page that needs nothing beside it; links lead to the pages of its runs. */
export function renderNightHtml(report: NightReport): string {
  const view = nightView(report);
  const { night, judgement } = report;
  return htmlText(h`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${nightWords[judgement.verdict].word}: ${night.id}</title>
<style>${raw(style)}${raw(nightStyle)}</style>
</head>
<body>
<a class="skip" href="#matrix">Skip to the matrix</a>
${header(view)}
<main>
${figures(view)}
${matrixSection(view)}
${regressionSection(view)}
${noticeSection(view)}
${unmeasuredSection(view)}
${cellSection(view)}
${factSection(view)}
</main>
<footer class="note"><p>Night ${night.id}. What each part means: docs/night-report.md.</p></footer>
</body>
</html>
`);
}

function header({ report: { night, judgement } }: NightView): Html {
  const { word, sign } = nightWords[judgement.verdict];
  const ran =
    night.endedAt === null
      ? 'not ended'
      : `ran ${duration(Date.parse(night.endedAt) - Date.parse(night.startedAt))}`;
  return h`<header class="top"><p class="what"><span class="badge ${judgement.verdict}"><span aria-hidden="true">${sign}</span> ${word}</span> <b>${night.id}</b></p>
<h1>${unbroken(judgement.sentence)}</h1>
<p class="meta">${night.hostClass} · ${night.provider} · <time datetime="${night.startedAt}">${wallTime(night.startedAt)}</time> · ${ran}${
    night.shard !== null && ` · shard ${String(night.shard.index)} of ${String(night.shard.of)}`
  }</p></header>`;
}

/** `7 h 12 min`; what is not a length of time is said to be unknown. A clock may have been set back while the night ran. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return 'for an unknown time';
  if (ms < 60_000) return shortSeconds(ms / 1000);
  const minutes = Math.round(ms / 60_000);
  return minutes < 60
    ? `${String(minutes)} min`
    : `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
}

function figures(view: NightView): Html {
  const measured = view.cells.reduce((sum, cell) => sum + cell.measured.length, 0);
  const broken = view.cells.reduce((sum, cell) => sum + cell.infrastructure.length, 0);
  const regressed = cellsThat(view, 'regressed').length;
  const open = cellsThat(view, 'unknown').length + cellsThat(view, 'not-run').length;
  const first = cellsThat(view, 'first-night').length;
  return h`<section aria-label="Key figures"><dl class="figures">
${figure('Regressed', regressed, `of ${count(view.cells.length)} cells`, regressed > 0 ? 'fail' : 'plain')}
${figure('Improved', cellsThat(view, 'improved').length, 'cells', 'plain')}
${figure('Unchanged', cellsThat(view, 'unchanged').length, 'cells', 'plain')}
${first > 0 && figure('First night', first, 'cells without a history', 'plain')}
${figure('Not known', open, 'cells unknown or not run', open > 0 ? 'unknown' : 'plain')}
${figure('Measured', measured, `runs; ${count(broken)} infrastructure failures`, 'plain')}
</dl></section>`;
}

function figure(name: string, value: number, note: string, tone: 'fail' | 'unknown' | 'plain'): Html {
  return h`<div class="${tone}"><dt>${name}</dt><dd><b>${count(value)}</b><span>${note}</span></dd></div>`;
}
