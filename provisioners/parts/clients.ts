import { randomUUID } from 'node:crypto';
import { clientsOf } from '../../lab/topology.ts';
import { tried } from './conditions.ts';
import type { Condition } from './conditions.ts';
import { parseSections, printFiles } from './sections.ts';
import type { Reachable } from './servers.ts';

/** Each client writes a file of its own in `directory`, then reads all of them. */
export async function clientsReadEachOther(
  lab: Reachable,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<Condition[]> {
  const clients = clientsOf(lab.topology).map((node) => node.name);
  const token = randomUUID();
  const files = Object.fromEntries(
    clients.map((client) => [client, `${directory}/.health-${client}`] as const),
  );
  const bounded = { timeoutMs: 90_000, signal };
  const written = await Promise.all(
    Object.entries(files).map(([client, path]) =>
      tried(`${client} writes through its mount`, async () => {
        await lab.machine(client).exec(`echo ${token}-${client} > ${path} && sync ${path}`, bounded);
        return [];
      }),
    ),
  );
  const read = await Promise.all(
    clients.map((reader) =>
      tried(`${reader} reads what every client wrote`, async () => {
        const { stdout } = await lab.machine(reader).exec(printFiles(files), bounded);
        const texts = parseSections(stdout);
        return clients
          .filter((client) => texts.get(client)?.trim() !== `${token}-${client}`)
          .map((client) => `not the file of ${client}`);
      }),
    ),
  );
  return [...written, ...read];
}
