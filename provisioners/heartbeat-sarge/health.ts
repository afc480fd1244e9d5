import { flagSetting, textSetting } from '../../lab/settings.ts';
import type { Health, Settings } from '../../lab/stack.ts';
import { clientsReadEachOther } from '../parts/clients.ts';
import { clientsMounted } from '../parts/nfs-mount-health.ts';
import { reclaimCondition } from '../parts/nfs-reclaim.ts';
import { serverHealth, servesWhole } from '../parts/server-health.ts';
import { bothRedundant } from '../parts/servers.ts';
import type { Reachable } from '../parts/servers.ts';
import { layout, links, recordsDirectory } from './layout.ts';
import { look, viewOf } from './server-state.ts';
import { stateOf } from './takeover.ts';

/** Every condition of a healthy lab. */
export async function health(
  lab: Reachable,
  settings: Settings,
  { thorough, signal }: { thorough: boolean; signal?: AbortSignal },
): Promise<Health> {
  const kept = stateOf(settings);
  const asked = { links: links(settings), reclaim: kept !== undefined };
  const reclaims: Health = [];
  const servers = await serverHealth(
    lab,
    async (server) => {
      const state = await look(lab, server, asked, signal);
      const view = viewOf(state);
      if (kept !== undefined && servesWhole(view))
        reclaims.push(reclaimCondition(server, state.reclaim, kept));
      return view;
    },
    { preferred: layout.preferred, failsBack: flagSetting(settings, 'autoFailback') },
  );
  return [
    ...servers,
    ...reclaims,
    ...(thorough
      ? [
          ...(await clientsMounted(lab, mountOf(settings), signal)),
          ...(await clientsReadEachOther(lab, recordsDirectory, signal)),
        ]
      : []),
  ];
}

function mountOf(settings: Settings): Parameters<typeof clientsMounted>[1] {
  return {
    mountPoint: layout.clientMountPoint,
    version: textSetting(settings, 'nfs.version'),
    options: textSetting(settings, 'nfs.mountOptions'),
  };
}

/** Both replicas connected and up to date, as both servers see it. */
export async function redundant(lab: Reachable): Promise<{ ok: boolean; found: string; stuck?: boolean }> {
  return await bothRedundant(lab, async (name) => (await look(lab, name)).drbd);
}
