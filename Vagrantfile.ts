import type { Topology } from './lab/topology.ts';
import { addressOf } from './lab/topology.ts';
import type { Dialect } from './lab/vagrantfile/dialect.ts';
import { libvirt } from './lab/vagrantfile/libvirt.ts';
import { block } from './lab/vagrantfile/lines.ts';
import { nicsInOrder } from './lab/vagrantfile/machine.ts';
import { oldSshPreamble, oldSshSettings } from './lab/vagrantfile/old-ssh.ts';
import { provisioners, provisioningPreamble, provisioningTrigger } from './lab/vagrantfile/provisioning.ts';
import type { VagrantProvider, VagrantfileRequest } from './lab/vagrantfile/request.ts';
import { rubyComment, rubyString } from './lab/vagrantfile/ruby.ts';
import { virtualbox } from './lab/vagrantfile/virtualbox.ts';

const dialects: Readonly<Record<VagrantProvider, Dialect>> = { virtualbox, libvirt };
const providerTitles: Readonly<Record<VagrantProvider, string>> = {
  virtualbox: 'VirtualBox',
  libvirt: 'libvirt',
};

/** Machines answer within seconds on hardware; emulated ones take minutes to boot. */
const defaultBootTimeoutSeconds = 600;

/**
 * The text of a Vagrantfile that brings the nodes of a topology up, for Vagrant 2.3 and later. Pure: the same request gives
 * the same text. No string of the request becomes Ruby, whatever it holds.
 * @throws UsageError for NICs that are not numbered from eth1 without a gap
 */
export function vagrantfile(request: VagrantfileRequest): string {
  const { topology, provider, options = {} } = request;
  const dialect = dialects[provider];
  const phases = options.provision ?? [];
  const lines = [
    '# -*- mode: ruby -*-',
    '# vi: set ft=ruby :',
    '',
    ...introduction(request),
    ...oldSshPreamble(request.platform),
    ...provisioningPreamble(phases),
    '',
    ...block('Vagrant.configure("2") do |config|', [
      ...box(request),
      '',
      `config.vm.boot_timeout = ${String(options.bootTimeoutSeconds ?? defaultBootTimeoutSeconds)}`,
      ...rubyComment('The machines share nothing with the host.'),
      'config.vm.synced_folder ".", "/vagrant", disabled: true',
      ...ssh(request),
      '',
      ...dialect.shared(request),
      ...topology.nodes.flatMap((node, i) => [
        '',
        ...block(`config.vm.define ${rubyString(node.name)} do |node|`, [
          `node.vm.hostname = ${rubyString(node.name)}`,
          ...nicsInOrder(node).flatMap((nic) => dialect.nic(request, nic)),
          ...dialect.machine(request, node),
          ...provisioners(phases, node.name),
          ...(i === topology.nodes.length - 1 ? provisioningTrigger(request, phases) : []),
        ]),
      ]),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

/** What the lab is, for who opens the file. */
function introduction({ lab, topology, platform, provider }: VagrantfileRequest): string[] {
  return [
    ...rubyComment(
      `Lab ${lab}: ${String(topology.nodes.length)} machines with ${platform.title}, under ${providerTitles[provider]}.`,
    ),
    '#',
    ...topology.networks.flatMap(({ name, cidr, purpose }) =>
      rubyComment(`Network ${name}, ${cidr}: ${purpose}.`),
    ),
    ...serviceAddresses(topology),
  ];
}

function serviceAddresses(topology: Topology): string[] {
  return topology.serviceAddresses.flatMap(({ address, network }) =>
    rubyComment(
      `Address ${addressOf(address)} on ${network} moves between the servers: the cluster sets it, not this file.`,
    ),
  );
}

function box({ box }: VagrantfileRequest): string[] {
  const { name, version, url, checksum } = box;
  return [
    `config.vm.box = ${rubyString(name)}`,
    ...(version === undefined ? [] : [`config.vm.box_version = ${rubyString(version)}`]),
    ...(url === undefined ? [] : [`config.vm.box_url = ${rubyString(url)}`]),
    ...(checksum === undefined
      ? []
      : [
          `config.vm.box_download_checksum_type = ${rubyString(checksum.type)}`,
          `config.vm.box_download_checksum = ${rubyString(checksum.value)}`,
        ]),
    ...rubyComment('A newer box is no news here: results are compared between runs.'),
    'config.vm.box_check_update = false',
  ];
}

function ssh({ platform }: VagrantfileRequest): string[] {
  return [
    ...rubyComment(
      'At its first boot each machine gets a key of its own, in place of the one that all boxes share.',
    ),
    'config.ssh.insert_key = true',
    ...oldSshSettings(platform),
  ];
}
