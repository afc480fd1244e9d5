import type { Edition } from '../../lab/plan.ts';
import { Topology } from '../../lab/topology.ts';
import type { Replicated } from '../parts/read-back.ts';

/** The article's machines; both editions have them. The article's own NIC is enp0s8, and only its files name it so. */
const machines = Topology.parse({
  domain: 'lab.example',
  networks: [{ name: 'cluster', purpose: 'Corosync, replication and NFS', cidr: '192.168.33.0/24' }],
  nodes: [
    node('sv01', 'client', '192.168.33.11/24'),
    node('sv02', 'client', '192.168.33.12/24'),
    node('nfs01', 'server', '192.168.33.21/24'),
    node('nfs02', 'server', '192.168.33.22/24'),
  ],
  serviceAddresses: [{ address: '192.168.33.20/24', network: 'cluster' }],
});

function node(name: string, role: 'client' | 'server', address: string): Topology['nodes'][number] {
  return {
    name,
    role,
    memoryMib: 512,
    cpus: 1,
    nics: [{ name: 'eth1', network: 'cluster', address }],
  };
}

export function topology(_edition: Edition): Topology {
  return machines;
}

/** Names and paths; where no comment says otherwise, the article's own. */
export const layout = {
  resource: 'nfs',
  device: '/dev/drbd0',
  minor: 0,
  port: 7791,
  dataImage: '/var/opt/drbddisk',
  loop: '/dev/loop0',
  /** Device-mapper device over the loop device, beneath DRBD; only the current edition has it. */
  dataDisk: 'lab-data',
  mountPoint: '/drbd/nfs',
  exported: '/drbd/nfs/nfsroot',
  infoDirectory: '/drbd/nfs/var-lib-nfs',
  /** Where the clients mount the export. */
  clientMountPoint: '/mnt',
  /** Folder of the writers, below the export; not the article's. */
  recordsFolder: 'lab',
  service: '192.168.33.20',
  serviceName: 'nfsvip',
  network: '192.168.33.0/24',
  /** The article's is enp0s8. */
  nic: 'eth1',
  preferred: 'nfs01',
  corosyncLog: '/var/log/cluster/corosync.log',
  pacemakerLog: '/var/log/pacemaker/pacemaker.log',
  /** What Corosync, Pacemaker and its agents tell syslog, with microseconds; not the article's. */
  clusterLog: '/var/log/ha-log',
  kernelLog: '/var/log/kern.log',
  nfsserverAgent: '/usr/lib/ocf/resource.d/heartbeat/nfsserver',
  /** Where the plan leaves the configuration that it pushed; not the article's. */
  cib: '/root/lab-cib.xml',
} as const;

/** Folder of the writers as the clients see it. */
export const recordsDirectory = `${layout.clientMountPoint}/${layout.recordsFolder}`;

/** A path below the clients' mount -> the same file in the server's file system. */
export function onServer(clientPath: string): string {
  return `${layout.exported}${clientPath.slice(layout.clientMountPoint.length)}`;
}

export const replicated: Replicated = {
  ...layout,
  copyMount: '-t xfs -o nouuid',
  onServer,
};
