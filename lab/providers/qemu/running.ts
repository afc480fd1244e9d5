import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runningFabric } from '../../fabric/identity.ts';
import { machineSockets, runtimeDirectory } from './paths.ts';
import { livingProcess } from './process.ts';

/** True when at least one machine of the lab lives. */
export async function runsOnQemu(home: string, name: string): Promise<boolean> {
  return (await machinesIn(runtimeDirectory(join(home, name)))).length > 0;
}

/** The processes of a lab that live: its machines and its fabric. */
export async function processesIn(runtime: string): Promise<number[]> {
  const fabric = await runningFabric(runtime);
  return [...(await machinesIn(runtime)), ...(fabric === undefined ? [] : [fabric.pid])];
}

async function machinesIn(runtime: string): Promise<number[]> {
  const living = (await readdir(runtime).catch(() => []))
    .filter((entry) => entry.endsWith('.pid') && entry !== 'fabric.pid')
    .map((entry) => {
      const { pidFile, qmp } = machineSockets(runtime, entry.slice(0, -'.pid'.length));
      return livingProcess(pidFile, qmp);
    });
  return (await Promise.all(living)).filter((pid) => pid !== undefined);
}
