import type { NightReport } from '../../lab/night-report.ts';
import { shortSeconds } from '../figures.ts';
import { changeInWords, errorCounts, phaseInWords, runName, whyNotMeasured } from './failures.ts';
import { nightView } from './view.ts';
import type { CellView, RunView } from './view.ts';
import { cellWords, findingWords } from './words.ts';
import { element, xmlDocument } from './xml.ts';
import type { Xml } from './xml.ts';

/**
 * A night as JUnit XML: a suite for each stack, a case for each of its cells. It keeps to what the schemas of Jenkins (junit-4 to
 * junit-10 of its xunit plugin) and GitLab's parser have in common: no attribute of `skipped`, no properties of a case, details as
 * text of the element, since GitLab shows no `message`. docs/night-report.md says what becomes what.
 */
export function renderNightJunit(report: NightReport): string {
  const view = nightView(report);
  const { night, judgement } = report;
  const properties = {
    night: night.id,
    verdict: judgement.verdict,
    hostClass: night.hostClass,
    provider: night.provider,
    seed: night.seed,
  };
  const suites = view.rows.map((row) => {
    const cells = view.cells.filter((cell) => cell.row === row);
    const skipped = cells.filter((cell) => outcomeOf(cell) === 'skipped').length;
    return element(
      'testsuite',
      { ...totals(row, cells), skipped, timestamp: night.startedAt.replace(/(?:\.\d+)?Z$/, '') },
      [
        element(
          'properties',
          {},
          Object.entries(properties).map(([name, value]) => element('property', { name, value })),
        ),
        ...cells.map(caseOf),
      ],
    );
  });
  return xmlDocument(element('testsuites', totals(night.id, view.cells), suites));
}

type Outcome = 'passed' | 'failure' | 'error' | 'skipped';

/** A cell that fails as often as in its history passes: the night asks whether something became worse. */
export function outcomeOf({ judged, runs }: CellView): Outcome {
  switch (judged.verdict) {
    case 'regressed':
      return 'failure';
    case 'unknown':
      return 'error';
    case 'not-run':
      return runs.length > 0 ? 'error' : 'skipped';
    case 'improved':
    case 'unchanged':
    case 'first-night':
      return 'passed';
  }
}

function totals(name: string, cells: readonly CellView[]): Record<string, string | number> {
  const count = (outcome: Outcome): number => cells.filter((cell) => outcomeOf(cell) === outcome).length;
  return {
    name,
    tests: cells.length,
    failures: count('failure'),
    errors: count('error'),
    time: cells.reduce((sum, cell) => sum + secondsOf(cell), 0).toFixed(3),
  };
}

/** What its runs took, those of infrastructure failures included. */
function secondsOf({ runs }: CellView): number {
  return runs.reduce((sum, { summary }) => sum + (summary?.durationMs ?? 0), 0) / 1000;
}

function caseOf(cell: CellView): Xml {
  const attributes = { name: cell.cell.scenario, classname: cell.row, time: secondsOf(cell).toFixed(3) };
  return element('testcase', attributes, [
    ...outcomeElements(cell),
    element('system-out', {}, outLines(cell).join('\n')),
  ]);
}

function outcomeElements(cell: CellView): Xml[] {
  switch (outcomeOf(cell)) {
    case 'failure':
      return [failureOf(cell)];
    case 'error':
      return [errorOf(cell)];
    case 'skipped':
      return [element('skipped', {}, cell.leftOut.map(({ why }) => why).join('; ') || 'not run')];
    case 'passed':
      return [];
  }
}

function failureOf(cell: CellView): Xml {
  const against = cell.findings.filter(({ weight }) => weight === 'regression');
  const lines = [
    ...against.map(({ kind, message }) => `${findingWords[kind]}: ${message}`),
    changeInWords(cell),
    phaseInWords(cell),
    ...cell.judged.suspects.map((suspect) => `different from the history: ${suspect}`),
  ];
  return element(
    'failure',
    { type: against[0]?.kind ?? 'regressed', message: against[0]?.message ?? 'worse than before' },
    lines.filter((line) => line !== '').join('\n'),
  );
}

function errorOf(cell: CellView): Xml {
  const reasons = cell.infrastructure.map((run) => `${runName(run)}: ${whyNotMeasured(run.summary)}`);
  const told = [...cell.findings.map(({ message }) => message), ...reasons];
  const message = told[0] ?? 'it is not known how this cell is';
  return element(
    'error',
    { type: cell.infrastructure.length > 0 ? 'infrastructure' : 'unknown', message },
    told.join('\n') || message,
  );
}

/** All that is known of the cell, also of one that passed. GitLab reads `[[ATTACHMENT|file]]` here as an order, so it is broken up. */
function outLines(cell: CellView): string[] {
  const { pass, fail, unknown } = cell.verdicts;
  const runs = pass + fail + unknown;
  const lines = [
    `verdict: ${cellWords[cell.judged.verdict].word}; ${changeInWords(cell)}`,
    ...(runs === 0 ? [] : [`runs: ${String(pass)} of ${String(runs)} pass`]),
    ...cell.findings.map(({ kind, weight, message }) => `${weight}, ${findingWords[kind]}: ${message}`),
    ...cell.leftOut.map(({ repeats, why }) => `left out, ${String(repeats)}: ${why}`),
    ...cell.runs.map(runLine),
  ];
  return lines.map((line) => line.replaceAll('[[', '[ ['));
}

function runLine(run: RunView): string {
  const { summary, attempt, verdict } = run;
  const found =
    attempt.outcome === 'infrastructure'
      ? `not measured: ${whyNotMeasured(summary)}`
      : summary === null || summary.stallSeconds === null
        ? 'no stall'
        : `stall ${shortSeconds(summary.stallSeconds)}`;
  const errors = errorCounts(summary?.errors ?? {});
  return `${runName(run)} (${attempt.run}): ${verdict}, ${found}${errors === '' ? '' : `, errors ${errors}`}`;
}
