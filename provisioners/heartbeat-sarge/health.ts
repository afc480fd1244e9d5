import type { Health } from '../../lab/stack.ts';
import { clientsReadEachOther } from '../parts/clients.ts';
import { serverHealth } from '../parts/server-health.ts';
import { bothRedundant } from '../parts/servers.ts';
import type { Reachable } from '../parts/servers.ts';
import { layout, recordsDirectory } from './layout.ts';
import { look, viewOf } from './server-state.ts';

/** Every condition of a healthy lab. */
export async function health(
  lab: Reachable,
  { thorough, failsBack, signal }: { thorough: boolean; failsBack: boolean; signal?: AbortSignal },
): Promise<Health> {
  const servers = await serverHealth(lab, async (server) => viewOf(await look(lab, server, signal)), {
    preferred: layout.preferred,
    failsBack,
  });
  return [...servers, ...(thorough ? await clientsReadEachOther(lab, recordsDirectory, signal) : [])];
}

/** Both replicas connected and up to date, as both servers see it. */
export async function redundant(lab: Reachable): Promise<{ ok: boolean; found: string; stuck?: boolean }> {
  return await bothRedundant(lab, async (name) => (await look(lab, name)).drbd);
}
