import { flagSetting, textSetting } from '../../lab/settings.ts';
import type { Health, Settings } from '../../lab/stack.ts';
import { tried } from '../parts/conditions.ts';
import { serverHealth } from '../parts/server-health.ts';
import { bothRedundant } from '../parts/servers.ts';
import type { Reachable } from '../parts/servers.ts';
import { clientsReadEachOther } from '../parts/web-clients.ts';
import { layout, links, web } from './layout.ts';
import { active, look, viewOf } from './server-state.ts';

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
  return [...servers, ...(await clientsReadEachOther(lab, web, signal)), await alertArrived(lab, signal)];
}

/** Both replicas connected and up to date, as both servers see it. */
export async function redundant(lab: Reachable): Promise<{ ok: boolean; found: string }> {
  return await bothRedundant(lab, async (name) => (await look(lab, name)).drbd);
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
