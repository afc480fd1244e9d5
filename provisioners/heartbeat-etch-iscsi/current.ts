import type { Plan, PlanSection } from '../../lab/plan.ts';
import { numberSetting } from '../../lab/settings.ts';
import type { Secrets, Settings } from '../../lab/stack.ts';
import { addressesOf, clientsOf, serversOf } from '../../lab/topology.ts';
import { bondSteps } from '../parts/bonding.ts';
import { metaDiskMib } from '../parts/drbd.ts';
import { hostsFile } from '../parts/hosts.ts';
import { createImages, loopDiskUnit } from '../parts/loop-disk.ts';
import { firstExtentMib, volumeSteps } from '../parts/lvm.ts';
import { exportsFile, nfsConf, nfsScopeDropIn, nfsUnits } from '../parts/nfs-server.ts';
import { file, packages, run, wait } from '../parts/steps.ts';
import { timeSection } from '../parts/time-section.ts';
import { section } from './article.ts';
import { clientSections } from './current-clients.ts';
import { clusterSections } from './current-cluster.ts';
import { errata } from './errata.ts';
import { layout, topology } from './layout.ts';
import { bondOptions } from './settings.ts';

const machines = topology('current');
const network = machines.networks[0]?.cidr ?? '';
const all = machines.nodes.map((node) => node.name);
const servers = serversOf(machines).map((node) => node.name);
const clients = clientsOf(machines).map((node) => node.name);
const loopUnit = 'lab-loop-disks.service';
const clusterUnits = ['drbd.service', 'heartbeat.service'];

/** The article's architecture on Debian 12. */
export function currentPlan(settings: Settings, secrets: Secrets): Plan {
  return {
    stack: 'heartbeat-etch-iscsi',
    edition: 'current',
    title: 'Highly available NFS and iSCSI on DRBD over LVM, with heartbeat and bonded cards, on Debian 12',
    introduction: [
      'Two servers mirror a logical volume with DRBD and watch each other with heartbeat; whoever holds the service address ' +
        'exports the mirror over NFS and serves three files on it as iSCSI LUNs. The sections are the article’s, with the bond first, since ' +
        'everything else runs over it; each says where this edition differs and why.',
      'openQRM, for which the article builds this, is packaged no more. What it prepares for it, MySQL among it, is here; openQRM is not.',
      'Differences that matter: the target moves with the service (iscsi.ha=off shows the article, where it does not); tgt in place of the iSCSI ' +
        'Enterprise Target, which Debian packages no more; ext4 instead of ext3; loop devices below LVM; no initial sync.',
    ],
    nodes: machines.nodes.map((node) => ({
      name: node.name,
      role: node.role,
      addresses: addressesOf(node).map(({ address }) => address),
    })),
    settings,
    sections: [
      bonding(settings),
      disks(settings),
      timeSection(machines, 'cluster', layout.haLog, section.time),
      nfsServer(),
      ...clusterSections(settings, secrets),
      ...clientSections(settings),
    ],
    errata,
  };
}

function bonding(settings: Settings): PlanSection {
  return {
    title: 'The cards of the servers',
    articleSection: section.bonding,
    text: `${servers.join(' and ')} are the servers, ${clients.join(' and ')} the clients; ${layout.service} is the address of the service, held by one server at a time. The switch between the machines has no groups of ports: it sends a frame for a bond to the card that the bond sent from last, and a broadcast to each of its cards.`,
    steps: [
      ...bondSteps(serversOf(machines), bondOptions(settings)),
      file(all, '/etc/hosts', hostsFile(machines, 'cluster', [{ name: 'nfs', address: layout.service }])),
      wait(
        servers,
        'every card to be up in the bond',
        `cat /proc/net/bonding/${layout.nic}; [ "$(grep -c '^MII Status: up$' /proc/net/bonding/${layout.nic})" = 4 ]`,
        { why: 'The bond itself and three cards.' },
      ),
    ],
  };
}

function disks(settings: Settings): PlanSection {
  const sizeMib = numberSetting(settings, 'drbd.size');
  const { volume } = layout;
  const images = [
    {
      device: volume.physicalVolume,
      image: layout.dataImage,
      sizeMib: firstExtentMib + sizeMib + layout.spareMib,
    },
    { device: '/dev/loop1', image: layout.metaImage, sizeMib: metaDiskMib(sizeMib) },
  ];
  return {
    title: 'Disks and volumes of the servers',
    articleSection: section.base,
    text: 'The article’s two partitions, one for LVM and one for DRBD’s meta-data, are files behind loop devices, of the same size on both servers.',
    steps: [
      run(servers, 'Create the image files', createImages(images), {
        why: 'Sparse files: what was never written reads as zeroes on both servers, so the volumes are equal from the start.',
      }),
      file(
        servers,
        `/etc/systemd/system/${loopUnit}`,
        loopDiskUnit(images, ['lab-volume-group.service', ...clusterUnits]),
      ),
      run(servers, 'Attach the loop devices, now and at every boot', [
        `systemctl enable --no-reload ${loopUnit}`,
        `systemctl start ${loopUnit}`,
      ]),
      packages(servers, ['lvm2']),
      ...volumeSteps(servers, { ...volume, after: loopUnit, before: clusterUnits }, sizeMib),
    ],
  };
}

function nfsServer(): PlanSection {
  return {
    title: 'The NFS server',
    articleSection: section.nfs,
    text: 'The NFS server is installed and configured alike on both servers, and started by neither: that is heartbeat’s business.',
    steps: [
      packages(servers, ['nfs-kernel-server', 'nfs-common']),
      run(servers, 'Take NFS out of the boot and stop it', [
        'systemctl disable --no-reload nfs-server.service nfs-client.target nfs-blkmap.service',
        `systemctl stop nfs-client.target nfs-blkmap.service ${nfsUnits.join(' ')}`,
      ]),
      file(servers, '/etc/exports', exportsFile(layout.exported, network)),
      file(
        servers,
        '/etc/nfs.conf.d/lab.conf',
        nfsConf({ threads: 8, leaseTime: 90, graceTime: 90, serviceAddress: layout.service }),
      ),
      file(
        servers,
        '/etc/systemd/system/nfs-server.service.d/lab.conf',
        nfsScopeDropIn(`nfs.${machines.domain}`),
      ),
      run(servers, 'Let systemd read it', ['systemctl daemon-reload']),
    ],
  };
}
