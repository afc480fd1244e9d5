import { messageOf } from '../../lab/errors.ts';
import { flagSetting } from '../../lab/settings.ts';
import type { Health, Settings } from '../../lab/stack.ts';
import { clientsOf } from '../../lab/topology.ts';
import { tried } from '../parts/conditions.ts';
import { serverHealth } from '../parts/server-health.ts';
import { bothRedundant, peerOf } from '../parts/servers.ts';
import type { Reachable } from '../parts/servers.ts';
import { inspectReplicas } from '../parts/vm-disk.ts';
import { bootReport } from '../parts/vm-guest.ts';
import { clientsReadEachOther, httpRequest } from '../parts/web-clients.ts';
import { guest, layout, web } from './layout.ts';
import { replicated } from './read-back.ts';
import { active, look, viewOf } from './server-state.ts';

/** Every condition of a healthy lab. */
export async function health(
  lab: Reachable,
  settings: Settings,
  { thorough, signal }: { thorough: boolean; signal?: AbortSignal },
): Promise<Health> {
  const servers = await serverHealth(lab, async (server) => viewOf(await look(lab, server, signal)), {
    preferred: layout.preferred,
    failsBack: flagSetting(settings, 'autoFailback'),
  });
  const boot = await checkedAtBoot(lab, signal);
  if (!thorough) return [...servers, boot];
  return [
    ...servers,
    boot,
    ...(await clientsReadEachOther(lab, web, signal)),
    ...(await soundOnReplicas(lab, signal ?? new AbortController().signal)),
  ];
}

/** Both replicas connected and up to date, as both servers see it. */
export async function redundant(lab: Reachable): Promise<{ ok: boolean; found: string }> {
  return await bothRedundant(lab, async (name) => (await look(lab, name)).drbd);
}

/** The virtual machine answers, and says how the check of its file system went when it booted. */
async function checkedAtBoot(lab: Reachable, signal: AbortSignal | undefined): Promise<Health[number]> {
  const what = `${layout.vm} answers, and e2fsck found its file system in order when it booted`;
  const client = clientsOf(lab.topology)[0]?.name ?? '';
  try {
    const { stdout } = await lab
      .machine(client)
      .exec(httpRequest({ address: layout.service, port: layout.port }, 'GET', bootReport), {
        timeoutMs: 40_000,
        signal,
      });
    const report = Buffer.from(stdout.trim(), 'base64').toString('utf8').trim().replaceAll('\n', ', ');
    return { what, ok: report.startsWith('status 0,'), found: report };
  } catch (error) {
    return { what, ok: false, found: messageOf(error) };
  }
}

/** The file system of the virtual machine, on both replicas, would survive a power cut now. */
async function soundOnReplicas(lab: Reachable, signal: AbortSignal): Promise<Health> {
  const [server, ...more] = await active(lab);
  const what = `the file system of ${layout.vm} is in order on both replicas`;
  if (server === undefined || more.length > 0)
    return [{ what, ok: false, found: 'not one server holds the service' }];
  const servers = { server, standby: peerOf(lab, server) };
  return [
    await tried(what, async () => {
      const disks = await inspectReplicas(lab, servers, replicated, guest.image, [], signal);
      return disks.filter(({ check }) => !check.sound).map(({ node, check }) => `on ${node} ${check.found}`);
    }),
  ];
}
