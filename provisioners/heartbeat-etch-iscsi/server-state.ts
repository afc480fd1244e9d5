import { nfsParts, nfsStateCommand, parseNfsState, serves } from '../parts/nfs-state.ts';
import type { NfsState } from '../parts/nfs-state.ts';
import { parseSections, printOutput } from '../parts/sections.ts';
import type { ServerView } from '../parts/server-health.ts';
import { peerOf, serversThat } from '../parts/servers.ts';
import type { Reachable } from '../parts/servers.ts';
import { layout } from './layout.ts';

/** What one look at a server shows. */
export interface ServerState extends NfsState {
  /** What heartbeat says of the other server: active, dead, up ... and of the link to it. */
  peer: string;
  link: string;
  /** Whether haresources has the target, and whether it runs here. */
  targetMoves: boolean;
  targetRuns: boolean;
}

/** One command per look, for each process costs tens of milliseconds on an emulated machine. */
export function stateCommand(peer: string): string {
  return [
    printOutput('peer', `cl_status nodestatus ${peer}`),
    printOutput('link', `cl_status hblinkstatus ${peer} ${layout.nic}`),
    printOutput('resources', 'cat /etc/ha.d/haresources'),
    printOutput('target', 'systemctl is-active tgt.service'),
    nfsStateCommand(layout),
  ].join('; ');
}

export function parseState(text: string): ServerState {
  const sections = parseSections(text);
  const word = (name: string): string => (sections.get(name) ?? '').trim();
  return {
    peer: word('peer'),
    link: word('link'),
    targetMoves: / iscsi-target\b/.test(word('resources')),
    targetRuns: word('target') === 'active',
    ...parseNfsState(sections, layout),
  };
}

/** @throws RigError when the server cannot be reached */
export async function look(lab: Reachable, server: string, signal?: AbortSignal): Promise<ServerState> {
  const { stdout } = await lab
    .machine(server)
    .exec(stateCommand(peerOf(lab, server)), { timeoutMs: 20_000, signal });
  return parseState(stdout);
}

/** The target is a part of the service only where it moves with it. */
export function viewOf(state: ServerState): ServerView {
  return {
    peer: state.peer,
    links: [{ name: layout.nic, state: state.link }],
    parts: [
      ...nfsParts(state, layout),
      ...(state.targetMoves
        ? [{ found: `iSCSI target ${state.targetRuns ? 'runs' : 'does not run'}`, here: state.targetRuns }]
        : []),
    ],
    drbd: state.drbd,
  };
}

/** The servers that serve now. */
export async function active(lab: Reachable): Promise<string[]> {
  return await serversThat(lab, async (name) => {
    const state = await look(lab, name);
    return serves(state) && (!state.targetMoves || state.targetRuns);
  });
}
