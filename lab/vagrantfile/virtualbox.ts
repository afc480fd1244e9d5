import type { Node } from '../topology.ts';
import type { Dialect } from './dialect.ts';
import { block } from './lines.ts';
import { addressing, consoleFile, nicsInOrder, ownSize, sharedSize } from './machine.ts';
import { machineName, networkName, plain, serialEnd } from './names.ts';
import type { VagrantfileRequest } from './request.ts';
import { rubyComment, rubyString } from './ruby.ts';

/** VirtualBox calls Intel's 82540EM, QEMU's e1000, by its own name. */
const nicTypes = { virtio: 'virtio', e1000: '82540EM' } as const;

export const virtualbox: Dialect = {
  shared: ({ platform, topology }) =>
    block('config.vm.provider "virtualbox" do |vb|', [
      '# A machine has a disk of its own only for what differs from the box.',
      'vb.linked_clone = true',
      ...sharedSize(topology, 'vb'),
      `vb.default_nic_type = ${rubyString(nicTypes[platform.nicModel ?? 'virtio'])}`,
      '# Guest additions serve shared folders, of which there are none.',
      'vb.check_guest_additions = false',
    ]),

  nic: ({ lab }, nic) => [
    'node.vm.network "private_network",',
    `                ${addressing(nic)},`,
    `                virtualbox__intnet: ${rubyString(networkName(lab, nic.network))}`,
  ],

  machine: (request, node) =>
    block('node.vm.provider "virtualbox" do |vb|', [
      `vb.name = ${rubyString(machineName(request.lab, node.name))}`,
      ...ownSize(request.topology, node, 'vb'),
      ...disks(node),
      ...promiscuity(node),
      ...console(request, node),
      ...cable(request, node),
    ]),
};

/**
 * A controller of their own, since every box calls its own in another way. Vagrant's disks would need its experimental
 * features, which a Vagrantfile cannot turn on, and lose their names with the first snapshot.
 */
function disks(node: Node): string[] {
  const controller = ['"--storagectl"', '"Disks"'];
  return (node.disks ?? []).flatMap((disk, i) => [
    `disk = File.join(__dir__, ${rubyString(plain(`${node.name}-${disk.name}.vdi`))})`,
    ...block('unless File.exist?(disk)', [
      ...(i === 0
        ? [
            manage(
              'storagectl',
              ':id',
              '"--name"',
              '"Disks"',
              '"--add"',
              '"scsi"',
              '"--controller"',
              '"LSILogic"',
            ),
          ]
        : []),
      manage('createmedium', '"disk"', '"--filename"', 'disk', '"--size"', `"${String(disk.sizeMib)}"`),
      manage(
        'storageattach',
        ':id',
        ...controller,
        ...['"--port"', `"${String(i)}"`, '"--type"', '"hdd"', '"--medium"', 'disk'],
      ),
    ]),
  ]);
}

/** Adapter 1 is Vagrant's own, so eth1 is adapter 2. */
function promiscuity(node: Node): string[] {
  return nicsInOrder(node).flatMap((nic, i) =>
    nic.promiscuous === true
      ? [
          ...rubyComment(`${nic.name} also takes frames for other stations.`),
          customize(`--nicpromisc${String(i + 2)}`, '"allow-all"'),
        ]
      : [],
  );
}

function console(request: VagrantfileRequest, node: Node): string[] {
  const file = consoleFile(request, node);
  if (file === undefined) return [];
  return [
    '# ttyS0, the console',
    `console = ${file}`,
    customize('--uart1', '"0x3F8"', '"4"', '"--uartmode1"', '"file"', 'console'),
  ];
}

/** On Windows a named pipe, elsewhere a socket beside the Vagrantfile. */
function cable({ lab, topology }: VagrantfileRequest, node: Node): string[] {
  const end = serialEnd(lab, topology, node);
  if (end === undefined) return [];
  const pipe = rubyString(`\\\\.\\pipe\\${networkName(lab, end.cable)}`);
  return [
    ...rubyComment(`ttyS1, a null-modem cable to ${end.peer}${end.first ? '' : ', which has to run first'}`),
    `cable = File.join(__dir__, ${rubyString(`${end.cable}.serial`)})`,
    `cable = ${pipe} if Vagrant::Util::Platform.windows?`,
    customize('--uart2', '"0x2F8"', '"3"', '"--uartmode2"', end.first ? '"server"' : '"client"', 'cable'),
  ];
}

/** Sets something of the machine before it starts; values are Ruby expressions. */
function customize(option: string, ...values: string[]): string {
  return manage('modifyvm', ':id', rubyString(option), ...values);
}

/** A call of VBoxManage before the machine starts; values are Ruby expressions. */
function manage(command: string, ...values: string[]): string {
  return `vb.customize [${[rubyString(command), ...values].join(', ')}]`;
}
