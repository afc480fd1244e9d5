import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { HostError, messageOf } from '../errors.ts';
import { RunSummary } from '../run-summary.ts';
import { replaceFile } from './record-files.ts';

export const indexFile = 'index.jsonl';
/** Lines that are read between two turns of the event loop: a run that is measured in this process must not wait long. */
const linesPerTurn = 250;

/** A line of the index. Sequences grow; they, not clocks, say which run was before which. */
export const IndexEntry = z.strictObject({ sequence: z.int().positive(), ...RunSummary.shape });
export type IndexEntry = z.infer<typeof IndexEntry>;

export interface IndexText {
  /** By run; of two lines about one run the later counts. */
  entries: Map<string, IndexEntry>;
  /** There is none, or a line of it is torn, or of another release: it is to be written anew. */
  damaged: boolean;
}

export function summaryFrom({ sequence: _sequence, ...summary }: IndexEntry): RunSummary {
  return summary;
}

/** Reads what can be read; a line that cannot is left out. @throws HostError when the file itself cannot be read */
export async function readIndex(folder: string): Promise<IndexText> {
  let text: string;
  try {
    text = await readFile(join(folder, indexFile), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { entries: new Map(), damaged: true };
    throw new HostError(
      `the index ${join(folder, indexFile)} cannot be read: ${messageOf(error)}`,
      undefined,
      error,
    );
  }
  const lines = text.split('\n');
  const entries = new Map<string, IndexEntry>();
  // What follows the last newline is empty, or the beginning of a line that was never finished.
  let damaged = lines.pop() !== '';
  for (const [i, line] of lines.entries()) {
    if (i % linesPerTurn === linesPerTurn - 1) await setImmediate();
    const entry = parseLine(line);
    if (entry === undefined) damaged = true;
    else entries.set(entry.id, entry);
  }
  return { entries, damaged };
}

function parseLine(line: string): IndexEntry | undefined {
  try {
    return IndexEntry.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/**
 * Appends under the lock of the index. The line of a writer that was killed is cut off first, and so is what fits only in part.
 * @throws what the file system says
 */
export async function appendToIndex(folder: string, entries: readonly IndexEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const file = await open(join(folder, indexFile), 'a+');
  try {
    const whole = await wholeLength(file);
    if (whole !== (await file.stat()).size) await file.truncate(whole);
    try {
      await file.writeFile(linesOf(entries));
      await file.sync();
    } catch (error) {
      await file.truncate(whole).catch(() => undefined);
      throw error;
    }
  } finally {
    await file.close();
  }
}

type FileHandle = Awaited<ReturnType<typeof open>>;

/** Where the last whole line ends. */
async function wholeLength(file: FileHandle): Promise<number> {
  let end = (await file.stat()).size;
  const chunk = Buffer.alloc(65_536);
  while (end > 0) {
    const from = Math.max(0, end - chunk.length);
    const { bytesRead } = await file.read(chunk, 0, end - from, from);
    const newline = chunk.subarray(0, bytesRead).lastIndexOf(10);
    if (newline !== -1) return from + newline + 1;
    end = from;
  }
  return 0;
}

/** Writes the index anew, under its lock. @throws what the file system says */
export async function writeIndex(folder: string, entries: readonly IndexEntry[]): Promise<void> {
  await replaceFile(join(folder, indexFile), linesOf(entries));
}

function linesOf(entries: readonly IndexEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}
