import type { Readable } from 'node:stream';
import type { ClockTrack } from './clock.ts';

export interface ExecOptions {
  /** Default 60 000. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
  /** For the command's standard input. A stream is read until it or the command ends. */
  input?: string | Buffer | Readable | undefined;
  /** Gets output as it arrives; the texts of the result are empty then. */
  onOutput?: ((from: 'stdout' | 'stderr', chunk: Buffer) => void) | undefined;
  /** Do not throw when the status is not 0. */
  allowFailure?: boolean;
}

export interface ExecResult {
  stdout: string;
  stderr: string;
  /** null when a signal ended it. */
  status: number | null;
}

/** A command that keeps running on a node and whose lines arrive as they are printed. */
export interface RunningCommand {
  write(text: string): void;
  /** Ends standard input and waits until the command ended; after timeoutMs the channel is closed on it. Returns its status (null: signal or lost). */
  stop(timeoutMs: number): Promise<number | null>;
  /** Settles when the command ended for whatever reason, a lost connection included. */
  readonly ended: Promise<number | null>;
}

/** One node of a lab, as the engine reaches it: over a path that no fault of a scenario touches. */
export interface Machine {
  readonly name: string;
  /** @throws CommandError when the status is not 0 and allowFailure is not set; TimeoutError; RigError when the connection is lost. */
  exec(command: string, options?: ExecOptions): Promise<ExecResult>;
  /** `onLine` gets each line of standard output and the host's monotonic time at which it arrived, in milliseconds. */
  stream(command: string, onLine: (line: string, hostMs: number) => void): Promise<RunningCommand>;
  /** Writes a file with these permission bits; replaces it in one step. */
  upload(path: string, content: string | Buffer, mode: number): Promise<void>;
  download(path: string): Promise<Buffer>;
  /** The node's wall clock (CLOCK_REALTIME), which logs carry. */
  readonly wallClock: ClockTrack;
  /** The node's monotonic clock, which probes carry; starts anew when the node boots. */
  readonly monotonicClock: ClockTrack;
  /** Reads both clocks `readings` times; the tightest readings count. */
  calibrate(readings: number): Promise<void>;
  /** Drops the connection; the next exec opens a new one. */
  disconnect(): void;
  /**
   * Says that the node is known not to answer, and why: the connection is dropped and every command fails at once instead
   * of after a timeout. `undefined` ends that.
   */
  setAway(reason: string | undefined): void;
}
