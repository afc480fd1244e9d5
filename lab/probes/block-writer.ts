import { randomBytes } from 'node:crypto';
import type { RunningProbe } from '../probe.ts';
import type { Lab } from '../provider.ts';
import type { BlockAppend } from '../stack.ts';
import { blockWriterProgram } from './block-writer-program.ts';
import { startWriterProgram } from './writer.ts';

/**
 * Starts the writer that writes sectors of a file past the client's cache.
 * @param zeroMs host time of the run clock's zero
 */
export async function startBlockWriter(
  lab: Lab,
  client: string,
  { directory, intervalMs }: BlockAppend,
  zeroMs: number,
): Promise<RunningProbe> {
  const path = `${directory}/records-${client}-${randomBytes(4).toString('hex')}`;
  return await startWriterProgram(lab, client, { program: blockWriterProgram, path, intervalMs }, zeroMs);
}
