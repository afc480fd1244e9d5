import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { WriteStream } from 'node:fs';
import { HostError, messageOf } from '../errors.ts';
import type { Segment, Tap } from './port.ts';

/** A pcap file that is being written. */
export interface Capture {
  readonly file: string;
  /** Flushes and closes the file. @throws HostError when it could not be written; calling it again does nothing */
  stop(): Promise<{ file: string; frames: number; missed: number }>;
}

/** What may wait for a slow disk; frames beyond it are left out and counted. */
const maxQueueBytes = 32 * 1024 * 1024;
const snapshotBytes = 262_144;

/**
 * Captures every frame that the segment's nodes send, in the classic pcap format with nanoseconds, link type Ethernet
 * (draft-ietf-opsawg-pcap). Stamps are the host's wall clock as it was at the start, carried on by its monotonic clock.
 * @throws HostError when the file cannot be opened
 */
export async function startCapture(segment: Segment, file: string): Promise<Capture> {
  const stream = createWriteStream(file, { mode: 0o600 });
  try {
    await once(stream, 'open');
  } catch (cause) {
    throw new HostError(
      `cannot write the capture ${file}: ${messageOf(cause)}`,
      'name a file in a folder that exists',
      cause,
    );
  }
  let failure: Error | undefined;
  stream.on('error', (error) => {
    failure = error;
  });
  const wallMinusMonotonicNs = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
  let frames = 0;
  let missed = 0;
  stream.write(fileHeader());
  const tap: Tap = (_port, chunk, start, end, atMs) => {
    if (failure !== undefined || stream.writableLength > maxQueueBytes) {
      missed++;
      return;
    }
    const wallNs = BigInt(Math.round(atMs * 1000)) * 1000n + wallMinusMonotonicNs;
    stream.write(record(chunk, start, end, wallNs));
    frames++;
  };
  segment.taps = [...segment.taps, tap];
  let stopped: Promise<void> | undefined;
  return {
    file,
    stop: async () => {
      segment.taps = segment.taps.filter((one) => one !== tap);
      await (stopped ??= finish(stream));
      if (failure !== undefined)
        throw new HostError(`the capture ${file} is not complete: ${failure.message}`, undefined, failure);
      return { file, frames, missed };
    },
  };
}

async function finish(stream: WriteStream): Promise<void> {
  if (stream.closed) return;
  const closed = new Promise<void>((resolve) => stream.once('close', resolve));
  stream.end();
  await closed;
}

function fileHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2_3c4d, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(snapshotBytes, 16);
  header.writeUInt32LE(1, 20);
  return header;
}

function record(chunk: Buffer, start: number, end: number, wallNs: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(16 + end - start);
  bytes.writeUInt32LE(Number(wallNs / 1_000_000_000n), 0);
  bytes.writeUInt32LE(Number(wallNs % 1_000_000_000n), 4);
  bytes.writeUInt32LE(end - start, 8);
  bytes.writeUInt32LE(end - start, 12);
  chunk.copy(bytes, 16, start, end);
  return bytes;
}
