import { mkdtemp, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { diesWithParent } from '../lab/host/dies-with-parent.ts';

const project = join(import.meta.dirname, '..');
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a script of the tests once more, as `script --inside <folder> args...`, in network, mount and process namespaces of
 * its own, with which all that it starts ends. The folder is made for it, and is gone when this is over, however that comes.
 * @returns the script's exit status
 */
export async function insideNamespaces(
  script: string,
  args: readonly string[],
  { folderPrefix, timeoutMs }: { folderPrefix: string; timeoutMs: number },
): Promise<number> {
  const folder = await mkdtemp(folderPrefix);
  // Whoever ends this process waits until the folder is gone.
  const over = new AbortController();
  let signalled = 0;
  for (const name of endings)
    process.on(name, () => {
      signalled = constants.signals[name];
      over.abort();
    });
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  // A shell is process 1, since it collects whatever others leave behind.
  const first = ['sh', '-c', '"$@"; exit "$?"', 'sh'];
  const inside = [process.execPath, '--import', 'tsx', script, '--inside', folder, ...args];
  // Killed with this process, whichever way that ends; --kill-child then ends everything inside.
  const room = [...diesWithParent('KILL'), 'unshare', ...namespaces, ...first, ...inside];
  try {
    const result = await execa(room[0] ?? 'unshare', room.slice(1), {
      cwd: project,
      stdio: ['ignore', 'inherit', 'inherit'],
      reject: false,
      timeout: timeoutMs,
      cancelSignal: over.signal,
      // unshare(1) passes over the others while it waits for its child, which --kill-child ends with it.
      killSignal: 'SIGKILL',
    });
    return signalled === 0 ? (result.exitCode ?? 1) : 128 + signalled;
  } finally {
    // What was killed may write for an instant longer.
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }
}
