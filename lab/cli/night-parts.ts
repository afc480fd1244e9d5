import type { NightReport } from '../night-report.ts';
import { notificationOf, notify } from '../notify.ts';
import { renderNightCsv } from '../../reports/night/csv.ts';
import { renderNightHtml } from '../../reports/night/html.ts';
import { renderNightJson } from '../../reports/night/json.ts';
import { renderNightJunit } from '../../reports/night/junit.ts';
import { renderNightMarkdown } from '../../reports/night/markdown.ts';
import { renderNightText } from '../../reports/night/text.ts';

/** A report of a night: a file beside night.json. */
export interface NightWriter {
  file: string;
  render: (report: NightReport) => string;
}

/** Who is told of a night, and how. */
export interface NightParts {
  writers: readonly NightWriter[];
  renderText: (report: NightReport, options: { colour: boolean; width: number }) => string;
  /** Posts the verdict; never throws. @returns what went wrong, in a line */
  notify: (
    url: string,
    report: NightReport,
    page: string,
    signal: AbortSignal,
  ) => Promise<string | undefined>;
}

export const nightPage = 'night.html';
export const dataFile = 'report.json';

export const nightParts: NightParts = {
  writers: [
    { file: nightPage, render: renderNightHtml },
    { file: 'junit.xml', render: renderNightJunit },
    { file: 'night.md', render: renderNightMarkdown },
    { file: 'night.csv', render: renderNightCsv },
    { file: dataFile, render: renderNightJson },
  ],
  renderText: renderNightText,
  notify: (url, { night, judgement }, page, signal) =>
    notify(url, notificationOf(night, judgement, page), { signal }),
};
