import type { Baseline } from '../baseline.ts';
import type { NightReport } from '../night-report.ts';
import type { Judges } from './night-report.ts';

/** A report of a night: a file beside night.json. */
export interface NightWriter {
  file: string;
  render: (report: NightReport) => string;
}

/** What the end of a night is made of. */
export interface NightParts extends Judges {
  /** The accepted history; an empty one where there is none. @throws HostError where it cannot be read */
  readBaseline: (folder: string) => Promise<Baseline>;
  /** Takes the runs of a night into the accepted history. @returns what was done, in a line; undefined where nothing was */
  accept(folder: string, report: NightReport): Promise<string | undefined>;
  /** Posts the verdict; never throws. @returns what went wrong, in a line */
  notify(url: string, report: NightReport, page: string, signal: AbortSignal): Promise<string | undefined>;
  writers: readonly NightWriter[];
  renderText: (report: NightReport, options: { colour: boolean; width: number }) => string;
}

export const nightPage = 'night.html';
export const dataFile = 'report.json';
