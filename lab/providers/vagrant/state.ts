import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Topology } from '../../topology.ts';

const Endpoint = z.strictObject({ host: z.string(), port: z.int().min(1).max(65535) });

/** What a later process needs to attach to machines that Vagrant made: `.lab/<name>/vagrant.json`. Holds a key, mode 0600. */
const VagrantState = z.strictObject({
  schema: z.literal(1),
  provider: z.enum(['virtualbox', 'libvirt']),
  /** Box and version of the guests, for the record. */
  box: z.string(),
  /** Versions of what made the machines, for the record. */
  versions: z.record(z.string(), z.string()),
  /** Of the lab; lets root in on every node. */
  privateKey: z.string(),
  nodes: z.record(
    z.string(),
    z.strictObject({
      ssh: Endpoint,
      /** As in a .pub file, learned when the machine was made. */
      hostKey: z.string(),
      /** MAC address of each NIC of the topology. */
      macs: z.record(z.string(), z.string()),
    }),
  ),
});
export type VagrantState = z.infer<typeof VagrantState>;

export const stateFile = 'vagrant.json';

/** undefined when the machines were never all made, or the topology has others. */
export async function readState(
  directory: string,
  provider: VagrantState['provider'],
  topology: Topology,
): Promise<VagrantState | undefined> {
  try {
    const state = VagrantState.safeParse(JSON.parse(await readFile(join(directory, stateFile), 'utf8'))).data;
    const whole = topology.nodes.every(({ name, nics }) =>
      nics.every((nic) => state?.nodes[name]?.macs[nic.name] !== undefined),
    );
    return state?.provider === provider && whole ? state : undefined;
  } catch {
    return undefined;
  }
}

export async function writeState(directory: string, state: VagrantState): Promise<void> {
  const file = join(directory, stateFile);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/**
 * The hypervisor's own id of a machine, where Vagrant keeps it (`.vagrant/machines/<name>/<provider>/id`); undefined when
 * there is no such machine.
 */
export async function machineId(
  directory: string,
  node: string,
  provider: VagrantState['provider'],
): Promise<string | undefined> {
  const file = join(directory, '.vagrant', 'machines', node, provider, 'id');
  const id = (await readFile(file, 'utf8').catch(() => '')).trim();
  return /^[0-9a-f-]{36}$/.test(id) ? id : undefined;
}
