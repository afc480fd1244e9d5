import { randomUUID } from 'node:crypto';
import type { ProbeData } from '../../lab/probe.ts';
import { shellQuote } from '../../lab/quote.ts';
import type { ReadBackResult } from '../../lab/stack.ts';
import { clientsOf } from '../../lab/topology.ts';
import { tried } from './conditions.ts';
import type { Condition } from './conditions.ts';
import { httpRequestProgram } from './http-client.ts';
import { parseEncoded } from './replicas.ts';
import type { Reachable } from './servers.ts';

/** A web server that takes uploads, as the clients reach it. */
export interface WebService {
  /** All lead to the same pages. */
  addresses: readonly string[];
  port: number;
  /** Path that takes uploads. */
  uploads: string;
}

/** Shell command of a node that sends one request and prints what httpRequestProgram says. */
export function httpRequest(
  { address, port }: { address: string; port: number },
  method: 'GET' | 'PUT',
  path: string,
  body = '',
): string {
  return ['perl', '-e', httpRequestProgram, method, address, String(port), path, body]
    .map(shellQuote)
    .join(' ');
}

/** Each client uploads a file of its own over the first address, then reads all of them over the last one. */
export async function clientsReadEachOther(
  lab: Reachable,
  { addresses, port, uploads }: WebService,
  signal: AbortSignal | undefined,
): Promise<Condition[]> {
  const clients = clientsOf(lab.topology).map((node) => node.name);
  const token = randomUUID();
  const bounded = { timeoutMs: 90_000, signal };
  const pathOf = (client: string): string => `${uploads}/health-${client}`;
  const [first = ''] = addresses;
  const last = addresses.at(-1) ?? '';
  const written = await Promise.all(
    clients.map((client) =>
      tried(`${client} uploads to ${first}`, async () => {
        const to = { address: first, port };
        const command = httpRequest(to, 'PUT', pathOf(client), `${token}-${client}`);
        await lab.machine(client).exec(command, bounded);
        return [];
      }),
    ),
  );
  const read = await Promise.all(
    clients.map((reader) =>
      tried(`${reader} reads from ${last} what every client uploaded`, async () => {
        const commands = clients.map((client) => httpRequest({ address: last, port }, 'GET', pathOf(client)));
        const { stdout } = await lab.machine(reader).exec(commands.join(' && '), bounded);
        const texts = stdout.split('\n').map((line) => Buffer.from(line, 'base64').toString('utf8'));
        return clients
          .filter((client, n) => texts[n] !== `${token}-${client}`)
          .map((client) => `not the file of ${client}`);
      }),
    ),
  );
  return [...written, ...read];
}

/** Every client reads the files of the others, or its own where there is no other one. */
export async function readByClients(
  lab: Reachable,
  { addresses, port }: Pick<WebService, 'addresses' | 'port'>,
  probes: readonly ProbeData[],
  signal: AbortSignal,
): Promise<ReadBackResult['texts']> {
  const texts = await Promise.all(
    clientsOf(lab.topology).map(async (reader, turn) => {
      const others = probes.filter((probe) => probe.client !== reader.name || probes.length === 1);
      const address = addresses[turn % addresses.length] ?? '';
      const commands = others.map((probe) => httpRequest({ address, port }, 'GET', probe.path));
      const { stdout } = await lab
        .machine(reader.name)
        .exec(commands.join(' && '), { timeoutMs: 180_000, signal });
      return parseEncoded(stdout, `client ${reader.name}`, others);
    }),
  );
  return texts.flat();
}
