import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProviderName } from '../../provider.ts';
import { silent, type Progress } from '../../progress.ts';
import { vagrant } from './command.ts';
import { machineId, stateFile } from './state.ts';

type VagrantProviderName = Exclude<ProviderName, 'qemu'>;

/** Ids of all machines that Vagrant made in this folder, whatever the topology says today. */
export async function madeMachines(directory: string, provider: VagrantProviderName): Promise<string[]> {
  const nodes = await readdir(join(directory, '.vagrant', 'machines')).catch(() => []);
  const ids = await Promise.all(nodes.map((node) => machineId(directory, node, provider)));
  return ids.filter((id) => id !== undefined);
}

/** Ends and removes every machine of the folder with its disks, snapshots and networks. Idempotent. @throws HostError from Vagrant */
export async function destroyMachines(directory: string, progress: Progress = silent): Promise<void> {
  await rm(join(directory, 'snapshots'), { recursive: true, force: true });
  if (existsSync(join(directory, 'Vagrantfile')) && existsSync(join(directory, '.vagrant')))
    await vagrant(['destroy', '--force'], { cwd: directory, progress, timeoutMs: 10 * 60_000 });
  // Only now: while machines that were provisioned are there, nobody must take them for bare ones of a half-made lab.
  await rm(join(directory, stateFile), { force: true });
  await rm(join(directory, 'nodes'), { recursive: true, force: true });
}
