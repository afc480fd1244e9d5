import type { Disk, Node } from '../topology.ts';
import type { Dialect } from './dialect.ts';
import { block, indented } from './lines.ts';
import { addressing, consoleFile, ownSize, sharedSize } from './machine.ts';
import { machineName, networkName, plain, serialEnd } from './names.ts';
import type { VagrantfileRequest } from './request.ts';
import { rubyComment, rubyString } from './ruby.ts';

export const defaultManagementCidr = '192.168.124.0/24';

export const libvirt: Dialect = {
  shared: (request) => [
    ...xmlPreamble(request),
    ...segment,
    '',
    ...block('config.vm.provider "libvirt" do |libvirt|', [
      ...rubyComment(
        `Domains are called ${machineName(request.lab, request.topology.nodes[0]?.name ?? 'node')} and so on.`,
      ),
      `libvirt.default_prefix = ${rubyString(machineName(request.lab, ''))}`,
      ...processor(request.options?.accelerator),
      ...sharedSize(request.topology, 'libvirt'),
      `libvirt.nic_model_type = ${rubyString(request.platform.nicModel ?? 'virtio')}`,
      `libvirt.disk_bus = ${rubyString(request.platform.diskBus ?? 'virtio')}`,
      "# A flush of a guest ends in the host's memory: several machines on one disk would measure that disk.",
      'libvirt.disk_driver cache: "unsafe"',
      '# Nobody looks at a screen.',
      'libvirt.graphics_type = "none"',
      'libvirt.video_type = "none"',
      'libvirt.usb_controller model: "none"',
      'libvirt.random model: "random"',
      ...management(request),
    ]),
  ],

  nic: ({ lab }, nic) => [
    'node.vm.network "private_network",',
    `                ${addressing(nic)},`,
    `                libvirt__network_name: ${rubyString(networkName(lab, nic.network))}, **isolated`,
  ],

  machine: (request, node) => {
    const own = [
      ...ownSize(request.topology, node, 'libvirt'),
      ...(node.disks ?? []).map((disk) => storage(request, disk)),
      ...console(request, node),
      ...cable(request, node),
    ];
    return own.length === 0 ? [] : block('node.vm.provider "libvirt" do |libvirt|', own);
  },
};

/** One Ethernet segment for each network: a bridge of its own, over which promiscuous NICs get everything anyway. */
const segment = [
  '# The host has no address on a network, so that labs with the same addresses can run side by side.',
  'isolated = {',
  ...indented([
    'libvirt__forward_mode: "veryisolated",',
    'libvirt__dhcp_enabled: false,',
    '# No network has a loop. With spanning tree, a cable that is plugged in would carry nothing for seconds.',
    'libvirt__bridge_stp: false',
  ]),
  '}',
];

function processor(accelerator: 'kvm' | 'tcg' | undefined): string[] {
  const kvm = ['libvirt.driver = "kvm"', 'libvirt.cpu_mode = "host-passthrough"'];
  const emulated = [
    '# Emulation: what a processor does takes several times as long.',
    'libvirt.driver = "qemu"',
    'libvirt.cpu_mode = "custom"',
    'libvirt.cpu_model = "qemu64"',
  ];
  if (accelerator !== undefined) return accelerator === 'kvm' ? kvm : emulated;
  return ['if File.exist?("/dev/kvm")', ...indented(kvm), 'else', ...indented(emulated), 'end'];
}

/** eth0, over which Vagrant reaches the machines. */
function management({ options }: VagrantfileRequest): string[] {
  if (options?.internet !== false) return [];
  return [
    '# The machines can be reached from the host, and reach nothing beyond it.',
    'libvirt.management_network_name = "lab-management"',
    `libvirt.management_network_address = ${rubyString(options.managementCidr ?? defaultManagementCidr)}`,
    'libvirt.management_network_mode = "none"',
    'libvirt.management_network_guest_ipv6 = "no"',
  ];
}

function storage({ platform }: VagrantfileRequest, disk: Disk): string {
  const bus = rubyString(platform.diskBus ?? 'virtio');
  const serial = rubyString(plain(disk.name));
  return `libvirt.storage :file, size: "${String(disk.sizeMib)}M", bus: ${bus}, serial: ${serial}, cache: "unsafe"`;
}

function console(request: VagrantfileRequest, node: Node): string[] {
  const file = consoleFile(request, node);
  if (file === undefined) return [];
  return [
    '# ttyS0, the console',
    `console = ${file}`,
    'libvirt.serial type: "file", source: { path: CGI.escapeHTML(console) }',
  ];
}

/** The plugin writes the path of a console into libvirt's XML as it is (0.11.2, templates/domain.xml.erb). */
function xmlPreamble({ options }: VagrantfileRequest): string[] {
  if (options?.consoleDirectory === undefined) return [];
  return ['# The plugin writes paths into XML as they are.', 'require "cgi"', ''];
}

/**
 * The plugin's own serial ports have no end to listen at. TCP, because libvirt's AppArmor profile allows QEMU neither datagrams
 * nor sockets in the lab's folder; the far end is looked for again after its machine lost power.
 */
function cable({ lab, topology }: VagrantfileRequest, node: Node): string[] {
  const end = serialEnd(lab, topology, node);
  if (end === undefined) return [];
  const role = end.first ? 'server=on,wait=off' : 'reconnect=1';
  const chardev = `socket,id=cable,host=127.0.0.1,port=${String(end.port)},${role}`;
  return [
    ...rubyComment(`ttyS1, a null-modem cable to ${end.peer}: port ${String(end.port)} of the host`),
    ...['-chardev', chardev, '-device', 'isa-serial,chardev=cable,index=1'].map(
      (value) => `libvirt.qemuargs value: ${rubyString(value)}`,
    ),
  ];
}
