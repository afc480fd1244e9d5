import { RigError } from '../../lab/errors.ts';
import type { ProbeData } from '../../lab/probe.ts';
import { shellQuote } from '../../lab/quote.ts';
import type { ReadBackResult } from '../../lab/stack.ts';
import { parseProcDrbd } from './drbd.ts';
import type { Reachable } from './servers.ts';

type Texts = ReadBackResult['texts'];

/** A file system on a DRBD device whose lower device is an image file. */
export interface ReplicatedFileSystem {
  resource: string;
  minor: number;
  mountPoint: string;
  /** File behind the lower device, on both servers. */
  dataImage: string;
  /** Where in that file the lower device begins; at its start, unless said. */
  dataOffsetMib?: number;
  /** Type and options of mount(8) for a copy of it beside the original. */
  copyMount: string;
}

const dropCaches = 'sync; echo 3 > /proc/sys/vm/drop_caches';

/** One line of base64 per file, so that damaged bytes arrive as they are; `-` for a file that is not there. */
function printEncoded(paths: readonly string[]): string {
  return paths
    .map(shellQuote)
    .map((path) => `if [ -r ${path} ]; then base64 -w0 ${path}; echo; else echo -; fi`)
    .join('; ');
}

export function parseEncoded(
  stdout: string,
  reader: string,
  probes: readonly Pick<ProbeData, 'client'>[],
): Texts {
  const lines = stdout.split('\n');
  return probes.map((probe, n) => {
    const line = lines[n] ?? '-';
    return {
      client: probe.client,
      reader,
      text: line === '-' ? '' : Buffer.from(line, 'base64').toString('utf8'),
    };
  });
}

/** Reads the writers' files on a node, with an empty cache. */
export async function readFiles(
  lab: Reachable,
  node: string,
  reader: string,
  probes: readonly ProbeData[],
  place: (path: string) => string,
  signal: AbortSignal,
): Promise<Texts> {
  const { stdout } = await lab
    .machine(node)
    .exec(`${dropCaches}; ${printEncoded(probes.map((probe) => place(probe.path)))}`, {
      timeoutMs: 180_000,
      signal,
    });
  return parseEncoded(stdout, reader, probes);
}

/**
 * Runs `work` while the active server's file system is frozen, which leaves nothing in its journal. The freeze ends by itself
 * after a minute, whatever happens to this process.
 */
export async function whileFrozen<T>(
  lab: Reachable,
  server: string,
  { mountPoint }: Pick<ReplicatedFileSystem, 'mountPoint'>,
  work: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const thaw = `fsfreeze -u ${mountPoint}`;
  await lab
    .machine(server)
    .exec(`fsfreeze -f ${mountPoint} && { (sleep 60; ${thaw}) </dev/null >/dev/null 2>&1 & }`, {
      timeoutMs: 60_000,
      signal,
    });
  try {
    return await work();
  } finally {
    await lab.machine(server).exec(thaw, { timeoutMs: 60_000, allowFailure: true });
  }
}

/** What mounting and reading a replica may change in its snapshot: a replayed journal, above all. */
const changesMib = 64;

/**
 * Runs a script on the standby, in the root of its replica underneath DRBD, and returns what it prints. What is mounted is a
 * snapshot (dm-snapshot), so that a journal is replayed as it would be if this replica were taken for the service, and the replica stays
 * as it is: a replica whose server died in the middle of writing shows what it holds. The file system begins where the lower
 * device does, wherever the meta-data lies. The active server's file system must be frozen.
 */
export async function onStandbyReplica(
  lab: Reachable,
  standby: string,
  {
    dataImage,
    dataOffsetMib,
    copyMount,
  }: Pick<ReplicatedFileSystem, 'dataImage' | 'dataOffsetMib' | 'copyMount'>,
  script: string,
  signal: AbortSignal,
): Promise<string> {
  const offset = dataOffsetMib === undefined ? '' : ` -o ${String(dataOffsetMib)}MiB`;
  const { stdout } = await lab
    .machine(standby)
    .exec(
      [
        'set -e',
        'name=lab-replica-$$; original=; changes=; file=',
        'folder=$(mktemp -d)',
        `trap 'cd /; umount "$folder" 2>/dev/null || :; dmsetup remove --retry $name 2>/dev/null || :; for loop in $original $changes; do losetup -d $loop; done; rm -f "$file"; rmdir "$folder"' EXIT`,
        `original=$(losetup -f --show -r${offset} ${dataImage})`,
        'file=$(mktemp -p /dev/shm)',
        `truncate -s ${String(changesMib)}M "$file"`,
        'changes=$(losetup -f --show "$file")',
        'rm "$file"',
        'dmsetup create $name --table "0 $(blockdev --getsz $original) snapshot $original $changes N 8"',
        `mount ${copyMount} /dev/mapper/$name "$folder"`,
        'cd "$folder"',
        script,
      ].join('\n'),
      { timeoutMs: 50_000, signal },
    );
  return stdout;
}

