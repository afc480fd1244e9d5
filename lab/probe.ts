import type { Lab } from './provider.ts';
import type { Workload } from './stack.ts';
import type { Sample } from './stall.ts';

/** The record a writer appends for one operation; what it acknowledged must be found again like this. */
export interface LedgerEntry {
  sequence: number;
  /** CRC-32 (ISO 3309) of the payload, eight hex digits. */
  crc: string;
}

/** What a probe knows so far; it grows on the host while the client writes. */
export interface ProbeData {
  client: string;
  intervalMs: number;
  samples: readonly Sample[];
  /** Acknowledged records, in order. */
  ledger: readonly LedgerEntry[];
  /** Where the records are, as the clients see it. */
  path: string;
  /** When the writer was started again after a boot of its client, on the run's clock, and its first operation since; absent: never. */
  restarts?: readonly { atMs: number; sequence: number }[];
}

export interface RunningProbe {
  readonly client: string;
  /** Acknowledgements so far, and when the last one was made; to wait on. */
  readonly acknowledged: number;
  readonly lastAcknowledgedMs: number | undefined;
  /** Median time of its latest acknowledged operations, from due to acknowledged on the client; undefined before the first. */
  readonly usualLatencyMs: number | undefined;
  /** How late its last acknowledged operation was: from when it was due until word of it came; undefined before the first. */
  readonly behindMs: number | undefined;
  /** When its first operation was due, on the run's clock; operation n is due n intervals later. Undefined before it finished. */
  readonly firstDueMs: number | undefined;
  /** True when the client's program ended, which it should not before stop(), unless its client is about to be broken. */
  readonly ended: boolean;
  /** True from the end of the program of a broken client until it is started again: nobody waits for its writes. */
  readonly away: boolean;
  /** The client is about to be broken: its program may end, and its clock may begin anew. */
  leave(): void;
  /** Starts the program again where a boot of the client has ended it; it goes on with the next record of the same file. */
  restart(): Promise<void>;
  stop(): Promise<ProbeData>;
}

/**
 * Starts the writer of a workload on a client.
 * @param zeroMs host time of the run clock's zero
 */
export type StartProbe = (
  lab: Lab,
  client: string,
  workload: Workload,
  zeroMs: number,
) => Promise<RunningProbe>;
