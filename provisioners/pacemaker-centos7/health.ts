import { messageOf } from '../../lab/errors.ts';
import { textSetting } from '../../lab/settings.ts';
import type { Health, Settings } from '../../lab/stack.ts';
import { clientsReadEachOther } from '../parts/clients.ts';
import type { Condition } from '../parts/conditions.ts';
import { describeDrbd, isRedundant } from '../parts/drbd.ts';
import { describeNfsState } from '../parts/nfs-state.ts';
import { clientsMounted } from '../parts/nfs-mount-health.ts';
import { bothRedundant, serverNames } from '../parts/servers.ts';
import type { Reachable } from '../parts/servers.ts';
import { layout, recordsDirectory } from './layout.ts';
import { holdsService, isIdle, look } from './server-state.ts';
import type { ServerState } from './server-state.ts';

type Answer = { name: string } & ({ state: ServerState } | { error: string });

/**
 * Every condition of a healthy lab. Nothing prefers a server, so either may hold the service. A server that does not answer
 * makes its conditions fail; nothing is thrown for it.
 */
export async function health(
  lab: Reachable,
  settings: Settings,
  options: { thorough: boolean; signal?: AbortSignal },
): Promise<Health> {
  const names = serverNames(lab);
  const answers = await Promise.all(
    names.map(async (name): Promise<Answer> => {
      try {
        return { name, state: await look(lab, name, { cluster: true, signal: options.signal }) };
      } catch (error) {
        return { name, error: messageOf(error) };
      }
    }),
  );
  const clients = options.thorough
    ? [
        ...(await clientsMounted(lab, mountOf(settings), options.signal)),
        ...(await clientsReadEachOther(lab, recordsDirectory, options.signal)),
      ]
    : [];
  return [
    ...answers.flatMap((answer) =>
      'error' in answer
        ? [{ what: `${answer.name} answers`, ok: false, found: answer.error }]
        : conditionsOf(answer.name, names, answer.state),
    ),
    oneHolds(answers, settings),
    ...clients,
  ];
}

function mountOf(settings: Settings): Parameters<typeof clientsMounted>[1] {
  return {
    mountPoint: layout.clientMountPoint,
    version: '3',
    options: textSetting(settings, 'nfs.mountOptions'),
  };
}

/** What must hold on each server. */
export function conditionsOf(name: string, servers: readonly string[], state: ServerState): Condition[] {
  const { cluster, drbd } = state;
  const ill = cluster?.ill ?? [];
  return [
    {
      what: `${name} sees ${servers.filter((each) => each !== name).join(', ')} online, in a cluster with quorum`,
      ok: cluster?.quorate === true && servers.every((server) => cluster.online.includes(server)),
      found:
        cluster === undefined
          ? 'Pacemaker does not answer'
          : `online: ${cluster.online.join(', ') || 'nobody'}; ${cluster.quorate ? 'with' : 'without'} quorum`,
    },
    {
      what: `${name}: no resource has failed or is given up`,
      ok: cluster !== undefined && ill.length === 0,
      found: cluster === undefined ? 'Pacemaker does not answer' : ill.join('; ') || 'none',
    },
    {
      what: `${name}: DRBD is connected, both replicas up to date`,
      ok: isRedundant(drbd),
      found: describeDrbd(drbd),
    },
  ];
}

function oneHolds(answers: readonly Answer[], settings: Settings): Condition {
  const states = answers.flatMap((answer) => ('error' in answer ? [] : [answer]));
  const holders = states.filter(({ state }) => holdsService(state) && state.drbd?.role === 'Primary');
  const idle = states.filter(({ state }) => isIdle(state, settings));
  return {
    what: 'one server holds the service, the other no part of it',
    ok: holders.length === 1 && idle.length === answers.length - 1,
    found:
      states.length === 0
        ? 'no server tells'
        : states
            .map(
              ({ name, state }) =>
                `${name} ${describeNfsState(state, layout)}, ${state.exported ? 'exports' : 'exports nothing'}`,
            )
            .join('; '),
  };
}

/** Both replicas connected and up to date, as both servers see it. */
export async function redundant(lab: Reachable): Promise<{ ok: boolean; found: string }> {
  return await bothRedundant(lab, async (name) => (await look(lab, name)).drbd);
}
