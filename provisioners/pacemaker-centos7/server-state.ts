import { textSetting } from '../../lab/settings.ts';
import type { Settings } from '../../lab/stack.ts';
import { nfsStateCommand, parseNfsState, serves } from '../parts/nfs-state.ts';
import type { NfsState } from '../parts/nfs-state.ts';
import { parseStatus, statusCommand } from '../parts/pacemaker-status.ts';
import type { ClusterStatus } from '../parts/pacemaker-status.ts';
import { parseSections, printFiles, printOutput } from '../parts/sections.ts';
import { serversThat } from '../parts/servers.ts';
import type { Reachable } from '../parts/servers.ts';
import { layout } from './layout.ts';

/** What one look at a server shows. */
export interface ServerState extends NfsState {
  /** The export stands in the table of its NFS server. */
  exported: boolean;
  /** What Pacemaker says there; undefined where it was not asked or does not run. */
  cluster: ClusterStatus | undefined;
}

const localCommand = [nfsStateCommand(layout), printFiles({ etab: '/var/lib/nfs/etab' })].join('; ');

export function parseState(text: string): ServerState {
  const sections = parseSections(text);
  const exports = (sections.get('etab') ?? '').split('\n').map((line) => line.split(/\s/)[0]);
  return {
    ...parseNfsState(sections, layout),
    exported: [layout.exported, layout.mountPoint].some((path) => exports.includes(path)),
    cluster: parseStatus(sections.get('cluster') ?? ''),
  };
}

/** @throws RigError when the server cannot be reached */
export async function look(
  lab: Reachable,
  server: string,
  { cluster = false, signal }: { cluster?: boolean; signal?: AbortSignal | undefined } = {},
): Promise<ServerState> {
  const command = cluster ? `${localCommand}; ${printOutput('cluster', statusCommand)}` : localCommand;
  const { stdout } = await lab.machine(server).exec(command, { timeoutMs: 30_000, signal });
  return parseState(stdout);
}

export function holdsService(state: ServerState): boolean {
  return serves(state) && state.exported;
}

/** It has no part of what moves; an NFS server on both sides stays. */
export function isIdle(state: ServerState, settings: Settings): boolean {
  const serverMoves = textSetting(settings, 'nfsserver') === 'agent';
  return (
    !state.hasAddress &&
    !state.mounted &&
    (!serverMoves || state.nfsdThreads === 0) &&
    state.drbd?.role === 'Secondary'
  );
}

/** The servers that serve now. */
export async function active(lab: Reachable): Promise<string[]> {
  return await serversThat(lab, async (name) => holdsService(await look(lab, name)));
}
