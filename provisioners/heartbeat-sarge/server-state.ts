import { parsePeer, peerCommands } from '../parts/heartbeat-media.ts';
import type { PeerState } from '../parts/heartbeat-media.ts';
import { nfsParts, nfsStateCommand, parseNfsState, serves } from '../parts/nfs-state.ts';
import type { NfsState } from '../parts/nfs-state.ts';
import { parseReclaim, reclaimCommand } from '../parts/nfs-reclaim.ts';
import type { Reclaim } from '../parts/nfs-reclaim.ts';
import { parseSections } from '../parts/sections.ts';
import type { ServerView } from '../parts/server-health.ts';
import { peerOf, serversThat } from '../parts/servers.ts';
import type { Reachable } from '../parts/servers.ts';
import { layout } from './layout.ts';

/** What one look at a server shows. */
export interface ServerState extends PeerState, NfsState {
  /** What NFSv4 clients could reclaim there; all undefined where that was not asked. */
  reclaim: Reclaim;
}

/** What is worth a command of its own. */
export interface Asked {
  /** Links of heartbeat to ask for. */
  links: readonly string[];
  reclaim: boolean;
}

const nothingMore: Asked = { links: [], reclaim: false };

/** One command per look, for each process costs tens of milliseconds on an emulated machine. */
export function stateCommand(peer: string, { links, reclaim }: Asked): string {
  return [
    ...peerCommands(peer, links),
    nfsStateCommand(layout),
    ...(reclaim ? [reclaimCommand(layout.mountPoint)] : []),
  ].join('; ');
}

export function parseState(text: string, links: readonly string[]): ServerState {
  const sections = parseSections(text);
  return {
    ...parsePeer(sections, links),
    ...parseNfsState(sections, layout),
    reclaim: parseReclaim(sections),
  };
}

/** @throws RigError when the server cannot be reached */
export async function look(
  lab: Reachable,
  server: string,
  asked: Asked = nothingMore,
  signal?: AbortSignal,
): Promise<ServerState> {
  const { stdout } = await lab
    .machine(server)
    .exec(stateCommand(peerOf(lab, server), asked), { timeoutMs: 20_000, signal });
  return parseState(stdout, asked.links);
}

export function viewOf(state: ServerState): ServerView {
  return {
    peer: state.peer,
    links: state.links,
    parts: nfsParts(state, layout),
    drbd: state.drbd,
  };
}

/** The servers that serve now. */
export async function active(lab: Reachable): Promise<string[]> {
  return await serversThat(lab, async (name) => serves(await look(lab, name)));
}
