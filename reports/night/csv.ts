import type { NightReport } from '../../lab/night-report.ts';
import { whyNotMeasured } from './failures.ts';
import { nightView } from './view.ts';
import type { CellView, RunView } from './view.ts';

type Value = string | number | null;

/** Columns in their order, each with what it has for a run. docs/night-report.md describes them. */
const columns: readonly [string, (cell: CellView, run: RunView | null, report: NightReport) => Value][] = [
  ['night', (_cell, _run, { night }) => night.id],
  ['cell', ({ cell }) => cell.key],
  ['stack', ({ cell }) => cell.stack],
  ['edition', ({ cell }) => cell.edition],
  ['label', ({ cell }) => cell.label],
  ['scenario', ({ cell }) => cell.scenario],
  ['cell_verdict', ({ judged }) => judged.verdict],
  ['repeat', (_cell, run) => run?.attempt.repeat ?? null],
  ['attempt', (_cell, run) => run?.attempt.attempt ?? null],
  ['outcome', (_cell, run) => run?.attempt.outcome ?? 'not-run'],
  ['run', (_cell, run) => run?.attempt.run ?? null],
  ['started_at', (_cell, run) => run?.summary?.startedAt ?? null],
  ['duration_seconds', (_cell, run) => seconds(run?.summary?.durationMs)],
  ['verdict', (_cell, run) => (run === null ? null : run.verdict)],
  ['stall_seconds', (_cell, run) => run?.summary?.stallSeconds ?? null],
  [
    'phases_seconds',
    (_cell, run) =>
      run?.summary?.phases
        .map(({ name, seconds: s }) => `${name}=${s === null ? '' : String(s)}`)
        .join(';') ?? null,
  ],
  [
    'other_stalls_seconds',
    (_cell, run) =>
      run?.summary?.windows
        .map(({ name, stallSeconds: s }) => `${name}=${s === null ? '' : String(s)}`)
        .join(';') ?? null,
  ],
  ['errors', (_cell, run) => pairs(run?.summary?.errors)],
  ['lost', (_cell, run) => run?.summary?.lost ?? null],
  ['damaged', (_cell, run) => run?.summary?.damaged ?? null],
  ['lock', (_cell, run) => run?.summary?.lock ?? null],
  ['predicted_from_seconds', (_cell, run) => run?.summary?.predicted?.fromSeconds ?? null],
  ['predicted_to_seconds', (_cell, run) => run?.summary?.predicted?.toSeconds ?? null],
  ['failed_checks', (_cell, run) => run?.summary?.failed.map(({ name }) => name).join(';') ?? null],
  ['problem', (cell, run) => problemOf(cell, run)],
  ['seed', (_cell, run) => run?.summary?.seed ?? null],
  ['provider', (_cell, run, { night }) => run?.summary?.provider ?? night.provider],
  ['host_class', (_cell, run, { night }) => run?.summary?.hostClass ?? night.hostClass],
  ['settings', ({ cell }, run) => pairs(run?.summary?.settings ?? cell.settings)],
];

/** A row for each run, and one for a cell without any. RFC 4180: commas, CRLF, quotes doubled. */
export function renderNightCsv(report: NightReport): string {
  const { cells } = nightView(report);
  const rows = cells.flatMap((cell) =>
    (cell.runs.length === 0 ? [null] : cell.runs).map((run) =>
      columns.map(([, value]) => field(value(cell, run, report))),
    ),
  );
  return [columns.map(([name]) => name), ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

/**
 * One field. A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV Injection), also behind
 * white space or a quote, and in its wide form; control characters other than line breaks and tabs become `�`.
 */
export function field(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = value.replace(/(?![\t\r\n])\p{Cc}|\p{Cs}|\p{Bidi_Control}/gu, '\ufffd');
  const harmless = /^[\s"';,\ufffd]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]|^[\t\r\n]/u.test(text)
    ? `'${text}`
    : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function seconds(ms: number | undefined): number | null {
  return ms === undefined ? null : ms / 1000;
}

function pairs(table: Readonly<Record<string, unknown>> | undefined): string | null {
  if (table === undefined) return null;
  return Object.entries(table)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(';');
}

function problemOf(cell: CellView, run: RunView | null): string | null {
  if (run === null) return cell.leftOut.map(({ why }) => why).join('; ');
  if (run.summary === null || run.attempt.outcome === 'infrastructure') return whyNotMeasured(run.summary);
  return run.summary.broken;
}
