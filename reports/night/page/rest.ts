import { counted, shortSeconds } from '../../figures.ts';
import { h } from '../../html/escape.ts';
import type { Content, Html } from '../../html/escape.ts';
import { table } from '../../html/facts.ts';
import { wallTime } from '../../html/head.ts';
import { runName, whyNotMeasured } from '../failures.ts';
import { noticedCells, suspectsOf } from '../view.ts';
import type { CellView, NightView } from '../view.ts';
import { signedPercent } from '../words.ts';
import { cellBadge, runList } from './findings.ts';

/** What was meant to be measured and was not, and records that could not be read. */
export function unmeasuredSection(view: NightView): Html {
  const { setAside } = view.report;
  const broken = view.cells.flatMap((cell) => cell.infrastructure.map((run) => ({ cell, run })));
  const left = view.cells.flatMap((cell) => cell.leftOut.map((each) => ({ cell, ...each })));
  if (broken.length + left.length + setAside.length === 0) return h``;
  return h`<section aria-labelledby="unmeasured"><h2 id="unmeasured">Not measured</h2>
${
  broken.length > 0 &&
  h`<h3>Infrastructure failures</h3>${table(
    'Infrastructure failures',
    ['Cell', 'Try', 'Why'],
    broken.map(({ cell, run }) => [cell.cell.key, runName(run), whyNotMeasured(run.summary)]),
    { stacked: true },
  )}`
}
${
  left.length > 0 &&
  h`<h3>Left out</h3>${table(
    'Left out',
    ['Cell', 'Runs', 'Why'],
    left.map(({ cell, repeats, why }) => [cell.cell.key, counted(repeats, 'run'), why]),
    { stacked: true },
  )}`
}
${
  setAside.length > 0 &&
  h`<h3>Broken records, set aside</h3>${table(
    'Broken records',
    ['Run', 'Problem'],
    setAside.map(({ run, problem }) => [run, problem]),
    { stacked: true },
  )}`
}</section>`;
}

/** Every cell in words and figures, with its runs. Cells that have an article of their own are only named. */
export function cellSection(view: NightView): Html {
  const told = new Set([
    ...view.cells.filter(({ judged }) => judged.verdict === 'regressed'),
    ...noticedCells(view),
  ]);
  const { cells } = view;
  if (cells.length === 0) return h``;
  return h`<section aria-labelledby="cells"><h2 id="cells">Every cell</h2>
<div class="scroll" role="region" tabindex="0" aria-labelledby="cells"><table class="cells" role="table">
<thead role="rowgroup"><tr role="row">${['Cell', 'Verdict', 'Tonight', 'Before', 'Change', 'Runs'].map(
    (name) => h`<th scope="col" role="columnheader">${name}</th>`,
  )}</tr></thead>
<tbody role="rowgroup">${cells.map(
    (
      cell,
    ) => h`<tr role="row"${!told.has(cell) && h` id="${cell.id}" tabindex="-1"`}><th scope="row" role="rowheader">${
      told.has(cell) ? h`<a href="${`#${cell.id}`}">${cell.cell.key}</a>` : cell.cell.key
    }</th>${rowCells(cell).map(
      ([name, content]) => h`<td role="cell" data-name="${name}">${content}</td>`,
    )}</tr>
`,
  )}</tbody></table></div></section>`;
}

function rowCells(cell: CellView): [string, Content][] {
  const { judged, medianSeconds, beforeSeconds } = cell;
  return [
    ['Verdict', cellBadge(cell)],
    ['Tonight', medianSeconds === null ? '–' : shortSeconds(medianSeconds)],
    [
      'Before',
      beforeSeconds === null
        ? 'no history'
        : `${shortSeconds(beforeSeconds)} (${counted(judged.before.length, 'run')})`,
    ],
    ['Change', judged.shift === null ? '–' : signedPercent(judged.shift.share)],
    ['Runs', runList(cell)],
  ];
}

/** What the night was: when, where, with which rules and settings, and what differs from before. */
export function factSection(view: NightView): Html {
  const { night, judgement } = view.report;
  const { rules } = judgement;
  const suspects = suspectsOf(view);
  const asked = view.cells.filter(({ cell }) => Object.keys(cell.settings).length > 0);
  return h`<section aria-labelledby="facts"><h2 id="facts">About this night</h2>
${
  suspects.length > 0 &&
  h`<h3>Different from the history</h3>${table(
    'Different from the history',
    ['What', 'Cells'],
    suspects.map(({ suspect, cells }) => [
      h`<code>${suspect}</code>`,
      cells.length === view.cells.length ? 'all' : cells.map(({ cell }) => cell.key).join(', '),
    ]),
    { stacked: true },
  )}`
}
<h3>Facts</h3>${table(
    'Facts',
    ['What', 'Value'],
    [
      ['Night', night.id],
      ['Began', wallTime(night.startedAt)],
      ['Ended', night.endedAt === null ? 'not ended' : wallTime(night.endedAt)],
      ['Kind of host', night.hostClass],
      ['Provider', night.provider],
      ['Seed', String(night.seed)],
      ...(night.shard === null
        ? []
        : [['Shard', `${String(night.shard.index)} of ${String(night.shard.of)}`]]),
      [
        'A stall is longer from',
        `${signedPercent(rules.shiftShare)} and ${shortSeconds(rules.shiftSeconds)} on`,
      ],
      ['Chance of a false alarm', `${String(rules.falseAlarmsPerNight)} in a night`],
      ['History of a cell', `${String(rules.leastHistory)} to ${String(rules.mostHistory)} accepted runs`],
      ...(rules.ignoredErrors.length === 0 ? [] : [['Errors not told of', rules.ignoredErrors.join(', ')]]),
    ],
  )}
${
  asked.length > 0 &&
  h`<h3>Settings that were asked for</h3>${table(
    'Settings that were asked for',
    ['Cell', 'Settings'],
    asked.map(({ cell }) => [
      cell.key,
      h`<code>${Object.entries(cell.settings)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join(' ')}</code>`,
    ]),
    { stacked: true },
  )}`
}</section>`;
}