/**
 * Reads the writers' files from the standby's replica; nothing, where that is cut off and cannot be mounted.
 * @param paths of the files on the active server, below the mount point
 * @throws RigError when a replica that should hold the files cannot be read
 */
export async function readStandby(
  lab: Reachable,
  servers: { server: string; standby: string },
  fileSystem: ReplicatedFileSystem,
  probes: readonly ProbeData[],
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Texts> {
  const script = printEncoded(paths.map((path) => `.${path.slice(fileSystem.mountPoint.length)}`));
  return await readStandbyWith(lab, servers, fileSystem, probes, script, signal);
}

/** The same by a script that prints a line of base64 for each writer. */
export async function readStandbyWith(
  lab: Reachable,
  { server, standby }: { server: string; standby: string },
  fileSystem: ReplicatedFileSystem,
  probes: readonly ProbeData[],
  script: string,
  signal: AbortSignal,
): Promise<Texts> {
  const cutOff = await isStandbyCutOff(lab, server, fileSystem, signal);
  try {
    const stdout = await whileFrozen(
      lab,
      server,
      fileSystem,
      () => onStandbyReplica(lab, standby, fileSystem, script, signal),
      signal,
    );
    return parseEncoded(stdout, `replica ${standby}`, probes).map((text) => ({ ...text, cutOff }));
  } catch (error) {
    // In the middle of a resync there may be no file system to mount.
    if (cutOff && error instanceof RigError && !signal.aborted) return [];
    throw error;
  }
}

/**
 * Whether DRBD itself does not take the standby's replica for up to date, as where it is not connected (DUnknown) or not
 * resynchronised. Then it lacks what the active server wrote since, and DRBD knows.
 */
export async function isStandbyCutOff(
  lab: Reachable,
  server: string,
  { minor }: Pick<ReplicatedFileSystem, 'minor'>,
  signal: AbortSignal,
): Promise<boolean> {
  const { stdout } = await lab.machine(server).exec('cat /proc/drbd', { timeoutMs: 60_000, signal });
  const state = parseProcDrbd(stdout, minor);
  return state !== undefined && state.peerDisk !== 'UpToDate';
}

/** Online verify: DRBD hashes every block on both sides; the rate of a resync would make it last, so it is raised meanwhile. */
export async function compareReplicas(
  lab: Reachable,
  server: string,
  { resource, minor }: ReplicatedFileSystem,
  signal: AbortSignal,
): Promise<ReadBackResult['replicas']> {
  const method = 'DRBD online verify (crc32c of every block)';
  const command = [
    'set -e',
    `trap 'drbdadm adjust ${resource}' EXIT`,
    `drbdadm disk-options --resync-rate=1G --c-min-rate=0 ${resource}`,
    `drbdadm verify ${resource}`,
    'for look in $(seq 1200); do grep -q " cs:Verify" /proc/drbd || break; sleep 0.5; done',
    'cat /proc/drbd',
  ].join('\n');
  try {
    const { stdout } = await lab.machine(server).exec(command, { timeoutMs: 660_000, signal });
    return judgeVerify(stdout, minor, method);
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

/** @returns null when the verify did not end: then nothing is known */
export function judgeVerify(procDrbd: string, minor: number, method: string): ReadBackResult['replicas'] {
  const state = parseProcDrbd(procDrbd, minor);
  if (state === undefined || Number.isNaN(state.outOfSyncKib)) return null;
  if (state.connection !== 'Connected') return null;
  return {
    method,
    identical: state.outOfSyncKib === 0,
    found: `${String(state.outOfSyncKib)} KiB out of sync`,
  };
}
