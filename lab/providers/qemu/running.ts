import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { machineSockets, runtimeDirectory } from './paths.ts';
import { livingProcess } from './process.ts';

/** True when at least one machine of the lab lives. */
export async function runsOnQemu(home: string, name: string): Promise<boolean> {
  const runtime = runtimeDirectory(join(home, name));
  for (const entry of await readdir(runtime).catch(() => [])) {
    if (!entry.endsWith('.pid') || entry === 'fabric.pid') continue;
    const { pidFile, qmp } = machineSockets(runtime, entry.slice(0, -'.pid'.length));
    if ((await livingProcess(pidFile, qmp)) !== undefined) return true;
  }
  return false;
}
