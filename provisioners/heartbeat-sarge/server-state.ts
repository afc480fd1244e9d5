import type { Machine } from '../../lab/machine.ts';
import { serversOf } from '../../lab/topology.ts';
import type { Topology } from '../../lab/topology.ts';
import { parseProcDrbd } from '../parts/drbd.ts';
import type { DrbdState } from '../parts/drbd.ts';
import { parseSections, printFiles, printOutput } from '../parts/sections.ts';
import { layout } from './layout.ts';

/** As much of a lab as reading its state needs. */
export interface Reachable {
  readonly topology: Topology;
  machine(node: string): Pick<Machine, 'exec'>;
}

/** What one look at a server shows. */
export interface ServerState {
  /** What heartbeat says of the other server: active, dead, up ... and of the link to it. */
  peer: string;
  link: string;
  hasAddress: boolean;
  mounted: boolean;
  nfsdThreads: number;
  drbd: DrbdState | undefined;
}

/** One command per look, for each process costs tens of milliseconds on an emulated machine. */
export function stateCommand(peer: string): string {
  return [
    printOutput('peer', `cl_status nodestatus ${peer}`),
    printOutput('link', `cl_status hblinkstatus ${peer} ${layout.nic}`),
    printOutput('addresses', `ip -4 -o addr show dev ${layout.nic}`),
    printFiles({ mounts: '/proc/mounts', threads: '/proc/fs/nfsd/threads', drbd: '/proc/drbd' }),
  ].join('; ');
}

export function parseState(text: string): ServerState {
  const sections = parseSections(text);
  const word = (name: string): string => (sections.get(name) ?? '').trim();
  return {
    peer: word('peer'),
    link: word('link'),
    hasAddress: word('addresses').includes(` ${layout.service}/`),
    mounted: word('mounts')
      .split('\n')
      .some((line) => line.startsWith(`${layout.device} ${layout.mountPoint} `)),
    nfsdThreads: Number(word('threads') === '' ? 0 : word('threads')),
    drbd: parseProcDrbd(sections.get('drbd') ?? '', layout.minor),
  };
}

export function serverNames(lab: Reachable): string[] {
  return serversOf(lab.topology).map((node) => node.name);
}

export function peerOf(lab: Reachable, server: string): string {
  return serverNames(lab).find((name) => name !== server) ?? server;
}

/** @throws RigError when the server cannot be reached */
export async function look(lab: Reachable, server: string, signal?: AbortSignal): Promise<ServerState> {
  const { stdout } = await lab
    .machine(server)
    .exec(stateCommand(peerOf(lab, server)), { timeoutMs: 20_000, signal });
  return parseState(stdout);
}

/** It serves: has the address, the file system and running nfsd threads. */
export function serves(state: ServerState): boolean {
  return state.hasAddress && state.mounted && state.nfsdThreads > 0;
}

/** The servers that serve now. One that does not answer counts as not serving: what it really does, only the fabric sees. */
export async function active(lab: Reachable): Promise<string[]> {
  const names = serverNames(lab);
  const states = await Promise.allSettled(names.map((name) => look(lab, name)));
  return names.filter((_, n) => {
    const state = states[n];
    return state?.status === 'fulfilled' && serves(state.value);
  });
}
