import { exactSeconds, shortSeconds } from '../../figures.ts';
import { h } from '../../html/escape.ts';
import type { Html } from '../../html/escape.ts';
import { phaseChanges, phaseMedians } from '../phases.ts';
import type { PhaseChange } from '../phases.ts';
import type { CellView } from '../view.ts';
import { signedSeconds } from '../words.ts';

/** How many phases have a colour of their own before colours repeat (reports/html/style.ts). */
const phaseColours = 8;

/** The phases before and tonight as two bars of one scale, and as a table; the one that changed most is marked. */
export function phaseComparison(cell: CellView): Html {
  const changes = phaseChanges(
    phaseMedians(cell.history),
    phaseMedians(cell.measured.flatMap(({ summary }) => summary ?? [])),
  );
  if (changes.length === 0) return h``;
  const before = sumOf(changes, 'beforeSeconds');
  const now = sumOf(changes, 'nowSeconds');
  const longest = Math.max(before, now);
  const grown = cell.judged.phase?.name;
  return h`<h4>Phases</h4>
${longest > 0 && [bar('Before', changes, 'beforeSeconds', longest), bar('Tonight', changes, 'nowSeconds', longest)]}
<div class="scroll" role="region" tabindex="0" aria-label="${`Phases of ${cell.cell.scenario} on ${cell.row}`}"><table class="phase-table" role="table">
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Phase</th>${[
    'Before',
    'Tonight',
    'Change',
  ].map(
    (name) => h`<th scope="col" role="columnheader" class="num">${name}</th>`,
  )}<th scope="col" role="columnheader" class="governed">Governed by</th></tr></thead>
<tbody role="rowgroup">${changes.map((change, i) => phaseRow(change, i, change.name === grown))}</tbody></table></div>
<p class="note">Medians of each phase over the runs in which its end was observed; they need not add up to the median stall. – is not observed.</p>`;
}

function phaseRow(change: PhaseChange, i: number, isGrown: boolean): Html {
  const seconds = (value: number | null): string => (value === null ? '–' : exactSeconds(value));
  const { beforeSeconds, nowSeconds, differenceSeconds, governedBy } = change;
  return h`<tr role="row"><th scope="row" role="rowheader"><span class="key ${colour(i)}" aria-hidden="true">${i + 1}</span>${change.name}${
    isGrown && h` <em class="tag grown">changed most</em>`
  }</th><td role="cell" class="num">${seconds(beforeSeconds)}</td><td role="cell" class="num">${seconds(nowSeconds)}</td><td role="cell" class="num">${
    differenceSeconds === null ? '–' : signedSeconds(differenceSeconds)
  }</td><td role="cell" class="governed">${governedBy !== null && h`<code>${governedBy}</code>`}</td></tr>
`;
}

type Side = 'beforeSeconds' | 'nowSeconds';

function bar(name: string, changes: readonly PhaseChange[], side: Side, longest: number): Html {
  const total = sumOf(changes, side);
  const told = changes
    .flatMap((change) => {
      const seconds = change[side];
      return seconds === null ? [] : [`${change.name} ${shortSeconds(seconds)}`];
    })
    .join(', ');
  if (total === 0)
    return h`<div class="row bars"><div class="label">${name}</div><p class="note">nothing observed</p></div>`;
  return h`<div class="row bars"><div class="label">${name}</div><div class="bar" role="img" aria-label="${`${name}: ${told}`}" style="${`width:${((total / longest) * 100).toFixed(2)}%`}">${changes.map(
    (change, i) => {
      const seconds = change[side];
      return (
        seconds !== null &&
        seconds > 0 &&
        h`<span class="part ${colour(i)}" style="${`flex-grow:${((seconds / total) * 1000).toFixed(3)}`}" title="${`${change.name} ${shortSeconds(seconds)}`}"><b>${i + 1}</b><i>${change.name}</i></span>`
      );
    },
  )}</div></div>`;
}

function sumOf(changes: readonly PhaseChange[], side: Side): number {
  return changes.reduce((sum, change) => sum + (change[side] ?? 0), 0);
}

function colour(i: number): string {
  return `p${String((i % phaseColours) + 1)}`;
}
