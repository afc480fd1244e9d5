import type { Duplex, Readable, Writable } from 'node:stream';

/** Passes a stream on as standard input; returns what lets go of it. */
export function feed(input: Readable, command: Writable, onError: (error: Error) => void): () => void {
  input.on('error', onError);
  input.pipe(command);
  return () => {
    input.off('error', onError);
    input.unpipe(command);
    input.pause();
  };
}

/** Ends a channel that opened after nobody wanted it any more. */
export function abandon(channel: Duplex & { stderr: Readable; close(): void }): void {
  channel.resume();
  channel.stderr.resume();
  channel.close();
}
