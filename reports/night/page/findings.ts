import { counted, shortSeconds } from '../../figures.ts';
import { h } from '../../html/escape.ts';
import type { Content, Html } from '../../html/escape.ts';
import { verdictBadge } from '../../html/head.ts';
import { errorCounts, runName } from '../failures.ts';
import { cellsThat, noticedCells } from '../view.ts';
import type { CellView, NightView, RunView } from '../view.ts';
import { cellWords, findingWords, signedPercent, signedSeconds } from '../words.ts';
import { phaseComparison } from './phase-bars.ts';
import { stripPlot } from './strip.ts';

/** What decided the night, each with what there is to look at. */
export function regressionSection(view: NightView): Html {
  const cells = cellsThat(view, 'regressed');
  return h`<section aria-labelledby="regressions"><h2 id="regressions">Regressions</h2>
${cells.length === 0 ? h`<p>Nothing is worse than in the accepted history.</p>` : cells.map(article)}</section>`;
}

/** What is better, and what is only told. */
export function noticeSection(view: NightView): Html {
  const cells = noticedCells(view);
  if (cells.length === 0) return h``;
  return h`<section aria-labelledby="notices"><h2 id="notices">Improvements and notices</h2>
${cells.map(article)}</section>`;
}

function article(cell: CellView): Html {
  const { judged } = cell;
  const title = `${cell.id}-title`;
  return h`<article class="${`finding ${judged.verdict}`}" id="${cell.id}" tabindex="-1" aria-labelledby="${title}">
<h3 id="${title}">${cell.cell.scenario} on ${cell.row} ${cellBadge(cell)}</h3>
${figures(cell)}
<ul class="told">${cell.findings.map(
    ({ kind, weight, message, runs }) =>
      h`<li><em class="tag ${weight}">${findingWords[kind]}</em> <span>${message}${runs.length > 0 && h` <span class="note">shown by ${shownBy(runs, cell)}</span>`}</span></li>`,
  )}</ul>
${stripPlot(judged.before, judged.now)}
${phaseComparison(cell)}
${
  judged.suspects.length > 0 &&
  h`<h4>What else is different from the history</h4><ul class="suspects">${judged.suspects.map((suspect) => h`<li><code>${suspect}</code></li>`)}</ul>`
}
<h4>Runs</h4>${runList(cell)}</article>`;
}

export function cellBadge({ judged }: CellView): Html {
  const { word, sign } = cellWords[judged.verdict];
  return h`<span class="badge ${judged.verdict}"><span aria-hidden="true">${sign}</span> ${word}</span>`;
}

/** Median before and tonight, and how likely so large a difference is by chance. */
function figures({ judged, medianSeconds, beforeSeconds }: CellView): Html {
  if (medianSeconds === null) return h``;
  if (beforeSeconds === null)
    return h`<p class="stall"><b>${shortSeconds(medianSeconds)}</b> median stall</p>`;
  const { shift } = judged;
  return h`<p class="stall"><b>${shortSeconds(medianSeconds)}</b> median stall, before ${shortSeconds(beforeSeconds)}${
    shift !== null &&
    h`: ${signedSeconds(shift.seconds)}, ${signedPercent(shift.share)} <span class="note">p ${chance(shift.pValue)}</span>`
  }</p>`;
}

export function chance(pValue: number): string {
  return pValue < 0.0001 ? '< 0.0001' : `= ${pValue.toFixed(4)}`;
}

function shownBy(runs: readonly string[], cell: CellView): Content {
  return runs.map((id, i) => {
    const own = cell.runs.find(({ attempt }) => attempt.run === id);
    return h`${i > 0 && ', '}${own === undefined ? h`<code>${id}</code>` : runLink(own, runName(own))}`;
  });
}

/** Each run with its stall and verdict; its name leads to its own page. */
export function runList(cell: CellView): Html {
  if (cell.runs.length === 0) return h`<p class="note">None.</p>`;
  return h`<ul class="runs">${cell.runs.map((run) => {
    const stall = run.summary?.stallSeconds ?? null;
    const found =
      run.attempt.outcome === 'infrastructure'
        ? 'not measured'
        : stall === null
          ? 'no stall'
          : shortSeconds(stall);
    return h`<li>${runLink(run, runName(run))} ${found} ${verdictBadge(run.verdict)}${failures(run)}</li>`;
  })}</ul>`;
}

function failures({ summary }: RunView): Content {
  if (summary === null) return h` <span class="note">its record is not there</span>`;
  const errors = errorCounts(summary.errors);
  const { lost, damaged, lock } = summary;
  const told = [
    ...(summary.broken === null ? [] : [summary.broken]),
    ...((lost ?? 0) === 0 ? [] : [`${counted(lost ?? 0, 'write')} lost`]),
    ...((damaged ?? 0) === 0 ? [] : [`${counted(damaged ?? 0, 'write')} damaged`]),
    ...(lock === 'lost' ? ['a client lost its NFS lock'] : []),
    ...(errors === '' ? [] : [errors]),
    ...(summary.broken === null ? summary.failed.map(({ name, message }) => `${name}: ${message}`) : []),
  ];
  return told.length > 0 && h` <span class="note">${told.join('; ')}</span>`;
}

function runLink({ page, attempt }: RunView, name: string): Html {
  return page === null
    ? h`<span title="${attempt.run}">${name}</span>`
    : h`<a href="${page}" title="${attempt.run}">${name}</a>`;
}
