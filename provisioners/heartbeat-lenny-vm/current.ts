import type { Plan, PlanSection } from '../../lab/plan.ts';
import { numberSetting } from '../../lab/settings.ts';
import type { Settings } from '../../lab/stack.ts';
import { clientsOf, serversOf } from '../../lab/topology.ts';
import { hostsFile } from '../parts/hosts.ts';
import { createImages, loopDiskUnit } from '../parts/loop-disk.ts';
import { file, run } from '../parts/steps.ts';
import { timeSection } from '../parts/time-section.ts';
import { section } from './article.ts';
import { clusterSections } from './current-cluster.ts';
import { vmSection } from './current-vm.ts';
import { errata } from './errata.ts';
import { firstLook } from './first-look.ts';
import { layout, topology } from './layout.ts';

const machines = topology('current');
const all = machines.nodes.map((node) => node.name);
const servers = serversOf(machines).map((node) => node.name);
const clients = clientsOf(machines).map((node) => node.name);

/** The article's architecture on Debian 12. */
export function currentPlan(settings: Settings): Plan {
  return {
    stack: 'heartbeat-lenny-vm',
    edition: 'current',
    title: 'Redundant virtual machines with DRBD and heartbeat, on Debian 12',
    introduction: [
      'Two servers mirror a disk with DRBD and watch each other with heartbeat, both over a cable of their own. On the mirror ' +
        'lies the disk of a virtual machine; whoever has the mirror runs it. The sections follow the article; each says where ' +
        'this edition differs and why.',
      `Every machine has its name and its addresses already: ${layout.nic} is the article’s eth0, ${layout.crossoverNic} its eth1, ` +
        'the cable between the servers.',
      'Differences that matter: User-Mode Linux instead of VMware Server 2, which is gone; heartbeat starts the virtual machine, ' +
        'which nothing does in the article; ext4 instead of ext3; a loop device instead of a disk; no initial sync. The ' +
        'virtual machine is a small Linux with a web server that takes uploads, so that writes can be measured.',
    ],
    nodes: machines.nodes.map((node) => ({
      name: node.name,
      role: node.role,
      addresses: node.nics.flatMap((nic) => (nic.address === undefined ? [] : [nic.address])),
    })),
    settings,
    sections: [
      setup(settings),
      timeSection(machines, 'cluster', layout.haLog),
      ...clusterSections(settings),
      vmSection(settings),
      firstLook(settings),
    ],
    errata,
  };
}

function setup(settings: Settings): PlanSection {
  const disks = [
    {
      device: '/dev/loop0',
      image: layout.dataImage,
      sizeMib: numberSetting(settings, 'drbd.size'),
      covered: layout.dataDisk,
    },
  ];
  return {
    title: 'The machines',
    articleSection: section.system,
    text: `${servers.join(' and ')} are hauptserver and ausfallserver, ${clients.join(' and ')} the clients; ${layout.service} is the address of the virtual machine, wherever it runs. The disk /dev/sdb of the article is a file behind a loop device, of the same size on both servers; a linear device-mapper device covers it, so that it can be made to fail or to stall.`,
    steps: [
      file(
        all,
        '/etc/hosts',
        hostsFile(machines, 'cluster', [{ name: layout.vm, address: layout.service }]),
        {
          why: 'The names mean the network of the clients. In the article those of the servers mean the cable, and nothing reaches a server by name when that breaks.',
        },
      ),
      run(servers, 'Create the image file', createImages(disks), {
        why: 'A sparse file: what was never written reads as zeroes on both servers, so the devices are equal from the start.',
      }),
      file(
        servers,
        '/etc/systemd/system/lab-loop-disks.service',
        loopDiskUnit(disks, ['drbd.service', 'heartbeat.service']),
        { why: 'A server that comes back after a power cut must find its disk before DRBD starts.' },
      ),
      run(servers, 'Attach the loop device, now and at every boot', [
        'systemctl enable --no-reload lab-loop-disks.service',
        'systemctl start lab-loop-disks.service',
      ]),
    ],
  };
}
