import { counted, percent, printable, shortSeconds } from './figures.ts';
import { isUnexpected } from './explain/prediction.ts';
import { sweptSettings } from './sweep.ts';
import type { Sweep, SweptCell, SweptWindow } from './sweep.ts';
import { aligned, painter, wrap } from './terminal/text.ts';
import type { Paint } from './terminal/text.ts';

/** A sweep for a terminal: a table for each window, a row for each combination of settings. */
export function renderSweep(sweep: Sweep, options: { colour: boolean; width: number }): string {
  const paint = painter(options.colour);
  const width = Math.max(40, options.width);
  const runs = sweep.cells.reduce((sum, cell) => sum + cell.runs.length, 0);
  const seeds = sweep.seeds.length === 0 ? '' : `, seed ${sweep.seeds.join(', ')}`;
  const head = paint(
    'bold',
    printable(
      `${sweep.scenario} on ${sweep.stack} over ${sweptSettings(sweep)}: ${counted(runs, 'run')}${seeds}`,
    ),
  );
  const broken = sweep.cells.flatMap((cell) =>
    [...new Set(cell.broken)].flatMap((why) => wrap(`${cellText(cell)}: not judged: ${why}`, width)),
  );
  const tables = sweep.windows.map((name) => windowTable(name, sweep, paint).join('\n'));
  return `${[head, ...tables, ...(broken.length === 0 ? [] : [broken.join('\n')])].join('\n\n')}\n`;
}

function windowTable(name: string, { axes, cells }: Sweep, paint: Paint): string[] {
  const head = [
    ...axes.map((axis) => axis.name),
    'pass',
    'fail',
    'unknown',
    'median',
    'worst',
    'spread',
    'floor',
    'predicted',
    'band',
    '',
  ];
  const rows = cells.map((cell) => {
    const window = cell.windows.find((each) => each.name === name);
    const { pass, fail, unknown } = cell.verdicts;
    return [
      ...axes.map((axis) => String(cell.at[axis.name] ?? '')),
      ...[pass, fail, unknown].map(String),
      ...measuredCells(window),
      ...predictedCells(window),
      noteOf(window),
    ];
  });
  const [headLine = '', ...lines] = aligned([head, ...rows]);
  return [paint('bold', printable(name)), paint('dim', headLine), ...lines];
}

function measuredCells(window: SweptWindow | undefined): string[] {
  const found = window?.distribution ?? null;
  if (found === null) return ['-', '-', '-'];
  const least = window?.measured.some((each) => each.open) === true ? '> ' : '';
  return [
    shortSeconds(found.median),
    `${least}${shortSeconds(found.worst)}`,
    found.count === 1 ? '-' : shortSeconds(found.spread),
  ];
}

function predictedCells(window: SweptWindow | undefined): string[] {
  const predicted = window?.predicted ?? null;
  if (predicted === null) return ['-', '-', '-'];
  const { floorSeconds, expectedSeconds, band } = predicted;
  return [
    shortSeconds(floorSeconds),
    expectedSeconds === null ? '-' : shortSeconds(expectedSeconds),
    band === null ? '-' : `${band.fromSeconds.toFixed(0)}-${band.toSeconds.toFixed(0)} s`,
  ];
}

/** How many runs were not as they were expected to be. */
function noteOf(window: SweptWindow | undefined): string {
  const measured = window?.measured ?? [];
  const unexpected = measured.filter((each) => isUnexpected(each.standing)).length;
  return unexpected === 0 ? '' : `${percent(unexpected / measured.length)} unexpected`;
}

/** `deadtime=5 keepalive=1` */
export function cellText({ at }: SweptCell): string {
  return Object.entries(at)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');
}
