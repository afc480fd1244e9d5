import { shortSeconds } from '../../figures.ts';
import { h } from '../../html/escape.ts';
import type { Html } from '../../html/escape.ts';
import type { CellView, NightView } from '../view.ts';
import { cellWords, signedPercent } from '../words.ts';
import { sparkline } from './sparkline.ts';

/**
 * Stack by scenario. On a narrow screen each stack becomes a list of its cells; the roles are written out because a table that
 * is laid out as blocks loses its own in some browsers.
 */
export function matrixSection(view: NightView): Html {
  return h`<section aria-labelledby="matrix"><h2 id="matrix" tabindex="-1">Stacks and scenarios</h2>
<p class="note">Each cell: median stall tonight, its change against the accepted history, the verdict, and the medians of the last nights with gaps where nothing was measured. – stands where a stack is not run in a scenario.</p>
<div class="scroll" role="region" tabindex="0" aria-labelledby="matrix"><table class="matrix" role="table">
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Stack</th>${view.scenarios.map(
    (scenario) => h`<th scope="col" role="columnheader">${scenario}</th>`,
  )}</tr></thead>
<tbody role="rowgroup">${view.rows.map(
    (row) => h`<tr role="row"><th scope="row" role="rowheader">${row}</th>${view.scenarios.map((scenario) => {
      const cell = view.cells.find((each) => each.row === row && each.cell.scenario === scenario);
      return cell === undefined
        ? h`<td class="none" role="cell"><span aria-hidden="true">–</span><span class="unseen-text">not in this night</span></td>`
        : drawn(cell);
    })}</tr>
`,
  )}</tbody></table></div></section>`;
}

function drawn(cell: CellView): Html {
  const { verdict, shift } = cell.judged;
  const { word, sign } = cellWords[verdict];
  const { pass, fail, unknown } = cell.verdicts;
  const runs = pass + fail + unknown;
  const change = shift === null || cell.medianSeconds === null ? '' : signedPercent(shift.share);
  return h`<td class="cell ${verdict}" role="cell" data-scenario="${cell.cell.scenario}"><a href="${`#${cell.id}`}"><b>${
    cell.medianSeconds === null ? '–' : shortSeconds(cell.medianSeconds)
  }</b>${change !== '' && h` <span class="change">${change}</span>`} <span class="word"><span aria-hidden="true">${sign}</span> ${word}</span></a>${
    runs > 0 && pass < runs && h`<span class="rate">${pass} of ${runs} pass</span>`
  }${sparkline(cell.trend)}</td>`;
}
