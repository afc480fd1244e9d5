import { randomUUID } from 'node:crypto';
import { flagSetting, textSetting } from '../../lab/settings.ts';
import type { Health, Settings } from '../../lab/stack.ts';
import { clientsOf } from '../../lab/topology.ts';
import { tried } from '../parts/conditions.ts';
import { serverHealth } from '../parts/server-health.ts';
import { bothRedundant } from '../parts/servers.ts';
import type { Reachable } from '../parts/servers.ts';
import { layout, links, serviceAddresses } from './layout.ts';
import { active, look, viewOf } from './server-state.ts';
import { httpRequest } from './web.ts';

/** Every condition of a healthy lab. */
export async function health(
  lab: Reachable,
  settings: Settings,
  { thorough, signal }: { thorough: boolean; signal?: AbortSignal },
): Promise<Health> {
  const media = links(textSetting(settings, 'heartbeat.media'));
  const servers = await serverHealth(lab, async (server) => viewOf(await look(lab, server, media, signal)), {
    preferred: layout.preferred,
    failsBack: flagSetting(settings, 'autoFailback'),
  });
  if (!thorough) return servers;
  return [...servers, ...(await clientsReadEachOther(lab, signal)), await alertArrived(lab, signal)];
}

/** Both replicas connected and up to date, as both servers see it. */
export async function redundant(lab: Reachable): Promise<{ ok: boolean; found: string }> {
  return await bothRedundant(lab, async (name) => (await look(lab, name)).drbd);
}

/** Each client uploads a file of its own over one address, then reads all of them over the other one. */
async function clientsReadEachOther(lab: Reachable, signal: AbortSignal | undefined): Promise<Health> {
  const clients = clientsOf(lab.topology).map((node) => node.name);
  const token = randomUUID();
  const bounded = { timeoutMs: 90_000, signal };
  const pathOf = (client: string): string => `${layout.uploads}/health-${client}`;
  const [first = '', second = ''] = serviceAddresses;
  const written = await Promise.all(
    clients.map((client) =>
      tried(`${client} uploads to ${first}`, async () => {
        const command = httpRequest('PUT', first, pathOf(client), `${token}-${client}`);
        await lab.machine(client).exec(command, bounded);
        return [];
      }),
    ),
  );
  const read = await Promise.all(
    clients.map((reader) =>
      tried(`${reader} reads from ${second} what every client uploaded`, async () => {
        const commands = clients.map((client) => httpRequest('GET', second, pathOf(client)));
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

/** The last alert in the mailbox is that of the server which serves. */
async function alertArrived(lab: Reachable, signal: AbortSignal | undefined): Promise<Health[number]> {
  const { mailHost, mailUser, mailbox } = layout;
  return await tried(`${mailUser}@${mailHost} has the alert of the last takeover`, async () => {
    const [server = 'no server'] = await active(lab);
    const { stdout } = await lab
      .machine(mailHost)
      .exec(`[ ! -r ${mailbox} ] || grep -a '^Subject: ' ${mailbox} | tail -n 1`, {
        timeoutMs: 30_000,
        signal,
      });
    const last = stdout.trim();
    return / Takeover in progress at .* on (\S+)$/.exec(last)?.[1] === server
      ? []
      : [`${server} serves, the last mail is ${last === '' ? 'none' : JSON.stringify(last)}`];
  });
}
