import { parseProcDrbd } from '../parts/drbd.ts';
import type { DrbdState } from '../parts/drbd.ts';
import { parseSections, printFiles, printOutput } from '../parts/sections.ts';
import { servesWhole } from '../parts/server-health.ts';
import type { ServerView } from '../parts/server-health.ts';
import { peerOf, serversThat } from '../parts/servers.ts';
import type { Reachable } from '../parts/servers.ts';
import { layout } from './layout.ts';

/** What one look at a server shows. */
export interface ServerState {
  /** What heartbeat says of the other server: active, dead, up ... and of the link to it. */
  peer: string;
  link: string;
  mounted: boolean;
  /** The way to the virtual machine leads through this server. */
  routed: boolean;
  /** A virtual machine runs here. */
  running: boolean;
  drbd: DrbdState | undefined;
}

/** One command per look, for each process costs tens of milliseconds on an emulated machine. */
export function stateCommand(peer: string): string {
  return [
    printOutput('peer', `cl_status nodestatus ${peer}`),
    printOutput('link', `cl_status hblinkstatus ${peer} ${layout.crossoverNic}`),
    printOutput('vm', `/etc/ha.d/resource.d/vm ${layout.vm} status`),
    printOutput('route', `ip -4 route show ${layout.service}`),
    printFiles({ mounts: '/proc/mounts', drbd: '/proc/drbd' }),
  ].join('; ');
}

export function parseState(text: string): ServerState {
  const sections = parseSections(text);
  const word = (name: string): string => (sections.get(name) ?? '').trim();
  return {
    peer: word('peer'),
    link: word('link'),
    mounted: word('mounts')
      .split('\n')
      .some((line) => line.startsWith(`${layout.device} ${layout.mountPoint} `)),
    routed: word('route').includes(` dev ${layout.tap} `),
    running: word('vm') === 'running',
    drbd: parseProcDrbd(sections.get('drbd') ?? '', layout.minor),
  };
}

/** It serves when it has the file system, the way to the virtual machine, and the machine itself. */
export function viewOf({ peer, link, mounted, routed, running, drbd }: ServerState): ServerView {
  return {
    peer,
    links: [{ name: layout.crossoverNic, state: link }],
    parts: [
      { found: `${layout.mountPoint} ${mounted ? 'mounted' : 'not mounted'}`, here: mounted },
      { found: `${routed ? 'has' : 'lacks'} the way to ${layout.service}`, here: routed },
      { found: `${layout.vm} ${running ? 'runs' : 'does not run'}`, here: running },
    ],
    drbd,
  };
}

/** @throws RigError when the server cannot be reached */
export async function look(lab: Reachable, server: string, signal?: AbortSignal): Promise<ServerState> {
  const { stdout } = await lab
    .machine(server)
    .exec(stateCommand(peerOf(lab, server)), { timeoutMs: 20_000, signal });
  return parseState(stdout);
}

/** The servers that serve now. */
export async function active(lab: Reachable): Promise<string[]> {
  return await serversThat(lab, async (server) => {
    const state = await look(lab, server);
    return servesWhole(viewOf(state)) && state.drbd?.role === 'Primary';
  });
}
