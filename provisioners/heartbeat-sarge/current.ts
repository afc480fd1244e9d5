import type { Plan, PlanSection } from '../../lab/plan.ts';
import { numberSetting, textSetting } from '../../lab/settings.ts';
import type { Secrets, Settings } from '../../lab/stack.ts';
import { addressOf, clientsOf, serversOf } from '../../lab/topology.ts';
import { hasSerialLine } from '../parts/heartbeat-media.ts';
import { hostsFile } from '../parts/hosts.ts';
import { createImages, loopDiskUnit } from '../parts/loop-disk.ts';
import { metaDiskMib } from '../parts/drbd.ts';
import { nfsFstabLine, nfsMountOptions } from '../parts/nfs-client.ts';
import { exportsFile, nfsConf, nfsScopeDropIn, nfsUnits } from '../parts/nfs-server.ts';
import { file, packages, run, wait } from '../parts/steps.ts';
import { timeSection } from '../parts/time-section.ts';
import { section } from './article.ts';
import { clusterSections } from './current-cluster.ts';
import { errata } from './errata.ts';
import { layout, topology } from './layout.ts';

const machines = topology('current');
const network = '192.168.33.0/24';
const domain = machines.domain;
const all = machines.nodes.map((node) => node.name);
const servers = serversOf(machines).map((node) => node.name);
const clients = clientsOf(machines).map((node) => node.name);

/** The article's architecture on Debian 12. */
export function currentPlan(settings: Settings, secrets: Secrets): Plan {
  return {
    stack: 'heartbeat-sarge',
    edition: 'current',
    title: 'A highly available NFS server with DRBD and heartbeat, on Debian 12',
    introduction: [
      'Two servers mirror a disk with DRBD and watch each other with heartbeat; whoever holds the service address exports the ' +
        'mirror over NFS. The sections follow the article; each says where this edition differs and why.',
      `Every machine has its name and its addresses already, on ${layout.nic}, with a broadcast address: heartbeat’s packets ` +
        'reach nobody without one.' +
        (hasSerialLine(settings) ? ' A null-modem cable joins the second serial ports of the servers.' : ''),
      'Differences that matter: ext4 instead of ext3; loop devices instead of partitions; no initial sync; a resource script of ' +
        'our own for the NFS server; NFSv3 over TCP, hard, where the article leaves it to the defaults.',
    ],
    nodes: machines.nodes.map((node) => ({
      name: node.name,
      role: node.role,
      addresses: node.nics.flatMap((nic) => (nic.address === undefined ? [] : [nic.address])),
    })),
    settings,
    sections: [
      setup(),
      base(settings),
      timeSection(machines, 'cluster', layout.haLog, section.time),
      nfsServer(settings),
      ...clusterSections(settings, secrets),
      client(settings),
    ],
    errata,
  };
}

function setup(): PlanSection {
  return {
    title: 'The machines',
    articleSection: section.setup,
    text: `${servers.join(' and ')} are the servers, ${clients.join(' and ')} the clients; ${layout.service} is the address of the service, held by one server at a time.`,
    steps: [
      file(all, '/etc/hosts', hostsFile(machines, 'cluster', [{ name: 'nfs', address: layout.service }]), {
        why: 'Names must resolve forward and back alike, or the server refuses the mount (section 10 of the article).',
      }),
    ],
  };
}

function base(settings: Settings): PlanSection {
  const sizeMib = numberSetting(settings, 'drbd.size');
  const disks = [
    { device: '/dev/loop0', image: layout.dataImage, sizeMib, covered: layout.dataDisk },
    { device: '/dev/loop1', image: layout.metaImage, sizeMib: metaDiskMib(sizeMib) },
  ];
  return {
    title: 'Disks of the servers',
    articleSection: section.base,
    text: 'The article’s two partitions, one for the data and one for DRBD’s meta-data, are files behind loop devices, of the same size on both servers. A linear device-mapper device covers that of the data, so that it can be made to fail or to stall.',
    steps: [
      run(servers, 'Create the image files', createImages(disks), {
        why: 'Sparse files: what was never written reads as zeroes on both servers, so the devices are equal from the start.',
      }),
      file(
        servers,
        '/etc/systemd/system/lab-loop-disks.service',
        loopDiskUnit(disks, ['drbd.service', 'heartbeat.service']),
        { why: 'A server that comes back after a power cut must find its disks before DRBD starts.' },
      ),
      run(servers, 'Attach the loop devices, now and at every boot', [
        'systemctl enable --no-reload lab-loop-disks.service',
        'systemctl start lab-loop-disks.service',
      ]),
    ],
  };
}

function nfsServer(settings: Settings): PlanSection {
  return {
    title: 'The NFS server',
    articleSection: section.nfs,
    text: 'The NFS server is installed and configured alike on both servers, and started by neither: that is heartbeat’s business.',
    steps: [
      packages(servers, ['nfs-kernel-server', 'nfs-common']),
      run(
        servers,
        'Take NFS out of the boot and stop it',
        [
          'systemctl disable --no-reload nfs-server.service nfs-client.target nfs-blkmap.service',
          `systemctl stop nfs-client.target nfs-blkmap.service ${nfsUnits.join(' ')}`,
        ],
        {
          why: 'nfs-client.target goes too: it would send the notices of a restart at boot, before the locks are there. rpcbind stays; it holds no file of ours.',
        },
      ),
      file(servers, '/etc/exports', exportsFile(layout.exported, network)),
      file(
        servers,
        '/etc/nfs.conf.d/lab.conf',
        nfsConf({
          threads: 8,
          leaseTime: numberSetting(settings, 'nfs.leaseTime'),
          graceTime: numberSetting(settings, 'nfs.graceTime'),
          serviceAddress: addressOf(layout.service),
        }),
      ),
      file(servers, '/etc/systemd/system/nfs-server.service.d/lab.conf', nfsScopeDropIn(`nfs.${domain}`), {
        why: 'NFSv4.1 clients must see the same server after a takeover, not a stranger that knows nothing of their state.',
      }),
      run(servers, 'Let systemd read it', ['systemctl daemon-reload']),
    ],
  };
}

function client(settings: Settings): PlanSection {
  const options = nfsMountOptions(
    textSetting(settings, 'nfs.version'),
    textSetting(settings, 'nfs.mountOptions'),
  );
  const source = `${layout.service}:${layout.exported}`;
  const mountPoint = layout.clientMountPoint;
  return {
    title: 'The clients',
    articleSection: section.client,
    text: 'The article mounts with the defaults of its release. A hard mount waits for the service as long as it takes and reports no error; TCP and the version are said aloud.',
    steps: [
      packages(clients, ['nfs-common']),
      run(
        clients,
        `Create ${mountPoint} and its line in /etc/fstab`,
        [
          `mkdir -p ${mountPoint}`,
          `sed -i '\\# ${mountPoint} nfs #d' /etc/fstab`,
          `echo '${nfsFstabLine(source, mountPoint, options)}' >> /etc/fstab`,
        ],
        {
          why: 'noauto: a client that boots while the service is away would wait at the mount before anyone could log in.',
        },
      ),
      run(clients, 'Mount the export', [`mountpoint -q ${mountPoint} || mount ${mountPoint}`], {
        timeoutMs: 180_000,
      }),
      wait(
        clients,
        'the mount to answer',
        `ls -d ${mountPoint}/${layout.recordsFolder} && grep ' ${mountPoint} nfs' /proc/mounts`,
      ),
    ],
  };
}
