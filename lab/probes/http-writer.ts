import { randomBytes } from 'node:crypto';
import type { RunningProbe } from '../probe.ts';
import type { Lab } from '../provider.ts';
import type { HttpPut } from '../stack.ts';
import { clientsOf } from '../topology.ts';
import { httpWriterProgram } from './http-writer-program.ts';
import { startWriterProgram } from './writer.ts';

/**
 * Starts the writer that puts records into a file of a web server, over one of its addresses.
 * @param zeroMs host time of the run clock's zero
 */
export async function startHttpWriter(
  lab: Lab,
  client: string,
  { addresses, port, directory, intervalMs, timeoutMs, readEvery }: HttpPut,
  zeroMs: number,
): Promise<RunningProbe> {
  const turn = clientsOf(lab.topology).findIndex((node) => node.name === client);
  const address = addresses[Math.max(0, turn) % addresses.length] ?? '';
  return await startWriterProgram(
    lab,
    client,
    {
      program: httpWriterProgram,
      path: `${directory}/records-${client}-${randomBytes(4).toString('hex')}`,
      intervalMs,
      further: [address, String(port), String(timeoutMs), String(readEvery)],
      operationMs: timeoutMs,
    },
    zeroMs,
  );
}
