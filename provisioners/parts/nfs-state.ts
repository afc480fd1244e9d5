import { parseProcDrbd } from './drbd.ts';
import type { DrbdState } from './drbd.ts';
import { printFiles, printOutput } from './sections.ts';

/** Names of a stack by which a server's part in the service is seen. */
export interface ServiceNames {
  nic: string;
  /** The service address, without prefix. */
  service: string;
  device: string;
  minor: number;
  mountPoint: string;
}

/** A server's part in an NFS service on DRBD, as its kernel has it. */
export interface NfsState {
  hasAddress: boolean;
  mounted: boolean;
  nfsdThreads: number;
  drbd: DrbdState | undefined;
}

/** Prints what `parseNfsState` reads; one command, for each process costs tens of milliseconds on an emulated machine. */
export function nfsStateCommand(names: ServiceNames): string {
  return [
    printOutput('addresses', `ip -4 -o addr show dev ${names.nic}`),
    printFiles({ mounts: '/proc/mounts', threads: '/proc/fs/nfsd/threads', drbd: '/proc/drbd' }),
  ].join('; ');
}

/** @param sections what the command printed, by name */
export function parseNfsState(sections: ReadonlyMap<string, string>, names: ServiceNames): NfsState {
  const threads = (sections.get('threads') ?? '').trim();
  return {
    hasAddress: (sections.get('addresses') ?? '').includes(` ${names.service}/`),
    mounted: (sections.get('mounts') ?? '')
      .split('\n')
      .some((line) => line.startsWith(`${names.device} ${names.mountPoint} `)),
    nfsdThreads: Number(threads === '' ? 0 : threads),
    drbd: parseProcDrbd(sections.get('drbd') ?? '', names.minor),
  };
}

/** Address, file system and nfsd threads: whether each is here, in words and as a flag. */
export function nfsParts(
  { hasAddress, mounted, nfsdThreads }: NfsState,
  names: Pick<ServiceNames, 'service' | 'mountPoint'>,
): { found: string; here: boolean }[] {
  return [
    { found: `${hasAddress ? 'has' : 'lacks'} ${names.service}`, here: hasAddress },
    { found: `${names.mountPoint} ${mounted ? 'mounted' : 'not mounted'}`, here: mounted },
    { found: `${String(nfsdThreads)} nfsd threads`, here: nfsdThreads > 0 },
  ];
}

/** It serves: has the address, the file system and running nfsd threads. */
export function serves(state: NfsState): boolean {
  return state.hasAddress && state.mounted && state.nfsdThreads > 0;
}

/** In words: what of the service is here. */
export function describeNfsState(state: NfsState, names: ServiceNames): string {
  return [
    ...nfsParts(state, names).map((part) => part.found),
    `DRBD ${state.drbd?.role ?? 'unconfigured'}`,
  ].join(', ');
}
