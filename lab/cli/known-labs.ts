import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../errors.ts';
import { labDirectory, readDescription, readLabs, type KnownLab } from '../labs.ts';
import type { ProviderName } from '../provider.ts';
import { runsOnQemu } from '../providers/qemu/running.ts';

/** The labs of a home, by name, with what their providers say of them. */
export async function listLabs(home: string): Promise<KnownLab[]> {
  return await readLabs(home, (lab) => isRunning(home, lab));
}

/** True when a machine of the lab lives. */
export async function isRunning(
  home: string,
  lab: { name: string; provider: ProviderName },
): Promise<boolean> {
  if (lab.provider === 'qemu') return await runsOnQemu(home, lab.name);
  const { runsOnVagrant } = await import('../providers/vagrant.ts');
  const hypervisor =
    lab.provider === 'libvirt'
      ? (await import('../providers/libvirt/hypervisor.ts')).libvirtHypervisor()
      : (await import('../providers/virtualbox.ts')).installedHypervisor();
  try {
    return await runsOnVagrant(home, lab.name, hypervisor);
  } catch (error) {
    // Where the hypervisor does not answer, nothing runs on it that could be reached.
    if (error instanceof LabError) return false;
    throw error;
  }
}

/** The provider whose machines a lab's folder holds, half-made ones included; undefined when it holds none. */
export async function providerOfLab(home: string, name: string): Promise<ProviderName | undefined> {
  const directory = labDirectory(home, name);
  const description = await readDescription(directory);
  if (description !== undefined) return description.provider;
  if (existsSync(join(directory, 'machines.json'))) return 'qemu';
  for (const provider of ['virtualbox', 'libvirt'] as const)
    for (const node of await machineFolders(directory))
      if (existsSync(join(directory, '.vagrant', 'machines', node, provider, 'id'))) return provider;
  return undefined;
}

async function machineFolders(directory: string): Promise<string[]> {
  return await readdir(join(directory, '.vagrant', 'machines')).catch(() => []);
}
