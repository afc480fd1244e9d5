import { parseProcDrbd } from '../parts/drbd.ts';
import type { DrbdState } from '../parts/drbd.ts';
import { parsePeer, peerCommands } from '../parts/heartbeat-media.ts';
import type { PeerState } from '../parts/heartbeat-media.ts';
import { parseSections, printFiles, printOutput } from '../parts/sections.ts';
import { servesWhole } from '../parts/server-health.ts';
import type { ServerView } from '../parts/server-health.ts';
import { peerOf, serversThat } from '../parts/servers.ts';
import type { Reachable } from '../parts/servers.ts';
import { layout, serviceAddresses } from './layout.ts';

/** What one look at a server shows. */
export interface ServerState extends PeerState {
  /** Those of the service's addresses that are here. */
  addresses: readonly string[];
  mounted: boolean;
  apache: boolean;
  drbd: DrbdState | undefined;
}

/** One command per look, for each process costs tens of milliseconds on an emulated machine. */
export function stateCommand(peer: string, links: readonly string[]): string {
  return [
    ...peerCommands(peer, links),
    printOutput('addresses', `ip -4 -o addr show dev ${layout.nic}`),
    printOutput('apache', '/etc/ha.d/resource.d/apache2 status'),
    printFiles({ mounts: '/proc/mounts', drbd: '/proc/drbd' }),
  ].join('; ');
}

export function parseState(text: string, links: readonly string[]): ServerState {
  const sections = parseSections(text);
  const word = (name: string): string => (sections.get(name) ?? '').trim();
  return {
    ...parsePeer(sections, links),
    addresses: serviceAddresses.filter((address) => word('addresses').includes(` ${address}/`)),
    mounted: word('mounts')
      .split('\n')
      .some((line) => line.startsWith(`${layout.device} ${layout.mountPoint} `)),
    apache: word('apache') === 'running',
    drbd: parseProcDrbd(sections.get('drbd') ?? '', layout.minor),
  };
}

/** It serves when it has both addresses, the file system and a running Apache. */
export function viewOf({ peer, links, addresses, mounted, apache, drbd }: ServerState): ServerView {
  return {
    peer,
    links,
    parts: [
      ...serviceAddresses.map((address) => {
        const here = addresses.includes(address);
        return { found: `${here ? 'has' : 'lacks'} ${address}`, here };
      }),
      { found: `${layout.mountPoint} ${mounted ? 'mounted' : 'not mounted'}`, here: mounted },
      { found: `Apache ${apache ? 'runs' : 'does not run'}`, here: apache },
    ],
    drbd,
  };
}

/** @throws RigError when the server cannot be reached */
export async function look(
  lab: Reachable,
  server: string,
  links: readonly string[] = [],
  signal?: AbortSignal,
): Promise<ServerState> {
  const { stdout } = await lab
    .machine(server)
    .exec(stateCommand(peerOf(lab, server), links), { timeoutMs: 20_000, signal });
  return parseState(stdout, links);
}

/** The servers that serve now. */
export async function active(lab: Reachable): Promise<string[]> {
  return await serversThat(lab, async (server) => servesWhole(viewOf(await look(lab, server))));
}
