import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { findProgram } from '../../../lab/host/programs.ts';
import { shellQuote } from '../../../lab/quote.ts';
import { makeMachine, type MachinePlace } from './machine.ts';

/** Vagrant 2.3 knows VirtualBox up to 7.0, and refuses others by their number alone. */
const versionForVagrant = '7.0.20r163906';

export interface VagrantStage {
  /** Folder for the front of PATH: `vagrant` there is the real one, told an older VirtualBox and with settings of its own. */
  bin: string;
  /** A box whose machine boots the counting boot sector. */
  box: string;
}

/** Where the SSH server of a guest is. */
export interface GuestAddress {
  node: string;
  host: string;
  port: number;
}

/**
 * What stands in for what cannot be here, all of it in Vagrant's own settings of the user, which Vagrant reads before the
 * Vagrantfile of a lab: a communicator that says yes, for a guest has no SSH, and an address of SSH servers of the test for
 * others than Vagrant; NICs in UDP tunnels, for internal networks need the kernel module; the interpreter. The lab's
 * Vagrantfile is used as it is.
 * @param clusterNics most NICs that a node has beside Vagrant's own
 * @param guests in the order of the topology
 */
export async function prepareVagrant(
  place: MachinePlace,
  clusterNics: number,
  guests: readonly GuestAddress[],
): Promise<VagrantStage> {
  const home = join(place.folder, 'vagrant-home');
  const bin = join(place.folder, 'vagrant-bin');
  for (const folder of [home, bin]) await mkdir(folder, { recursive: true });
  await writeFile(join(home, 'Vagrantfile'), settings(clusterNics, guests));
  const real = findProgram('vagrant', process.env['PATH'] ?? '');
  if (real === undefined) throw new Error('vagrant is not installed: apt-get install vagrant');
  const lines = [
    '#!/bin/sh',
    `export VAGRANT_HOME=${shellQuote(home)} VAGRANT_CHECKPOINT_DISABLE=1`,
    // An empty one is the truth.
    `export LAB_TEST_VIRTUALBOX_VERSION="\${LAB_TEST_VIRTUALBOX_VERSION-${versionForVagrant}}"`,
    `exec ${shellQuote(real)} "$@"`,
    '',
  ];
  await writeFile(join(bin, 'vagrant'), lines.join('\n'), { mode: 0o755 });
  return { bin, box: await packBox(place) };
}

function settings(clusterNics: number, guests: readonly GuestAddress[]): string {
  const tunnels = Array.from({ length: clusterNics }, (_, n) => {
    const nic = String(n + 2);
    return `    vb.customize ["modifyvm", :id, "--nic${nic}", "generic", "--nicgenericdrv${nic}", "UDPTunnel"]`;
  });
  const addresses = guests.map(
    ({ node, host, port }) =>
      `  config.vm.define("${node}") { |guest| guest.ssh.host = "${host}"; guest.ssh.port = ${String(port)} }`,
  );
  return `module LabTest
  class Communicator < Vagrant.plugin("2", :communicator)
    def self.match?(_machine) = true
    def ready? = true
    # A communicator that is ready at once overtakes the thread in which Vagrant watches the machine's state.
    def wait_for_ready(_timeout)
      sleep 2
      true
    end
    def execute(*, **) = 0
    def sudo(*, **) = 0
    def test(*, **) = true
    def upload(*) = nil
    def download(*) = nil
    def reset! = nil
  end

  # What Vagrant would do over SSH to give the guest its addresses.
  module ConfigureNetworks
    def self.configure_networks(_machine, _networks) = nil
  end

  class Plugin < Vagrant.plugin("2")
    name "lab-test"
    communicator("lab-test") { Communicator }
    guest_capability(:linux, :configure_networks) { ConfigureNetworks }
  end
end

Vagrant.configure("2") do |config|
  config.vm.communicator = "lab-test"
  config.vm.guest = :linux
  config.vm.provider "virtualbox" do |vb|
    vb.customize ["modifyvm", :id, "--vm-execution-engine=interpreter"]
${tunnels.join('\n')}
  end
${addresses.join('\n')}
end
`;
}

/** @returns path of a box for `vagrant box add` */
async function packBox(place: MachinePlace): Promise<string> {
  const { tools, folder } = place;
  const work = join(folder, 'box');
  await mkdir(work);
  const machine = await makeMachine(place, 'box-base');
  // What Vagrant sets itself for each machine is not to come from the box.
  await tools.manage([
    'modifyvm',
    machine.id,
    '--nic2',
    'none',
    '--uart1',
    'off',
    '--macaddress1',
    '080027B0B0B0',
  ]);
  await tools.manage(['export', machine.id, '--output', join(work, 'box.ovf')]);
  await tools.manage(['unregistervm', machine.id, '--delete']);
  await writeFile(join(work, 'metadata.json'), '{"provider":"virtualbox"}\n');
  await writeFile(
    join(work, 'Vagrantfile'),
    'Vagrant.configure("2") do |config|\n  config.vm.base_mac = "080027B0B0B0"\nend\n',
  );
  const box = join(folder, 'boot-sector.box');
  await execa('tar', ['-czf', box, '-C', work, ...(await readdir(work))], { stdin: 'ignore' });
  return box;
}
