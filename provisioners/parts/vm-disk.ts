import { shellQuote } from '../../lab/quote.ts';
import { onStandbyReplica, whileFrozen } from './replicas.ts';
import type { ReplicatedFileSystem } from './replicas.ts';
import { parseSections } from './sections.ts';
import type { Reachable } from './servers.ts';

/** What a virtual machine would find if it were booted from a replica now. */
export interface DiskContent {
  node: string;
  /** What e2fsck says of the file system after its journal was replayed; `sound` when it would change nothing. */
  check: { sound: boolean; found: string };
  /** Text of each file that was asked for, '' where it is not there. */
  texts: readonly string[];
}

/**
 * Shell script that looks into a disk image without touching it: a copy's journal is replayed, as the kernel does at mount;
 * then e2fsck, which may change nothing (-n), and debugfs read it (e2fsck(8), debugfs(8)).
 * @param image path of the image, as the shell sees it
 * @param paths of files inside
 */
export function inspectDisk(image: string, paths: readonly string[]): string {
  return [
    'copy=$(mktemp)',
    `dd if=${shellQuote(image)} of="$copy" bs=1M conv=sparse status=none`,
    'e2fsck -E journal_only -p "$copy" >/dev/null 2>&1 || :',
    'status=0; said=$(e2fsck -f -n "$copy" 2>&1) || status=$?',
    `echo '=== check'; echo "$status"; echo "$said"`,
    ...paths.map(
      (path, n) =>
        `echo '=== file${String(n)}'; debugfs -R ${shellQuote(`cat ${path}`)} "$copy" 2>/dev/null | base64 -w0; echo`,
    ),
    'rm -f "$copy"',
  ].join('\n');
}

export function parseDisk(node: string, stdout: string, files: number): DiskContent {
  const sections = parseSections(stdout);
  const [status = '', ...said] = (sections.get('check') ?? '').trim().split('\n');
  return {
    node,
    check: {
      sound: status === '0',
      found: status === '' ? 'e2fsck did not run' : `e2fsck ended with status ${status}: ${lastOf(said)}`,
    },
    texts: Array.from({ length: files }, (_, n) =>
      Buffer.from(sections.get(`file${String(n)}`) ?? '', 'base64').toString('utf8'),
    ),
  };
}

function lastOf(lines: readonly string[]): string {
  return lines.at(-1)?.trim() ?? '';
}

/**
 * Looks into the disk of a running virtual machine on both replicas, at one instant: the file system around it is frozen
 * meanwhile, so that the machine's writes wait, for some seconds.
 * @param image path on the active server, below the mount point
 * @throws RigError when a server cannot be read
 */
export async function inspectReplicas(
  lab: Reachable,
  { server, standby }: { server: string; standby: string },
  fileSystem: ReplicatedFileSystem,
  image: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<DiskContent[]> {
  const { mountPoint } = fileSystem;
  const onActive = async (): Promise<string> => {
    const script = ['set -e', 'echo 3 > /proc/sys/vm/drop_caches', inspectDisk(image, paths)].join('\n');
    const { stdout } = await lab.machine(server).exec(script, { timeoutMs: 50_000, signal });
    return stdout;
  };
  const below = `.${image.slice(mountPoint.length)}`;
  const [active, idle] = await whileFrozen(
    lab,
    server,
    fileSystem,
    () =>
      Promise.all([
        onActive(),
        onStandbyReplica(lab, standby, fileSystem, inspectDisk(below, paths), signal),
      ]),
    signal,
  );
  return [parseDisk(server, active, paths.length), parseDisk(standby, idle, paths.length)];
}
