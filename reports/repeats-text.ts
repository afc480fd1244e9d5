import type { RepeatSummary, WindowSummary } from './repeats.ts';
import { counted, printable, shortSeconds } from './figures.ts';
import type { Distribution } from './statistics.ts';
import { aligned, painter, wrap } from './terminal/text.ts';
import type { Paint } from './terminal/text.ts';

/** Repeated runs for a terminal: verdicts, then the distribution of each stall and its phases. */
export function renderRepeats(
  summaries: readonly RepeatSummary[],
  options: { colour: boolean; width: number },
): string {
  const paint = painter(options.colour);
  const width = Math.max(40, options.width);
  return `${summaries.map((summary) => lines(summary, summaries, width, paint).join('\n')).join('\n\n')}\n`;
}

function lines(summary: RepeatSummary, all: readonly RepeatSummary[], width: number, paint: Paint): string[] {
  const { runs, verdicts, broken, seeds, windows } = summary;
  const seed = seeds.length === 0 ? '' : `, seed ${seeds.join(', ')}`;
  const left =
    verdicts.unknown === 0
      ? []
      : wrap(
          `${counted(verdicts.unknown, 'unknown run')} (${String(broken)} of them broken) left out of the figures.`,
          width,
        );
  return [
    paint(
      'bold',
      printable(`${summary.scenario} on ${summary.stack}, ${counted(runs.length, 'run')}${seed}`),
    ),
    ...wrap(differing(summary, all), width).filter((line) => line !== ''),
    `${String(verdicts.pass)} pass, ${String(verdicts.fail)} fail, ${String(verdicts.unknown)} unknown`,
    ...left,
    ...windows.flatMap((window) => windowLines(window, width, paint)),
  ];
}

/** The settings in which runs of one scenario on one stack differ: they are why there is more than one summary. */
function differing({ stack, scenario, settings }: RepeatSummary, all: readonly RepeatSummary[]): string {
  const akin = all.filter((each) => each.stack === stack && each.scenario === scenario);
  return [...new Set(akin.flatMap((each) => Object.keys(each.settings)))]
    .filter((name) => akin.some((each) => each.settings[name] !== settings[name]))
    .map((name) => `${name}=${String(settings[name] ?? 'not there')}`)
    .join(' ');
}

function windowLines(window: WindowSummary, width: number, paint: Paint): string[] {
  const { name, stallSeconds, open, surprising, phases } = window;
  if (stallSeconds === null) return ['', `${printable(name)}: no stall was measured`];
  const [head = '', stall = '', ...rest] = aligned([
    [printable(name), 'runs', 'median', 'worst', 'spread', 'least'],
    ['stall', ...cells(stallSeconds)],
    ...phases.map((phase) => [
      `  ${phase.name}`,
      ...(phase.seconds === null ? ['0', 'unseen', '', '', ''] : cells(phase.seconds)),
    ]),
  ]);
  const notes = [
    ...(open === 0 ? [] : [`${counted(open, 'stall')} still open at the end: at least so long`]),
    ...(surprising === 0 ? [] : [`${counted(surprising, 'run')} outside of what was predicted`]),
    ...(stallSeconds.count === 1 ? ['one run is no distribution: repeat it'] : []),
  ];
  return [
    '',
    paint('dim', head),
    paint('bold', stall),
    ...rest,
    ...notes.flatMap((note) => wrap(note, width)),
  ];
}

/** Of a single run there is a figure and no spread. */
function cells({ count, median, worst, spread, least }: Distribution): string[] {
  return [
    String(count),
    shortSeconds(median),
    shortSeconds(worst),
    count === 1 ? '-' : shortSeconds(spread),
    shortSeconds(least),
  ];
}
