import type { ProbeData } from '../../lab/probe.ts';
import type { ReadBackResult } from '../../lab/stack.ts';
import { compareReplicas, isStandbyCutOff } from '../parts/replicas.ts';
import type { ReplicatedFileSystem } from '../parts/replicas.ts';
import { peerOf } from '../parts/servers.ts';
import type { Reachable } from '../parts/servers.ts';
import { inspectReplicas } from '../parts/vm-disk.ts';
import { guestPages } from '../parts/vm-guest.ts';
import { readByClients } from '../parts/web-clients.ts';
import { guest, layout, web } from './layout.ts';
import { active } from './server-state.ts';

export const replicated: ReplicatedFileSystem = { ...layout, copyMount: '-t ext4' };

/**
 * Reads the writers' files from every place that must hold them: by the other clients from the virtual machine, and from its
 * disk on both replicas. Then DRBD compares the replicas block by block. The writers must have stopped. `replicas` is null when
 * they could not be compared.
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
  const servers = { server, standby: peerOf(lab, server) };
  const paths = probes.map((probe) => `${guestPages}${probe.path}`);
  const disks = await inspectReplicas(lab, servers, replicated, guest.image, paths, signal);
  const cutOff = await isStandbyCutOff(lab, server, replicated, signal);
  const onDisks = disks.flatMap(({ node, texts }) =>
    probes.map((probe, n) => ({
      client: probe.client,
      reader: `replica ${node}`,
      text: texts[n] ?? '',
      cutOff: cutOff && node === servers.standby,
    })),
  );
  return {
    texts: [...byClients, ...onDisks],
    replicas: await compareReplicas(lab, server, replicated, signal),
  };
}
