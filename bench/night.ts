import { LabError, exitCode } from '../lab/errors.ts';
import type { NightReport } from '../lab/night-report.ts';
import { renderNightCsv } from '../reports/night/csv.ts';
import { renderNightHtml } from '../reports/night/html.ts';
import { renderNightJson } from '../reports/night/json.ts';
import { renderNightJunit } from '../reports/night/junit.ts';
import { renderNightMarkdown } from '../reports/night/markdown.ts';
import { largeNight } from '../test/fixtures/night.ts';
import type { BenchRow } from './row.ts';

const stacks = 5;
const scenarios = 8;
const nights = 30;
const repeats = 5;
const goalMs = 1000;
const goalBytes = 2_000_000;

/** A night of 40 cells with 30 nights of history, drawn in every format. The first drawing counts: a night is drawn once. */
export function benchNight(): Promise<BenchRow[]> {
  const report = largeNight(stacks, scenarios, nights, repeats);
  const size = `${String(stacks * scenarios)} cells and ${String(nights)} nights`;
  const page = drawn(report, renderNightHtml);
  const others: [string, (of: NightReport) => string][] = [
    ['JUnit', renderNightJunit],
    ['Markdown', renderNightMarkdown],
    ['CSV', renderNightCsv],
    ['JSON', renderNightJson],
  ];
  return Promise.resolve([
    row(`page of ${size} drawn`, page.tookMs, goalMs, 'ms'),
    row(`page of ${size}, its size`, page.bytes / 1000, goalBytes / 1000, 'kB'),
    ...others.map(([name, render]) =>
      row(`${name} of ${size} drawn`, drawn(report, render).tookMs, goalMs, 'ms'),
    ),
  ]);
}

/** @throws LabError when less was drawn than is measured */
function drawn(report: NightReport, render: (of: NightReport) => string): { tookMs: number; bytes: number } {
  const beganMs = performance.now();
  const text = render(report);
  const tookMs = performance.now() - beganMs;
  const missing = report.night.cells.filter(({ scenario }) => !text.includes(scenario));
  if (missing.length > 0)
    throw new LabError(`${String(missing.length)} cells are not in the report`, { exitCode: exitCode.bug });
  return { tookMs, bytes: Buffer.byteLength(text) };
}

function row(what: string, measured: number, goal: number, unit: string): BenchRow {
  return {
    what,
    measured: `${measured.toFixed(0)} ${unit}`,
    goal: `< ${String(goal)} ${unit}`,
    ratio: `${(measured / goal).toFixed(2)} of the goal`,
  };
}
