import type { Readable } from 'node:stream';

/** Streams that may be a terminal. */
export type InputStream = Readable & { isTTY?: boolean };
export type OutputStream = NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };

/** What a command may touch of the process that runs it. */
export interface CliContext {
  cwd: string;
  env: NodeJS.ProcessEnv;
  stdin: InputStream;
  stdout: OutputStream;
  stderr: OutputStream;
  /** Fires at the first Ctrl-C. */
  signal: AbortSignal;
  /** Sets the exit code of the process; without a call it is 0. */
  exitWith(code: number): void;
}
