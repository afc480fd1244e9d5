import { existsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProviderName } from '../../provider.ts';
import { silent, type Progress } from '../../progress.ts';
import { Node } from '../../topology.ts';
import { vagrant } from './command.ts';
import { machineId, stateFile } from './state.ts';

type VagrantProviderName = Exclude<ProviderName, 'qemu'>;

/** Ids of all machines that Vagrant made in this folder, whatever the topology says today. */
export async function madeMachines(directory: string, provider: VagrantProviderName): Promise<string[]> {
  const nodes = await readdir(join(directory, '.vagrant', 'machines')).catch(() => []);
  const ids = await Promise.all(nodes.map((node) => machineId(directory, node, provider)));
  return ids.filter((id) => id !== undefined);
}

export interface Unmaking {
  progress?: Progress;
  signal?: AbortSignal;
}

/**
 * Ends and removes every machine of the folder with its disks, snapshots and networks, also when somebody has removed the
 * Vagrantfile. Idempotent.
 * @throws HostError from Vagrant
 */
export async function destroyMachines(
  directory: string,
  { progress = silent, signal }: Unmaking = {},
): Promise<void> {
  await rm(join(directory, 'snapshots'), { recursive: true, force: true });
  const nodes = await knownNodes(directory);
  if (nodes.length > 0) {
    const file = join(directory, 'Vagrantfile');
    if (!existsSync(file)) await writeFile(file, standIn(nodes));
    await vagrant(['destroy', '--force'], {
      cwd: directory,
      progress,
      timeoutMs: 10 * 60_000,
      ...(signal === undefined ? {} : { signal }),
    });
  }
  // Only now: while machines that were provisioned are there, nobody must take them for bare ones of a half-made lab.
  await rm(join(directory, stateFile), { force: true });
  await rm(join(directory, 'nodes'), { recursive: true, force: true });
}

/** Nodes of which Vagrant keeps something here. A folder of another name is none of ours: it would become Ruby. */
async function knownNodes(directory: string): Promise<string[]> {
  const folders = await readdir(join(directory, '.vagrant', 'machines')).catch(() => []);
  return folders.filter((name) => Node.shape.name.safeParse(name).success);
}

/** Enough for Vagrant to find the machines by what it keeps of them: it destroys none that no Vagrantfile defines. */
function standIn(nodes: readonly string[]): string {
  return [
    "Vagrant.configure('2') do |config|",
    "  config.vm.box = 'none'",
    ...nodes.map((name) => `  config.vm.define "${name}"`),
    'end',
    '',
  ].join('\n');
}
