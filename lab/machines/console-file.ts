import { open, stat } from 'node:fs/promises';

/** What is read at most of a console that was written to for days. */
const tailBytes = 200_000;

/** Bytes of a console's file so far; 0 where there is none. */
export async function consoleBytes(file: string): Promise<number> {
  return await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

/**
 * The last lines of a console's file, of what was written after its first `fromByte` bytes. A file that is shorter than that
 * was begun anew since, and counts from its beginning.
 */
export async function lastConsoleLines(file: string, lines: number, fromByte = 0): Promise<string> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return '';
  try {
    const { size } = await handle.stat();
    const from = Math.max(fromByte > size ? 0 : fromByte, size - tailBytes);
    const buffer = Buffer.alloc(size - from);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
    return buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n').slice(-lines).join('\n');
  } finally {
    await handle.close();
  }
}
