import type { CellComparison, CellSide, NightComparison } from './compare-nights.ts';
import type { Difference, RunComparison, RunSide, SecondsPair, WindowComparison } from './compare.ts';
import { counted, printable, shortSeconds } from './figures.ts';
import type { PhaseChange } from './night/phases.ts';
import { signedPercent, signedSeconds } from './night/words.ts';
import { aligned, hanging, painter, verdictStyle, wrap } from './terminal/text.ts';
import type { Paint } from './terminal/text.ts';

/** Two runs, or two nights, side by side for a terminal. */
export function renderComparison(
  comparison: RunComparison | NightComparison,
  options: { colour: boolean; width: number },
): string {
  const paint = painter(options.colour);
  const width = Math.max(40, options.width);
  const blocks =
    comparison.kind === 'runs' ? ofRuns(comparison, width, paint) : ofNights(comparison, width, paint);
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function ofRuns(comparison: RunComparison, width: number, paint: Paint): string[][] {
  const { a, b, windows, errors, settings, versions } = comparison;
  return [
    [...runHead('A', a, width, paint), ...runHead('B', b, width, paint)],
    warningLines(comparison.warnings, width, paint),
    ...windows.map((window) => windowLines(window, paint)),
    clientLines(comparison),
    errors.length === 0
      ? []
      : aligned([
          ['errors', 'A', 'B'],
          ...errors.map((each) => [each.error, String(each.a), String(each.b)]),
        ]),
    differenceLines('settings that differ', settings, width, paint),
    differenceLines('versions that differ', versions, width, paint),
  ];
}

function runHead(side: string, run: RunSide, width: number, paint: Paint): string[] {
  const verdict = run.verdict.toUpperCase().padEnd(7);
  const lead = `${side}  ${verdict}  `;
  const [first = '', ...rest] = hanging(
    lead,
    `${run.scenario} on ${run.stack} (${run.edition}), ${run.run}, ${run.hostClass}`,
    width,
  );
  return [`${side}  ${paint(verdictStyle[run.verdict], verdict)}  ${first.slice(lead.length)}`, ...rest];
}

function windowLines({ name, stall, clients, phases, predicted }: WindowComparison, paint: Paint): string[] {
  const band = (of: WindowComparison['predicted']['a']): string =>
    of === null ? '-' : `${of.fromSeconds.toFixed(1)}-${of.toSeconds.toFixed(1)} s`;
  const [head = '', first = '', ...rest] = withLast([
    [name, 'A', 'B', 'change', ''],
    ['stall', ...pairCells(stall), ''],
    ...clients.map((pair) => [`  ${pair.client}`, ...pairCells(pair), '']),
    ...phaseRows(phases),
    ...(predicted.a === null && predicted.b === null
      ? []
      : [['predicted', band(predicted.a), band(predicted.b), '', '']]),
  ]);
  return [paint('dim', head), paint('bold', first), ...rest];
}

function phaseRows(phases: readonly PhaseChange[]): string[][] {
  return phases.map(({ name, beforeSeconds, nowSeconds, differenceSeconds, governedBy }) => [
    `  ${name}`,
    ...pairCells({ a: beforeSeconds, b: nowSeconds, difference: differenceSeconds }),
    governedBy ?? '',
  ]);
}

function pairCells({ a, b, difference }: SecondsPair): string[] {
  const seconds = (value: number | null): string => (value === null ? '-' : shortSeconds(value));
  return [seconds(a), seconds(b), difference === null ? '-' : signedSeconds(difference)];
}

/** Aligned columns; the last one is a text, and left-aligned. */
function withLast(rows: readonly (readonly string[])[]): string[] {
  const figures = aligned(rows.map((row) => [...row.slice(0, -1), '|']));
  return figures.map((line, i) => `${line.slice(0, -1)}${printable(rows[i]?.at(-1) ?? '')}`.trimEnd());
}

/** What clients were promised and did not get. */
function clientLines({ a, b }: RunComparison): string[] {
  const count = (value: number | null): string => (value === null ? 'unread' : String(value));
  return aligned([
    ['what was promised', 'A', 'B'],
    ['acknowledged writes lost', count(a.lost), count(b.lost)],
    ['acknowledged writes damaged', count(a.damaged), count(b.damaged)],
    ['NFS lock', a.lock ?? 'not watched', b.lock ?? 'not watched'],
  ]);
}

function warningLines(warnings: readonly string[], width: number, paint: Paint): string[] {
  return warnings.flatMap((warning) =>
    hanging('warning: ', warning, width).map((line) => paint(verdictStyle.unknown, line)),
  );
}

function differenceLines(
  title: string,
  differences: readonly Difference[] | null,
  width: number,
  paint: Paint,
): string[] {
  if (differences === null)
    return [paint('bold', title), '  they do, and the records that say in what are not there'];
  if (differences.length === 0) return [];
  return [
    paint('bold', title),
    ...differences.flatMap((difference) => hanging('  ', differenceText(difference), width)),
  ];
}

function differenceText({ name, a, b }: Difference): string {
  const value = (each: Difference['a']): string => (each === null ? 'not there' : String(each));
  return `${name}: ${value(a)} -> ${value(b)}`;
}

function ofNights(comparison: NightComparison, width: number, paint: Paint): string[][] {
  const { a, b, cells } = comparison;
  const side = (name: string, { night, hostClass, provider }: NightComparison['a']): string[] =>
    hanging(`${name}  `, `${night}, ${provider}, ${hostClass}`, width);
  const [head = '', ...rows] = aligned([
    ['cell', 'A', 'B', 'change', '', 'A pass', 'B pass', 'A lost', 'B lost'],
    ...cells.map((cell) => [
      cell.cell,
      ...pairCells(cell.stall),
      cell.share === null ? '' : signedPercent(cell.share),
      passes(cell.a),
      passes(cell.b),
      cell.a === null ? '-' : String(cell.a.lost + cell.a.damaged),
      cell.b === null ? '-' : String(cell.b.lost + cell.b.damaged),
    ]),
  ]);
  return [
    [...side('A', a), ...side('B', b)],
    warningLines(comparison.warnings, width, paint),
    [paint('dim', head), ...rows],
    ...cells.map((cell) => cellLines(cell, width, paint)),
  ];
}

function passes(side: CellSide | null): string {
  if (side === null) return 'not in it';
  if (side.runs === 0) return side.infrastructure > 0 ? 'broken' : 'not run';
  return `${String(side.pass)} of ${String(side.runs)}`;
}

/** What of a cell is not the same in both nights, phase by phase; nothing for a cell of one night. */
function cellLines(cell: CellComparison, width: number, paint: Paint): string[] {
  if (cell.a === null || cell.b === null || cell.a.runs === 0 || cell.b.runs === 0) return [];
  const errors = cell.errors.map((each) => `${each.error} ${String(each.a)} -> ${String(each.b)}`);
  const [head = '', ...phases] = withLast([[cell.cell, 'A', 'B', 'change', ''], ...phaseRows(cell.phases)]);
  return [
    paint('bold', head),
    ...phases,
    ...wrap(
      `medians of ${counted(cell.a.runs, 'run')} and ${counted(cell.b.runs, 'run')}${
        cell.mostChanged === null ? '' : `; ${cell.mostChanged} changed most`
      }`,
      width - 2,
    ).map((line) => `  ${line}`),
    ...(errors.length === 0 ? [] : hanging('  errors: ', errors.join(', '), width)),
    ...cell.settings.flatMap((each) => hanging('  setting ', differenceText(each), width)),
    ...(cell.versions === null
      ? ['  versions differ, and the records that say in what are not there']
      : cell.versions.flatMap((each) => hanging('  version ', differenceText(each), width))),
  ];
}
