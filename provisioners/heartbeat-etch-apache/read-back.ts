import type { ProbeData } from '../../lab/probe.ts';
import type { ReadBackResult } from '../../lab/stack.ts';
import { compareReplicas, readFiles, readStandby } from '../parts/replicas.ts';
import { peerOf } from '../parts/servers.ts';
import type { Reachable } from '../parts/servers.ts';
import { readByClients } from '../parts/web-clients.ts';
import { layout, onServer, web } from './layout.ts';
import { active } from './server-state.ts';

const replicated = { ...layout, copyMount: '-t ext4' };

/**
 * Reads the writers' files from every place that must hold them: by the other clients over HTTP, from the active server's file
 * system, and from the standby's replica underneath DRBD. Then DRBD compares the replicas block by block. The writers must
 * have stopped. `replicas` is null when they could not be compared.
 * @throws RigError when a node that should hold the files cannot be read
 */
export async function readBack(
  lab: Reachable,
  probes: readonly ProbeData[],
  signal: AbortSignal,
): Promise<ReadBackResult> {
  const byClients = await readByClients(lab, web, probes, signal);
  const [server, ...more] = await active(lab);
  if (server === undefined || more.length > 0) return { texts: byClients, replicas: null };
  const standby = peerOf(lab, server);
  const onActive = await readFiles(lab, server, `replica ${server}`, probes, onServer, signal);
  const places = probes.map((probe) => onServer(probe.path));
  const onStandby = await readStandby(lab, { server, standby }, replicated, probes, places, signal);
  return {
    texts: [...byClients, ...onActive, ...onStandby],
    replicas: await compareReplicas(lab, server, replicated, signal),
  };
}
