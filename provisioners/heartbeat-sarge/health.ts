import { randomUUID } from 'node:crypto';
import { messageOf } from '../../lab/errors.ts';
import type { Health } from '../../lab/stack.ts';
import { clientsOf } from '../../lab/topology.ts';
import { describeDrbd } from '../parts/drbd.ts';
import { parseSections, printFiles } from '../parts/sections.ts';
import { layout, recordsDirectory } from './layout.ts';
import { look, peerOf, serverNames, serves } from './server-state.ts';
import type { Reachable, ServerState } from './server-state.ts';

type Condition = Health[number];

/** Every condition of a healthy lab. A server that does not answer makes its conditions fail; nothing is thrown for it. */
export async function health(
  lab: Reachable,
  options: { thorough: boolean; signal?: AbortSignal },
): Promise<Health> {
  const servers = await Promise.all(
    serverNames(lab).map(async (name) => {
      try {
        return conditionsOf(name, peerOf(lab, name), await look(lab, name, options.signal));
      } catch (error) {
        return [{ what: `${name} answers`, ok: false, found: messageOf(error) }];
      }
    }),
  );
  const found = servers.flat();
  const clients = options.thorough ? await clientsReadEachOther(lab, options.signal) : [];
  return [...found, ...clients];
}

/** What must hold on one server. */
export function conditionsOf(name: string, peer: string, state: ServerState): Condition[] {
  const should = name === layout.preferred;
  const resources = [
    state.hasAddress ? `has ${layout.service}` : `lacks ${layout.service}`,
    state.mounted ? `${layout.mountPoint} mounted` : `${layout.mountPoint} not mounted`,
    `${String(state.nfsdThreads)} nfsd threads`,
    `DRBD ${state.drbd?.role ?? 'unconfigured'}`,
  ].join(', ');
  const idle =
    !state.hasAddress && !state.mounted && state.nfsdThreads === 0 && state.drbd?.role === 'Secondary';
  return [
    {
      what: `${name} sees ${peer}`,
      ok: state.peer === 'active' && state.link === 'up',
      found: `${peer} ${state.peer}, link ${layout.nic} ${state.link}`,
    },
    {
      what: should ? `${name} holds the service` : `${name} holds no part of the service`,
      ok: should ? serves(state) && state.drbd?.role === 'Primary' : idle,
      found: resources,
    },
    {
      what: `${name}: DRBD is connected, both replicas up to date`,
      ok: isRedundant(state),
      found: describeDrbd(state.drbd),
    },
  ];
}

export function isRedundant({ drbd }: ServerState): boolean {
  return drbd?.connection === 'Connected' && drbd.disk === 'UpToDate' && drbd.peerDisk === 'UpToDate';
}

/** Both replicas connected and up to date, as both servers see it. */
export async function redundant(lab: Reachable): Promise<{ ok: boolean; found: string }> {
  const views = await Promise.all(
    serverNames(lab).map(async (name) => {
      try {
        const state = await look(lab, name);
        return { ok: isRedundant(state), found: `${name}: ${describeDrbd(state.drbd)}` };
      } catch (error) {
        return { ok: false, found: `${name}: ${messageOf(error)}` };
      }
    }),
  );
  return { ok: views.every((view) => view.ok), found: views.map((view) => view.found).join('; ') };
}

/** Each client writes a file of its own, then reads all of them. */
async function clientsReadEachOther(lab: Reachable, signal: AbortSignal | undefined): Promise<Condition[]> {
  const clients = clientsOf(lab.topology).map((node) => node.name);
  const token = randomUUID();
  const files = Object.fromEntries(
    clients.map((client) => [client, `${recordsDirectory}/.health-${client}`] as const),
  );
  const bounded = { timeoutMs: 90_000, signal };
  const attempt = async (what: string, work: () => Promise<string[]>): Promise<Condition> => {
    try {
      const wrong = await work();
      return { what, ok: wrong.length === 0, found: wrong.length === 0 ? 'yes' : wrong.join(', ') };
    } catch (error) {
      return { what, ok: false, found: messageOf(error) };
    }
  };
  const written = await Promise.all(
    Object.entries(files).map(([client, path]) =>
      attempt(`${client} writes through its mount`, async () => {
        await lab.machine(client).exec(`echo ${token}-${client} > ${path} && sync ${path}`, bounded);
        return [];
      }),
    ),
  );
  const read = await Promise.all(
    clients.map((reader) =>
      attempt(`${reader} reads what every client wrote`, async () => {
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
