import { randomBytes } from 'node:crypto';
import type { RunningProbe } from '../probe.ts';
import type { Lab } from '../provider.ts';
import type { NfsAppend } from '../stack.ts';
import { writerProgram } from './writer-program.ts';
import { startWriterProgram } from './writer.ts';

/**
 * Starts the writer that appends to a file on a mounted export and calls fsync.
 * @param zeroMs host time of the run clock's zero
 */
export async function startNfsWriter(
  lab: Lab,
  client: string,
  { directory, intervalMs }: NfsAppend,
  zeroMs: number,
): Promise<RunningProbe> {
  const path = `${directory}/records-${client}-${randomBytes(4).toString('hex')}`;
  return await startWriterProgram(lab, client, { program: writerProgram, path, intervalMs }, zeroMs);
}
