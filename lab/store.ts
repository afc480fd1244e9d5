import type { RunRecord } from './record.ts';
import type { RunSummary } from './run-summary.ts';

/** A run whose record cannot be read. It is set aside: named wherever runs are listed, touched by nobody. */
export interface SetAside {
  run: string;
  problem: string;
}

export interface StoreContents {
  /** In the order in which the store came to know them, which no jump of a clock changes. */
  runs: RunSummary[];
  setAside: SetAside[];
  /** Why the index on disk could not be brought up to date, where it could not; what is returned is right all the same. */
  notes: string[];
}

/** What belongs to a run beside its record. */
export interface RunExtras {
  /** Id of the night that it was run for; null for a run by hand. */
  night: string | null;
  /** Texts to keep beside the record, by their path in the run's folder. */
  files: ReadonlyMap<string, string>;
}

/** What may go. A run goes when all that was asked holds, and nothing protects it. */
export interface Retention {
  /** Only runs older than this go. */
  olderThanDays?: number;
  /** Only runs that this many newer ones follow go. */
  keep?: number;
  /** Runs of this many newest nights stay. */
  keepNights: number;
}

export interface Pruning {
  remove: { run: string; why: string; bytes: number }[];
  /** Runs that would have gone, and what protects them. */
  protected: { run: string; why: string }[];
  /** Nights of which no run is left. */
  nights: string[];
  /** What killed commands left: folders that never became a run, or had stopped being one. */
  leftovers: string[];
}

/** A results folder: runs, their records and the index of them. Several processes may use one at the same time. */
export interface Store {
  readonly folder: string;
  read(): Promise<StoreContents>;
  summaries(): Promise<RunSummary[]>;
  /** @throws RigError where its record is not valid, HostError where there is none */
  readRecord(run: string): Promise<RunRecord>;
  /** Makes the folder. @throws HostError where it cannot be written, or too little space is left for a run */
  makeReady(): Promise<void>;
  /**
   * Writes a run; it appears as a whole, or not at all.
   * @returns its folder, and a note where the index could not be told, which the next reader makes good
   * @throws HostError when it cannot be written, as on a full disk; nothing of it is left then
   */
  keep(record: RunRecord, extras?: Partial<RunExtras>): Promise<{ directory: string; note?: string }>;
  /** Takes a run whose folder is in place already into the index. @throws HostError when the index cannot be written */
  add(record: RunRecord, night?: string | null): Promise<void>;
  /** Makes the index anew from the folders of the runs. */
  rebuild(): Promise<StoreContents>;
  /** What would go; with `remove` it goes. @throws HostError where it cannot be told what is accepted, or be removed */
  prune(retention: Retention, options: { remove: boolean; now?: Date }): Promise<Pruning>;
}
