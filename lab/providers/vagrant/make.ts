import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vagrantfile } from '../../../Vagrantfile.ts';
import type { Box } from '../../box.ts';
import { CommandError, HostError, RigError, messageOf } from '../../errors.ts';
import { generateKeyPair, SshMachine } from '../../machines/ssh.ts';
import type { Platform } from '../../platform.ts';
import type { Progress } from '../../progress.ts';
import type { LabRequest } from '../../provider.ts';
import { together } from '../../together.ts';
import type { Node } from '../../topology.ts';
import { vagrant, vagrantVersion } from './command.ts';
import { guestSetupCommand, macsCommand, parseMacs } from './guest-setup.ts';
import type { Hypervisor } from './hypervisor.ts';
import { parseSshConfig, type VagrantAccess } from './ssh-config.ts';
import { writeState, type VagrantState } from './state.ts';
import { destroyMachines, madeMachines } from './unmake.ts';

const upTimeoutMs = 60 * 60_000;
const bootTimeoutSeconds = 900;

export interface Making {
  request: LabRequest;
  /** `.lab/<name>` */
  directory: string;
  hypervisor: Hypervisor;
  emulated: boolean;
  box: Box;
  progress: Progress;
  signal: AbortSignal;
}

/**
 * Makes every machine of the topology with `vagrant up`, bare, and lets root in. Goes on where an earlier one stopped, if
 * that had the same Vagrantfile.
 */
export async function makeMachines(making: Making): Promise<void> {
  const { request, directory, hypervisor, box, progress, signal } = making;
  const text = vagrantfile({
    lab: request.name,
    topology: request.topology,
    platform: request.platform,
    provider: hypervisor.name,
    box,
    options: {
      accelerator: making.emulated ? 'tcg' : 'kvm',
      bootTimeoutSeconds,
      consoleDirectory: join(directory, 'nodes'),
      internet: box.url !== undefined || !box.name.startsWith('lab/'),
    },
  });
  const file = join(directory, 'Vagrantfile');
  const before = await readFile(file, 'utf8').catch(() => text);
  if (before !== text && (await madeMachines(directory, hypervisor.name)).length > 0)
    await progress.step('remove machines of another Vagrantfile', (inner) =>
      destroyMachines(directory, { progress: inner, signal }),
    );
  for (const { name } of request.topology.nodes)
    await mkdir(join(directory, 'nodes', name), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
  await progress.step('vagrant up', (inner) =>
    vagrant(['up', `--provider=${hypervisor.name}`, '--no-provision'], {
      cwd: directory,
      progress: inner,
      signal,
      timeoutMs: upTimeoutMs,
    }),
  );
  await progress.step('let root in on every node', () => letRootIn(making));
}

async function letRootIn({
  request,
  directory,
  hypervisor,
  emulated,
  box,
  progress,
  signal,
}: Making): Promise<void> {
  const { topology, platform } = request;
  const messages = await vagrant(['ssh-config'], { cwd: directory, progress, signal, timeoutMs: 120_000 });
  const text = messages
    .filter(({ type }) => type === 'ssh-config')
    .map(({ data }) => data.join(','))
    .join('\n');
  const accesses = parseSshConfig(text);
  const key = generateKeyPair(`lab ${request.name}`);
  const nodes = await together(
    topology.nodes.map((node) => async (inner) => {
      const access = accesses.get(node.name);
      if (access === undefined)
        throw new RigError(
          `vagrant ssh-config says nothing of ${node.name}`,
          'vagrant status in the folder of the lab',
        );
      return [node.name, await settle(node, platform, access, key.publicKey, emulated, inner)] as const;
    }),
    signal,
  );
  const state: VagrantState = {
    schema: 1,
    provider: hypervisor.name,
    box: box.version === undefined ? box.name : `${box.name} ${box.version}`,
    versions: { vagrant: await vagrantVersion(directory) },
    privateKey: key.privateKey,
    nodes: Object.fromEntries(nodes),
  };
  await writeState(directory, state);
}

/** Through Vagrant's own user once, so that everything else is the same as on every other provider. */
async function settle(
  node: Node,
  platform: Platform,
  access: VagrantAccess,
  publicKey: string,
  emulated: boolean,
  signal: AbortSignal,
): Promise<VagrantState['nodes'][string]> {
  let hostKey: string | undefined;
  const { host, port, user, identityFile } = access;
  const machine = new SshMachine(node.name, async () => ({
    host,
    port,
    user,
    privateKey: await readFile(identityFile, 'utf8'),
    hostKey: {
      learn: (key) => {
        hostKey = key;
      },
    },
    ...(platform.ssh === undefined ? {} : { algorithms: platform.ssh }),
  }));
  try {
    try {
      await machine.exec(guestSetupCommand(publicKey, { emulated }), { timeoutMs: 120_000, signal });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      throw new HostError(
        `${node.name}: ${user} cannot become root: ${messageOf(error)}`,
        'the box must let its Vagrant user run sudo without a password',
        error,
      );
    }
    const { stdout } = await machine.exec(macsCommand(node.nics.map((nic) => nic.name)), { signal });
    const macs = parseMacs(stdout);
    const missing = node.nics.filter((nic) => macs[nic.name] === undefined);
    if (missing.length > 0)
      throw new HostError(
        `${node.name} has no ${missing.map((nic) => nic.name).join(', ')}`,
        'the guest of the box must name its NICs eth0, eth1 ...: kernel argument net.ifnames=0',
      );
    if (hostKey === undefined) throw new RigError(`${node.name} showed no host key`);
    return { ssh: { host, port }, hostKey, macs };
  } finally {
    machine.disconnect();
  }
}
