import type { ProbeData } from '../../lab/probe.ts';
import { shellQuote } from '../../lab/quote.ts';
import type { ReadBackResult } from '../../lab/stack.ts';
import { clientsOf } from '../../lab/topology.ts';
import { parseProcDrbd } from '../parts/drbd.ts';
import { layout, onServer } from './layout.ts';
import { active, peerOf } from './server-state.ts';
import type { Reachable } from './server-state.ts';

type Texts = ReadBackResult['texts'];

/**
 * Reads the writers' files from every place that must hold them: by the other clients through NFS with an empty cache, from
 * the active server's file system, and from the standby's replica underneath DRBD. Then DRBD compares the replicas block by
 * block. The writers must have stopped. `replicas` is null when they could not be compared.
 * @throws RigError when a node that should hold the files cannot be read
 */
export async function readBack(
  lab: Reachable,
  probes: readonly ProbeData[],
  signal: AbortSignal,
): Promise<ReadBackResult> {
  const byClients = await Promise.all(
    clientsOf(lab.topology).map((reader) => {
      const others = probes.filter((probe) => probe.client !== reader.name || probes.length === 1);
      return readFiles(lab, reader.name, `client ${reader.name}`, others, (path) => path, signal);
    }),
  );
  const [server, ...more] = await active(lab);
  if (server === undefined || more.length > 0) return { texts: byClients.flat(), replicas: null };
  const standby = peerOf(lab, server);
  const onActive = await readFiles(lab, server, `replica ${server}`, probes, onServer, signal);
  const onStandby = await readStandby(lab, server, standby, probes, signal);
  return {
    texts: [...byClients.flat(), ...onActive, ...onStandby],
    replicas: await compareReplicas(lab, server, signal),
  };
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

async function readFiles(
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
 * The meta-data lies on another device, so the standby's lower device is a plain file system. It is mounted read-only from a
 * second loop device while the active server's file system is frozen, which leaves nothing in its journal. The freeze ends
 * by itself after a minute, whatever happens to this process.
 */
async function readStandby(
  lab: Reachable,
  server: string,
  standby: string,
  probes: readonly ProbeData[],
  signal: AbortSignal,
): Promise<Texts> {
  const thaw = `fsfreeze -u ${layout.mountPoint}`;
  await lab
    .machine(server)
    .exec(`fsfreeze -f ${layout.mountPoint} && { (sleep 60; ${thaw}) </dev/null >/dev/null 2>&1 & }`, {
      timeoutMs: 60_000,
      signal,
    });
  try {
    // Paths inside the mounted copy: those of the active server below its mount point.
    const inside = probes.map((probe) => `.${onServer(probe.path).slice(layout.mountPoint.length)}`);
    const { stdout } = await lab
      .machine(standby)
      .exec(
        [
          'set -e',
          'folder=$(mktemp -d)',
          `loop=$(losetup -f --show -r ${layout.dataImage})`,
          'trap \'cd /; umount "$folder" 2>/dev/null || :; losetup -d "$loop"; rmdir "$folder"\' EXIT',
          'mount -t ext4 -o ro,noload "$loop" "$folder"',
          'cd "$folder"',
          printEncoded(inside),
        ].join('\n'),
        { timeoutMs: 50_000, signal },
      );
    return parseEncoded(stdout, `replica ${standby}`, probes);
  } finally {
    await lab.machine(server).exec(thaw, { timeoutMs: 60_000, allowFailure: true });
  }
}

/** Online verify: DRBD hashes every block on both sides; the rate of a resync would make it last, so it is raised meanwhile. */
async function compareReplicas(
  lab: Reachable,
  server: string,
  signal: AbortSignal,
): Promise<ReadBackResult['replicas']> {
  const method = 'DRBD online verify (crc32c of every block)';
  const command = [
    'set -e',
    `trap 'drbdadm adjust ${layout.resource}' EXIT`,
    `drbdadm disk-options --resync-rate=1G --c-min-rate=0 ${layout.resource}`,
    `drbdadm verify ${layout.resource}`,
    'for look in $(seq 1200); do grep -q " cs:Verify" /proc/drbd || break; sleep 0.5; done',
    'cat /proc/drbd',
  ].join('\n');
  try {
    const { stdout } = await lab.machine(server).exec(command, { timeoutMs: 660_000, signal });
    return judgeVerify(stdout, method);
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

/** @returns null when the verify did not end: then nothing is known */
export function judgeVerify(procDrbd: string, method: string): ReadBackResult['replicas'] {
  const state = parseProcDrbd(procDrbd, layout.minor);
  if (state === undefined || Number.isNaN(state.outOfSyncKib)) return null;
  if (state.connection !== 'Connected') return null;
  return {
    method,
    identical: state.outOfSyncKib === 0,
    found: `${String(state.outOfSyncKib)} KiB out of sync`,
  };
}
