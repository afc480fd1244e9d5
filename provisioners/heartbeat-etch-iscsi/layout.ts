import { Topology } from '../../lab/topology.ts';
import type { Edition } from '../../lab/plan.ts';
import type { ReplicatedFileSystem } from '../parts/replicas.ts';
import { firstExtentMib, volumePath } from '../parts/lvm.ts';

type Node = Topology['nodes'][number];

const slaves = ['eth1', 'eth2', 'eth3'];

/** Topology of the current edition: the four nodes that all stacks share, the servers on a bond of three NICs. */
const current = Topology.parse({
  domain: 'lab.example',
  networks: [{ name: 'cluster', purpose: 'heartbeat, replication, NFS and iSCSI', cidr: '192.168.33.0/24' }],
  nodes: [
    client('sv01', '192.168.33.11/24'),
    client('sv02', '192.168.33.12/24'),
    server('nfs01', 'cluster', '192.168.33.21/24'),
    server('nfs02', 'cluster', '192.168.33.22/24'),
  ],
  serviceAddresses: [{ address: '192.168.33.20/24', network: 'cluster' }],
});

/**
 * The article's two servers; it describes no client. They have three cards, eth0 to eth2, in bond0, and a fourth for the LAN, which
 * the article calls eth0 once more. A topology leaves eth0 to the provider, so the cards are eth1 to eth4 here, and only here: the
 * period edition's files name them as the article does. Of its three networks the third, 192.168.2.0, is DRBD's and has no card.
 */
const period = Topology.parse({
  domain: 'linuxfellaz.net',
  networks: [
    { name: 'storage', purpose: 'iSCSI and NFS, over the bond', cidr: '192.168.178.0/24' },
    { name: 'replication', purpose: 'DRBD', cidr: '192.168.2.0/24' },
  ],
  nodes: [
    periodServer('master', '192.168.178.2/24', '192.168.2.1/24'),
    periodServer('slave', '192.168.178.3/24', '192.168.2.2/24'),
  ],
  serviceAddresses: [{ address: '192.168.178.174/24', network: 'storage' }],
});

function client(name: string, address: string): Node {
  return {
    name,
    role: 'client',
    memoryMib: 512,
    cpus: 1,
    nics: [{ name: 'eth1', network: 'cluster', address }],
  };
}

function server(name: string, network: string, address: string): Node {
  return {
    name,
    role: 'server',
    memoryMib: 512,
    cpus: 1,
    nics: slaves.map((slave) => ({ name: slave, network, promiscuous: true })),
    bonds: [{ name: 'bond0', slaves, network, address }],
  };
}

function periodServer(name: string, address: string, replication: string): Node {
  const bonded = server(name, 'storage', address);
  return {
    ...bonded,
    nics: [...bonded.nics, { name: 'eth4', network: 'replication', address: replication }],
  };
}

export function topology(edition: Edition): Topology {
  return edition === 'period' ? period : current;
}

/** Names and paths of the current edition that its plan and its runtime share. */
export const layout = {
  resource: 'r0',
  device: '/dev/drbd0',
  minor: 0,
  drbdPort: 7788,
  dataImage: '/var/lib/lab/drbd-r0.img',
  metaImage: '/var/lib/lab/drbd-meta.img',
  volume: { physicalVolume: '/dev/loop0', group: 'vol', name: 'data' },
  /** Extents of the volume group that stay free, for snapshots. */
  spareMib: 8,
  mountPoint: '/data',
  exported: '/data/export',
  /** Folders of the LUN files: on the replicated device, and as in the article on the server's own disk. */
  lunFolder: '/data/iscsi',
  localLunFolder: '/home/iSCSI',
  iqn: 'iqn.2001-04.com.example:storage.disk2.sys1.xyz',
  lunNames: ['LUN0', 'LUN1', 'LUN2'],
  /** Where a client mounts the file system on its LUN, and the NFS export. */
  clientMountPoint: '/mnt/lun',
  nfsMountPoint: '/mnt/nfs',
  /** Folder below the export for files of the clients. */
  recordsFolder: 'lab',
  service: '192.168.33.20',
  nic: 'bond0',
  preferred: 'nfs01',
  haLog: '/var/log/ha-log',
  kernelLog: '/var/log/kern.log',
  systemLog: '/var/log/syslog',
} as const;

export const lowerDevice = volumePath(layout.volume);

export const replicated: ReplicatedFileSystem = {
  ...layout,
  dataOffsetMib: firstExtentMib,
  copyMount: '-t ext4',
};

/** The files behind the LUNs on a server that serves them. */
export function lunFiles(ha: boolean): string[] {
  const folder = ha ? layout.lunFolder : layout.localLunFolder;
  return layout.lunNames.map((name) => `${folder}/${name}`);
}

/** Where the clients reach the target: at the service address when it moves, else at the one server that has it. */
export function portal(ha: boolean): { iqn: string; address: string } {
  const own = current.nodes.find(({ name }) => name === layout.preferred)?.bonds?.[0]?.address ?? '';
  return { iqn: layout.iqn, address: ha ? layout.service : (own.split('/')[0] ?? '') };
}

/** Which of the files a client has for itself, counted from 0: a file system may be mounted by one machine only. */
export function lunOf(clients: readonly string[], name: string): number {
  return Math.max(0, clients.indexOf(name));
}
