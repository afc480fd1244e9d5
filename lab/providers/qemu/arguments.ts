import { createHash } from 'node:crypto';
import { fencePort } from '../../fencing.ts';
import type { Node, Topology } from '../../topology.ts';

export interface Accelerator {
  name: 'kvm' | 'tcg';
  /** Only for tcg: one host thread for each virtual processor, or one for all. */
  threads: 'multi' | 'single';
}

/** What must be equal for a saved machine state to load again. */
export interface Hardware {
  memoryMib: number;
  cpus: number;
  /** Number of cluster NICs, beside eth0 of the provider. */
  nics: number;
  /** Whether it has a second serial port, beside the console. */
  secondSerial: boolean;
}

export function hardwareOf(node: Node, { serialLines = [] }: Pick<Topology, 'serialLines'>): Hardware {
  return {
    memoryMib: node.memoryMib,
    cpus: node.cpus,
    nics: node.nics.length,
    secondSerial: serialLines.some(({ between }) => between.includes(node.name)),
  };
}

/** The end of a null-modem cable: one machine listens at the socket, the other one calls, again whenever it is hung up. */
export interface SerialEnd {
  socket: string;
  listens: boolean;
}

export interface MachineFiles {
  kernel: string;
  initrd: string;
  disk: string;
  console: string;
  qmp: string;
  /** A second monitor, for the lab's power switch: each serves one client at a time. */
  switchQmp: string;
  pidFile: string;
}

export interface MachineSpec {
  name: string;
  hardware: Hardware;
  accelerator: Accelerator;
  files: MachineFiles;
  macs: { management: string; nics: readonly string[] };
  /** Socket of the fabric for each cluster NIC; a base machine has none and its NICs hang in the air. */
  nicSockets: readonly string[];
  /** The cable in the second serial port; that of a base machine leads nowhere. */
  serial?: SerialEnd;
  /** Socket of the fabric at which a server asks for another one's power; the channel of other machines leads nowhere. */
  fenceSocket?: string;
  /** Shell word that names the file of a saved state to load instead of booting. */
  incoming?: string;
}

/** What the guest's kernel is told wherever it runs; where its root is comes on top. */
export const kernelArguments = [
  'rw',
  'console=ttyS0',
  'net.ifnames=0',
  'biosdevname=0',
  'quiet',
  'panic=10',
  'mitigations=off',
  'fsck.mode=skip',
  'systemd.show_status=0',
  'init_on_alloc=0',
  'apparmor=0',
  'audit=0',
];

/**
 * Under emulation only. QEMU keeps translated code by virtual address: with address space randomisation every exec of a
 * program is translated anew, which makes shell scripts about four times slower (fork and exec of /bin/true: 45 ms against
 * 11 ms, measured with QEMU 7.2).
 */
const emulatedKernelArguments = ['norandmaps', 'transparent_hugepage=never'];

/** The command line of one machine. Pure; every path is its own argument and commas in it are doubled (QEMU's escaping). */
export function qemuArguments(spec: MachineSpec): string[] {
  const { hardware, accelerator, files, macs } = spec;
  const accel = accelerator.name === 'kvm' ? 'kvm' : `tcg,thread=${accelerator.threads}`;
  const append = [
    'root=/dev/vda',
    ...kernelArguments,
    ...(accelerator.name === 'tcg' ? emulatedKernelArguments : []),
  ].join(' ');
  const args = [
    ...['-name', `guest=${spec.name}`],
    ...['-machine', 'pc,usb=off,vmport=off', '-accel', accel],
    // qemu64: the newer instructions of `max` are slower to emulate than what programs use instead.
    ...['-cpu', accelerator.name === 'kvm' ? 'host' : 'qemu64'],
    ...['-smp', String(hardware.cpus), '-m', String(hardware.memoryMib)],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-vga', 'none'],
    ...['-kernel', files.kernel, '-initrd', files.initrd, '-append', append],
    ...[
      '-blockdev',
      `driver=file,node-name=file0,filename=${escape(files.disk)},cache.direct=off,cache.no-flush=on`,
    ],
    ...['-blockdev', 'driver=qcow2,node-name=disk0,file=file0,discard=unmap,cache.no-flush=on'],
    ...['-device', 'virtio-blk-pci,drive=disk0'],
    ...[
      '-netdev',
      'user,id=management,restrict=on,net=10.0.2.0/24,ipv6=off,hostfwd=tcp:127.0.0.1:0-10.0.2.15:22',
    ],
    ...['-device', `virtio-net-pci,id=eth0,netdev=management,mac=${macs.management},romfile=`],
  ];
  macs.nics.forEach((mac, index) => {
    const id = `eth${String(index + 1)}`;
    const socket = spec.nicSockets[index];
    if (socket !== undefined)
      args.push('-netdev', `stream,id=net-${id},server=off,addr.type=unix,addr.path=${escape(socket)}`);
    else args.push('-netdev', `hubport,id=net-${id},hubid=${String(index + 1)}`);
    args.push('-device', `virtio-net-pci,id=${id},netdev=net-${id},mac=${mac},romfile=`);
  });
  args.push(
    ...['-chardev', `file,id=console,path=${escape(files.console)},append=on`, '-serial', 'chardev:console'],
    ...secondSerial(spec),
    ...['-chardev', `socket,id=qmp,path=${escape(files.qmp)},server=on,wait=off`],
    ...['-mon', 'chardev=qmp,mode=control'],
    ...['-chardev', `socket,id=switch,path=${escape(files.switchQmp)},server=on,wait=off`],
    ...['-mon', 'chardev=switch,mode=control'],
    ...fenceChannel(spec),
    ...['-device', 'virtio-rng-pci', '-device', 'vmgenid,guid=auto'],
    ...['-pidfile', files.pidFile, '-daemonize'],
  );
  if (spec.incoming !== undefined) args.push('-incoming', `exec:cat ${spec.incoming}`);
  return args;
}

/** What is written while nobody is at the other end is lost, as on a cable that is pulled. */
function secondSerial({ hardware, serial }: MachineSpec): string[] {
  if (!hardware.secondSerial) return [];
  const cable =
    serial === undefined
      ? 'null,id=cable'
      : `socket,id=cable,path=${escape(serial.socket)},${serial.listens ? 'server=on,wait=off' : 'server=off,reconnect=1'}`;
  return ['-chardev', cable, '-serial', 'chardev:cable'];
}

function fenceChannel({ fenceSocket }: MachineSpec): string[] {
  const end =
    fenceSocket === undefined ? 'null,id=fence' : `socket,id=fence,path=${escape(fenceSocket)},server=off`;
  return [
    ...['-device', 'virtio-serial-pci,id=channels,max_ports=2'],
    ...['-chardev', end, '-device', `virtserialport,bus=channels.0,nr=1,chardev=fence,name=${fencePort}`],
  ];
}

function escape(value: string): string {
  return value.replaceAll(',', ',,');
}

/** A locally administered unicast MAC address that is the same for the same lab, node and NIC. */
export function macAddress(lab: string, node: string, nic: string): string {
  const hash = createHash('sha256').update(`${lab}\0${node}\0${nic}`).digest();
  const bytes = [0x52, 0x54, 0x00, ...hash.subarray(0, 3)];
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
