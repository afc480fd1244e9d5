import type { ProbeData } from '../../lab/probe.ts';
import type { ReadBackResult } from '../../lab/stack.ts';
import { clientsOf } from '../../lab/topology.ts';
import { compareReplicas, readFiles, readStandby } from './replicas.ts';
import type { ReplicatedFileSystem } from './replicas.ts';
import { peerOf } from './servers.ts';
import type { Reachable } from './servers.ts';

/** A replicated file system that NFS exports. */
export interface Replicated extends ReplicatedFileSystem {
  /** A path below the clients' mount -> the same file in the server's file system. */
  onServer: (clientPath: string) => string;
}

/**
 * Reads the writers' files from every place that must hold them: by the other clients through NFS with an empty cache, from
 * the active server's file system, and from the standby's replica underneath DRBD. Then DRBD compares the replicas block by
 * block. The writers must have stopped. `replicas` is null when they could not be compared.
 * @param active the servers that hold the service: with none or several, the replicas are not read
 * @throws RigError when a node that should hold the files cannot be read
 */
export async function readBack(
  lab: Reachable,
  active: readonly string[],
  probes: readonly ProbeData[],
  replicated: Replicated,
  signal: AbortSignal,
): Promise<ReadBackResult> {
  const byClients = await Promise.all(
    clientsOf(lab.topology).map((reader) => {
      const others = probes.filter((probe) => probe.client !== reader.name || probes.length === 1);
      return readFiles(lab, reader.name, `client ${reader.name}`, others, (path) => path, signal);
    }),
  );
  const [server, ...more] = active;
  if (server === undefined || more.length > 0) return { texts: byClients.flat(), replicas: null };
  const standby = peerOf(lab, server);
  const onActive = await readFiles(lab, server, `replica ${server}`, probes, replicated.onServer, signal);
  const places = probes.map((probe) => replicated.onServer(probe.path));
  const onStandby = await readStandby(lab, { server, standby }, replicated, probes, places, signal);
  return {
    texts: [...byClients.flat(), ...onActive, ...onStandby],
    replicas: await compareReplicas(lab, server, replicated, signal),
  };
}
