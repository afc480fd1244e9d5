import type { Condition } from './conditions.ts';
import { printFiles, printOutput } from './sections.ts';

/** What an NFS server keeps of its NFSv4 clients, and for how long; undefined where no server runs. */
export interface Reclaim {
  leaseSeconds: number | undefined;
  graceSeconds: number | undefined;
  /** The file of nfsdcld with the clients that may reclaim, where that daemon runs. */
  clientsFile: string | undefined;
}

/**
 * Prints what `parseReclaim` reads. The list of clients has to be on the replicated device, for who may reclaim from the next
 * server is what the last one wrote there (nfsdcld(8)).
 * @param mountPoint of the replicated device
 */
export function reclaimCommand(mountPoint: string): string {
  return [
    printFiles({ lease: '/proc/fs/nfsd/nfsv4leasetime', grace: '/proc/fs/nfsd/nfsv4gracetime' }),
    printOutput(
      'clients',
      `pidof nfsdcld >/dev/null && ls ${mountPoint}/nfs/nfsdcld/main.sqlite 2>/dev/null`,
    ),
  ].join('; ');
}

/** @param sections what the command printed, by name */
export function parseReclaim(sections: ReadonlyMap<string, string>): Reclaim {
  const word = (name: string): string | undefined => {
    const text = (sections.get(name) ?? '').trim();
    return text === '' ? undefined : text;
  };
  const seconds = (name: string): number | undefined => {
    const text = word(name);
    return text === undefined ? undefined : Number(text);
  };
  return { leaseSeconds: seconds('lease'), graceSeconds: seconds('grace'), clientsFile: word('clients') };
}

/** What must hold on the server that serves, or its clients cannot go on after the next takeover. */
export function reclaimCondition(
  server: string,
  { leaseSeconds, graceSeconds, clientsFile }: Reclaim,
  wanted: { leaseSeconds: number; graceSeconds: number },
): Condition {
  const told = (lease: unknown, grace: unknown): string =>
    `lease ${String(lease)} s, grace ${String(grace)} s`;
  return {
    what: `${server} lets NFSv4 clients reclaim: ${told(wanted.leaseSeconds, wanted.graceSeconds)}, the list of clients replicated`,
    ok:
      leaseSeconds === wanted.leaseSeconds &&
      graceSeconds === wanted.graceSeconds &&
      clientsFile !== undefined,
    found: `${told(leaseSeconds, graceSeconds)}, ${clientsFile ?? 'no list of clients on the replicated device, or no nfsdcld'}`,
  };
}
