import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { HostError } from '../../errors.ts';

/** Where images and base machines are kept between labs: `$XDG_CACHE_HOME/lab`, else `~/.cache/lab`. */
export function cacheDirectory(): string {
  const configured = process.env['XDG_CACHE_HOME'];
  return join(configured === undefined || configured === '' ? join(homedir(), '.cache') : configured, 'lab');
}

/** Leaves room for `/lab-<uid>/<12 digits>/<node>.<nic>` with the longest names that a topology allows. */
const longestBase = 42;

/**
 * The folder of all runtime folders of this user. Sockets live here and not in the lab's state folder, because a Unix
 * socket's path holds at most 107 bytes (unix(7)).
 */
export function runtimeRoot(): string {
  const configured = process.env['XDG_RUNTIME_DIR'];
  const wanted = configured === undefined || configured === '' ? tmpdir() : configured;
  const base = Buffer.byteLength(wanted) <= longestBase ? wanted : '/tmp';
  return join(base, `lab-${String(userInfo().uid)}`);
}

/** The runtime folder of one lab; derived from its state folder, so that every process finds the same one. */
export function runtimeDirectory(stateDirectory: string): string {
  return join(runtimeRoot(), createHash('sha256').update(resolve(stateDirectory)).digest('hex').slice(0, 12));
}

/**
 * Makes a folder that only its owner can enter.
 * @throws HostError when there is one already that belongs to somebody else: in a folder for temporary files anyone may have
 * made it
 */
export async function makePrivate(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (!isOurs(directory))
    throw new HostError(
      `${directory} belongs to another user, or is no folder`,
      'remove it, or set XDG_RUNTIME_DIR',
    );
  await chmod(directory, 0o700);
}

/** True for a folder, not a link to one, that this user owns. */
export function isOurs(directory: string): boolean {
  const found = lstatSync(directory, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === userInfo().uid;
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
export function machineSockets(
  runtime: string,
  node: string,
): { qmp: string; switchQmp: string; pidFile: string } {
  const at = (ending: string): string => join(runtime, `${node}.${ending}`);
  return { qmp: at('qmp'), switchQmp: at('switch'), pidFile: at('pid') };
}

/** The socket on which the fabric awaits a NIC. */
export function nicSocket(runtime: string, node: string, nic: string): string {
  return join(runtime, `${node}.${nic}`);
}

/** The socket on which the fabric awaits what a server asks of the power switch. */
export function fenceSocket(runtime: string, node: string): string {
  return join(runtime, `${node}.fence`);
}

/** The socket between the second serial ports of two nodes, of which the first one listens. */
export function serialSocket(runtime: string, listener: string): string {
  return join(runtime, `${listener}.com2`);
}
