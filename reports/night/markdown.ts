import type { NightReport } from '../../lab/night-report.ts';
import { counted, printable, shortSeconds } from '../figures.ts';
import { changeInWords, phaseInWords, runName, whyNotMeasured } from './failures.ts';
import { cellsThat, nightView, noticedCells, suspectsOf } from './view.ts';
import type { CellView, NightView } from './view.ts';
import { cellWords, findingWords, nightWords, signedPercent } from './words.ts';

/** More than these are counted: a job summary is read, and GitHub takes 1 MiB of it. */
const mostListed = 50;

/** A night for the summary of a CI job, in GitHub's Markdown. */
export function renderNightMarkdown(report: NightReport): string {
  const view = nightView(report);
  const { night, judgement } = report;
  const { word, sign } = nightWords[judgement.verdict];
  const parts = [
    `## ${sign} ${word}: ${plain(judgement.sentence)}`,
    [night.id, night.hostClass, night.provider, night.startedAt, `seed ${String(night.seed)}`]
      .map(plain)
      .join(' · '),
    matrix(view),
    section('Regressions', cellsThat(view, 'regressed').flatMap(cellLines)),
    section('Improvements and notices', noticedCells(view).flatMap(cellLines)),
    section('Not measured', unmeasured(view)),
    section(
      'Different from the history',
      suspectsOf(view).map(({ suspect, cells }) => `- ${plain(suspect)} (${counted(cells.length, 'cell')})`),
    ),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function matrix(view: NightView): string {
  const head = ['Stack', ...view.scenarios.map(plain)];
  const rows = view.rows.map((row) => [
    `**${plain(row)}**`,
    ...view.scenarios.map((scenario) => {
      const cell = view.cells.find((each) => each.row === row && each.cell.scenario === scenario);
      return cell === undefined ? '-' : inMatrix(cell);
    }),
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function inMatrix({ judged, medianSeconds }: CellView): string {
  const { word, sign } = cellWords[judged.verdict];
  const median = medianSeconds === null ? '' : `${shortSeconds(medianSeconds)} `;
  const change =
    judged.shift === null || medianSeconds === null ? '' : `(${signedPercent(judged.shift.share)}) `;
  const told = `${sign} ${word}`;
  return `${median}${change}${judged.verdict === 'regressed' ? `**${told}**` : told}`;
}

function cellLines(cell: CellView): string[] {
  const phase = phaseInWords(cell);
  return [
    `- **${plain(`${cell.cell.scenario} on ${cell.row}`)}**: ${plain(changeInWords(cell))}`,
    ...cell.findings.map(({ kind, message }) => `  - ${findingWords[kind]}: ${plain(message)}`),
    ...(phase === '' ? [] : [`  - ${plain(phase)}`]),
    ...cell.judged.suspects.map((suspect) => `  - different from the history: ${plain(suspect)}`),
  ];
}

function unmeasured({ cells, report }: NightView): string[] {
  return [
    ...cells.flatMap((cell) =>
      cell.infrastructure.map(
        (run) =>
          `- infrastructure: ${plain(`${cell.cell.key}, ${runName(run)}: ${whyNotMeasured(run.summary)}`)}`,
      ),
    ),
    ...cells.flatMap((cell) =>
      cell.leftOut.map(
        ({ repeats, why }) => `- left out: ${plain(`${cell.cell.key}, ${counted(repeats, 'run')}: ${why}`)}`,
      ),
    ),
    ...report.setAside.map(
      ({ run, problem }) => `- broken record, set aside: ${plain(`${run}: ${problem}`)}`,
    ),
  ];
}

function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const more = lines.length - mostListed * 4;
  const shown = more > 0 ? [...lines.slice(0, mostListed * 4), `- and ${String(more)} more lines`] : lines;
  return `### ${title}\n\n${shown.join('\n')}`;
}

/**
 * Text of a guest as text and nothing else. Punctuation of Markdown gets a backslash, angle brackets and `&` become entities. A
 * zero width space follows what GitHub makes links of after it has read the Markdown: `@name`, `#12`, `www.`, `http://`.
 */
export function plain(text: string): string {
  return printable(text)
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/[\\`*_{}[\]()!|~$]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[@#]|:(?=\/\/)|\bwww(?=\.)|\bGH(?=-\d)/gi, '$&\u200b')
    .replace(/^([+-]|\d+[.)])(?=\s)/, '\\$1')
    .trim();
}
