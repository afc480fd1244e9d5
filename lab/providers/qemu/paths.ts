import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';

/** Where images and base machines are kept between labs: `$XDG_CACHE_HOME/lab`, else `~/.cache/lab`. */
export function cacheDirectory(): string {
  const configured = process.env['XDG_CACHE_HOME'];
  return join(configured === undefined || configured === '' ? join(homedir(), '.cache') : configured, 'lab');
}

/**
 * The folder of all runtime folders of this user. Sockets live here and not in the lab's state folder, because a Unix
 * socket's path holds at most 107 bytes (unix(7)).
 */
export function runtimeRoot(): string {
  const configured = process.env['XDG_RUNTIME_DIR'];
  const base = configured === undefined || configured === '' ? tmpdir() : configured;
  return join(base, `lab-${String(userInfo().uid)}`);
}

/** The runtime folder of one lab; derived from its state folder, so that every process finds the same one. */
export function runtimeDirectory(stateDirectory: string): string {
  return join(runtimeRoot(), createHash('sha256').update(resolve(stateDirectory)).digest('hex').slice(0, 12));
}

/** Makes a folder that only its owner can enter. */
export async function makePrivate(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
}

/** Files of one node inside the lab's state folder. */
export function nodeFiles(
  stateDirectory: string,
  node: string,
): { directory: string; disk: string; console: string } {
  const directory = join(stateDirectory, 'nodes', node);
  return { directory, disk: join(directory, 'disk.qcow2'), console: join(directory, 'console.log') };
}

/** Sockets and pid file of one machine inside a runtime folder. */
export function machineSockets(runtime: string, node: string): { qmp: string; pidFile: string } {
  return { qmp: join(runtime, `${node}.qmp`), pidFile: join(runtime, `${node}.pid`) };
}

/** The socket on which the fabric awaits a NIC. */
export function nicSocket(runtime: string, node: string, nic: string): string {
  return join(runtime, `${node}.${nic}`);
}
