import { Topology, serversOf } from '../../lab/topology.ts';
import type { Edition } from '../../lab/plan.ts';
import type { Settings } from '../../lab/stack.ts';
import { hasSerialLine, serialPort } from '../parts/heartbeat-media.ts';
import type { Replicated } from '../parts/read-back.ts';

/** Topology of the current edition: the one all stacks share. */
const current = Topology.parse({
  domain: 'lab.example',
  networks: [{ name: 'cluster', purpose: 'heartbeat, replication and NFS', cidr: '192.168.33.0/24' }],
  nodes: [
    node('sv01', 'client', '192.168.33.11/24', 'eth1'),
    node('sv02', 'client', '192.168.33.12/24', 'eth1'),
    node('nfs01', 'server', '192.168.33.21/24', 'eth1'),
    node('nfs02', 'server', '192.168.33.22/24', 'eth1'),
  ],
  serviceAddresses: [{ address: '192.168.33.20/24', network: 'cluster' }],
});

/**
 * The article's machines. They have one card each, eth0; a topology leaves eth0 to the provider, so that card is eth1
 * here, and only here: the period edition's files name eth0 as the article does.
 */
const period = Topology.parse({
  domain: 'example.com',
  networks: [{ name: 'lan', purpose: 'everything: heartbeat, replication and NFS', cidr: '192.168.0.0/24' }],
  nodes: [
    node('client', 'client', '192.168.0.100/24', 'eth1', 'lan'),
    node('server1', 'server', '192.168.0.172/24', 'eth1', 'lan'),
    node('server2', 'server', '192.168.0.173/24', 'eth1', 'lan'),
  ],
  serviceAddresses: [{ address: '192.168.0.174/24', network: 'lan' }],
});

function node(
  name: string,
  role: 'client' | 'server',
  address: string,
  nic: string,
  network = 'cluster',
): Topology['nodes'][number] {
  return { name, role, memoryMib: 512, cpus: 1, nics: [{ name: nic, network, address }] };
}

/** With heartbeat.media=eth+serial a null-modem cable joins the servers: the second serial ports, the first is the console. */
export function topology(edition: Edition, settings?: Settings): Topology {
  const machines = edition === 'period' ? period : current;
  if (settings === undefined || !hasSerialLine(settings)) return machines;
  const [one = '', other = ''] = serversOf(machines).map((server) => server.name);
  return { ...machines, serialLines: [{ between: [one, other] }] };
}

/** Names and paths of the current edition that its plan and its runtime share. */
export const layout = {
  resource: 'r0',
  device: '/dev/drbd0',
  minor: 0,
  dataImage: '/var/lib/lab/drbd-r0.img',
  metaImage: '/var/lib/lab/drbd-meta.img',
  /** Device-mapper device over the data image, beneath DRBD. */
  dataDisk: 'lab-data',
  drbdPort: 7788,
  mountPoint: '/data',
  exported: '/data/export',
  /** Where the clients mount the export. */
  clientMountPoint: '/data',
  /** Folder of the writers, below the export. */
  recordsFolder: 'lab',
  service: '192.168.33.20',
  nic: 'eth1',
  serialPort,
  /** Of the serial line: heartbeat's own default. */
  baud: 19_200,
  preferred: 'nfs01',
  haLog: '/var/log/ha-log',
  kernelLog: '/var/log/kern.log',
} as const;

/** Folder of the writers as the clients see it. */
export const recordsDirectory = `${layout.clientMountPoint}/${layout.recordsFolder}`;

/** A path below the clients' mount -> the same file in the server's file system. */
export function onServer(clientPath: string): string {
  return `${layout.exported}${clientPath.slice(layout.clientMountPoint.length)}`;
}

/** Media over which heartbeat speaks, and what `cl_status hblinkstatus` calls them. */
export function links(settings: Settings): readonly string[] {
  return hasSerialLine(settings) ? [layout.nic, layout.serialPort] : [layout.nic];
}

export const replicated: Replicated = { ...layout, copyMount: '-t ext4', onServer };
