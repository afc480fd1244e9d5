import type { NightReport } from '../../lab/night-report.ts';
import { counted, printable, shortSeconds } from '../figures.ts';
import { aligned, hanging, painter, wrap } from '../terminal/text.ts';
import type { Paint, Style } from '../terminal/text.ts';
import { changeInWords, phaseInWords, runName, whyNotMeasured } from './failures.ts';
import { cellsThat, nightView, noticedCells } from './view.ts';
import type { CellView, NightView } from './view.ts';
import { cellWords, findingWords, nightWords, signedPercent } from './words.ts';

const bad: Style = ['bold', 'red'];
const styles: Readonly<Record<string, Style>> = {
  regressed: bad,
  improved: 'green',
  unchanged: 'green',
  'first-night': 'cyan',
  'not-run': 'yellow',
  unknown: 'yellow',
  incomplete: 'yellow',
};

/** A night for a terminal: the verdict, the matrix, what is worse, what could not be measured. */
export function renderNightText(report: NightReport, options: { colour: boolean; width: number }): string {
  const paint = painter(options.colour);
  const width = Math.max(40, options.width);
  const view = nightView(report);
  const { verdict, sentence } = report.judgement;
  const blocks = [
    [
      `${paint(styles[verdict] ?? 'bold', nightWords[verdict].word.toUpperCase())}  ${paint('bold', printable(report.night.id))}`,
      ...wrap(sentence, width),
    ],
    matrixLines(view, width, paint),
    told('regressions', cellsThat(view, 'regressed'), width, paint),
    told('improvements and notices', noticedCells(view), width, paint),
    unmeasuredLines(view, width, paint),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** A table where the terminal is wide enough, else a line for each cell. */
function matrixLines(view: NightView, width: number, paint: Paint): string[] {
  if (view.cells.length === 0) return [];
  const rows = view.rows.map((row) => [
    row,
    ...view.scenarios.map((scenario) => {
      const cell = view.cells.find((each) => each.row === row && each.cell.scenario === scenario);
      return cell === undefined ? '-' : `${figuresOf(cell)}${cellWords[cell.judged.verdict].sign}`;
    }),
  ]);
  const [head = '', ...lines] = aligned([['', ...view.scenarios], ...rows]);
  if (Math.max(head.length, ...lines.map((line) => line.length)) <= width) {
    const { sign } = cellWords.regressed;
    const verdicts = [...new Set(view.cells.map(({ judged }) => judged.verdict))];
    const legend = verdicts.map((verdict) => `${cellWords[verdict].sign} ${cellWords[verdict].word}`);
    return [
      paint('dim', head),
      ...lines.map((line) => line.replaceAll(sign, paint(bad, sign))),
      ...wrap(legend.join(', '), width).map((line) => paint('dim', line)),
    ];
  }
  return view.cells.flatMap((cell) => {
    const { sign, word } = cellWords[cell.judged.verdict];
    const found = hanging('  ', `${cell.cell.key}: ${figuresOf(cell)}${sign} ${word}`, width);
    return cell.judged.verdict === 'regressed' ? found.map((line) => paint(bad, line)) : found;
  });
}

/** `77.2 s +26 % `; empty where nothing was measured. */
function figuresOf({ judged, medianSeconds }: CellView): string {
  if (medianSeconds === null) return '';
  const change = judged.shift === null ? '' : `${signedPercent(judged.shift.share)} `;
  return `${shortSeconds(medianSeconds)} ${change}`;
}

function told(title: string, cells: readonly CellView[], width: number, paint: Paint): string[] {
  if (cells.length === 0) return [];
  return [
    paint('bold', title),
    ...cells.flatMap((cell) => {
      const style = styles[cell.judged.verdict] ?? 'bold';
      const phase = phaseInWords(cell);
      const [first = '', ...rest] = hanging(
        '  ',
        `${cell.cell.scenario} on ${cell.row}: ${changeInWords(cell)}`,
        width,
      );
      return [
        paint(style, first),
        ...rest,
        ...cell.findings.flatMap(({ kind, message }) =>
          hanging('    ', `${findingWords[kind]}: ${message}`, width),
        ),
        ...(phase === '' ? [] : hanging('    ', phase, width)),
        ...cell.judged.suspects.flatMap((suspect) => hanging('    ', `different: ${suspect}`, width)),
      ];
    }),
  ];
}

function unmeasuredLines({ cells, report }: NightView, width: number, paint: Paint): string[] {
  const lines = [
    ...cells.flatMap((cell) =>
      cell.infrastructure.map(
        (run) => `${cell.cell.key}, ${runName(run)}: infrastructure failure: ${whyNotMeasured(run.summary)}`,
      ),
    ),
    ...cells.flatMap((cell) =>
      cell.leftOut.map(({ repeats, why }) => `${cell.cell.key}: ${counted(repeats, 'run')} left out: ${why}`),
    ),
    ...report.setAside.map(({ run, problem }) => `${run}: broken record, set aside: ${problem}`),
  ];
  if (lines.length === 0) return [];
  return [paint('bold', 'not measured'), ...lines.flatMap((line) => hanging('  ', line, width))];
}
