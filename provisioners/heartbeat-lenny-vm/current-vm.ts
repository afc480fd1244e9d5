import type { PlanSection } from '../../lab/plan.ts';
import { numberSetting } from '../../lab/settings.ts';
import type { Settings } from '../../lab/stack.ts';
import { serversOf } from '../../lab/topology.ts';
import { file, packages, run } from '../parts/steps.ts';
import { guestBoot, guestDisk, guestInittab, guestNetwork, guestShutdown } from '../parts/vm-guest.ts';
import { consoleLogging, vmResourceScript, vmShutdownProgram, vmUnit } from '../parts/vm-host.ts';
import type { VmHost } from '../parts/vm-host.ts';
import { vmServerProgram } from '../parts/vm-server.ts';
import { section } from './article.ts';
import { guest, layout, topology } from './layout.ts';

const servers = serversOf(topology('current')).map((node) => node.name);
const [first = ''] = servers;
const { device, mountPoint, resource } = layout;

/** Time that a takeover leaves a virtual machine to answer; then heartbeat gives the group up. */
const startSeconds = 180;

/** The hypervisor on both servers, and a virtual machine below /data/VMs. */
export function vmSection(settings: Settings): PlanSection {
  const host: VmHost = {
    name: layout.vm,
    image: guest.image,
    memoryMib: numberSetting(settings, 'vm.memory'),
    address: layout.service,
    port: layout.port,
    nic: layout.nic,
    tap: layout.tap,
    stopSeconds: numberSetting(settings, 'vm.stopSeconds'),
    startSeconds,
  };
  const source = (name: string): string => `${layout.guestFiles}/${name}`;
  const paths = {
    server: source('server'),
    boot: source('boot'),
    network: source('network'),
    shutdown: source('shutdown'),
    inittab: source('inittab'),
  };
  return {
    title: 'The virtual machine',
    articleSection: section.vmware,
    text: 'VMware Server 2.0.1 cannot be had any more. User-Mode Linux is a Linux kernel that runs as a process of its host: a real kernel with a disk, a network card and a console of its own, and the one hypervisor that is quick without any help of the processor. Its address is its own; the server that runs it answers for it on the network of the clients.',
    steps: [
      packages(servers, ['user-mode-linux', 'busybox-static']),
      file(servers, '/etc/rsyslog.d/11-vm.conf', consoleLogging, {
        why: 'What the virtual machine prints is kept line by line, with the time of its server.',
      }),
      file(servers, '/etc/systemd/system/vm.service', vmUnit(host)),
      file(servers, '/usr/local/sbin/vm-shutdown', vmShutdownProgram, { mode: 0o755 }),
      file(servers, '/etc/ha.d/resource.d/vm', vmResourceScript(host), { mode: 0o755 }),
      run(servers, 'Make both known', ['systemctl daemon-reload', 'systemctl restart rsyslog.service']),
      file([first], paths.server, vmServerProgram, {
        why: 'In the virtual machine. It answers a write when that is synced inside; its kernel then flushes the disk, which is a file on the mirror.',
      }),
      file([first], paths.boot, guestBoot, {
        why: 'The article advises to check the disks of virtual machines after a takeover. Here every boot does, before anything is written.',
      }),
      file([first], paths.network, guestNetwork(guest)),
      file([first], paths.shutdown, guestShutdown),
      file([first], paths.inittab, guestInittab(guest)),
      run(
        [first],
        `Make the disk of ${layout.vm}`,
        [
          `mount -t ext4 ${device} ${mountPoint}`,
          ...guestDisk(guest, paths),
          `umount ${mountPoint}`,
          `drbdadm secondary ${resource}`,
        ],
        {
          why: 'Its programs are those of the server. Unmounted and Secondary again: heartbeat promotes and mounts.',
          timeoutMs: 300_000,
        },
      ),
    ],
  };
}
