import type { RunRecord } from '../lab/record.ts';
import { renderHtml } from './html.ts';
import { renderTerminal } from './terminal.ts';

/** A way to show a record, written to a file beside it. */
export interface Report {
  readonly name: string;
  /** Name of the file in the folder of the run. */
  readonly file: string;
  render(record: RunRecord): string;
}

export const reports: readonly Report[] = [
  { name: 'html', file: 'report.html', render: renderHtml },
  {
    name: 'terminal',
    file: 'summary.txt',
    render: (record) => renderTerminal(record, { colour: false, width: 80 }),
  },
];
