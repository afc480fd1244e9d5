import { Topology } from '../../lab/topology.ts';
import type { Nic } from '../../lab/topology.ts';
import type { Edition } from '../../lab/plan.ts';
import { serialPort } from '../parts/heartbeat-media.ts';
import type { WebService } from '../parts/web-clients.ts';

/** Topology of the current edition: the four nodes that all stacks share, and the article's cable between the servers. */
const current = Topology.parse({
  domain: 'lab.example',
  networks: [
    { name: 'cluster', purpose: 'the clients of Apache, and mail', cidr: '192.168.33.0/24' },
    {
      name: 'crossover',
      purpose: 'a cable between the servers: heartbeat and replication',
      cidr: '10.0.0.0/30',
    },
  ],
  nodes: [
    node('sv01', 'client', [nic('eth1', 'cluster', '192.168.33.11/24')]),
    node('sv02', 'client', [nic('eth1', 'cluster', '192.168.33.12/24')]),
    node('nfs01', 'server', [
      nic('eth1', 'cluster', '192.168.33.21/24'),
      nic('eth2', 'crossover', '10.0.0.1/30'),
    ]),
    node('nfs02', 'server', [
      nic('eth1', 'cluster', '192.168.33.22/24'),
      nic('eth2', 'crossover', '10.0.0.2/30'),
    ]),
  ],
  serviceAddresses: [
    { address: '192.168.33.20/24', network: 'cluster' },
    { address: '192.168.33.100/24', network: 'cluster' },
  ],
  serialLines: [{ between: ['nfs01', 'nfs02'] }],
});

/**
 * The article's machines; it names no client. Their cards are eth0 and eth1; a topology leaves eth0 to the provider, so they
 * are eth1 and eth2 here, and only here: the period edition's files name them as the article does.
 */
const period = Topology.parse({
  domain: 'morot.local',
  networks: [
    { name: 'lan', purpose: 'the clients', cidr: '192.168.69.0/24' },
    { name: 'crossover', purpose: 'a crossed cable between the servers', cidr: '10.0.0.0/8' },
  ],
  nodes: [
    node('debian1', 'server', [
      nic('eth1', 'lan', '192.168.69.14/24'),
      nic('eth2', 'crossover', '10.0.0.1/8'),
    ]),
    node('debian2', 'server', [
      nic('eth1', 'lan', '192.168.69.15/24'),
      nic('eth2', 'crossover', '10.0.0.2/8'),
    ]),
  ],
  serviceAddresses: [
    { address: '192.168.69.16/24', network: 'lan' },
    { address: '192.168.69.100/24', network: 'lan' },
  ],
  serialLines: [{ between: ['debian1', 'debian2'] }],
});

function nic(name: string, network: string, address: string): Nic {
  return { name, network, address };
}

function node(name: string, role: 'client' | 'server', nics: Nic[]): Topology['nodes'][number] {
  return { name, role, memoryMib: 512, cpus: 1, nics };
}

export function topology(edition: Edition): Topology {
  return edition === 'period' ? period : current;
}

/** Names and paths of the current edition that its plan and its runtime share. */
export const layout = {
  resource: 'repl',
  device: '/dev/drbd0',
  minor: 0,
  drbdPort: 7788,
  dataImage: '/var/lib/lab/drbd-repl.img',
  /** Device-mapper device over the data image, beneath DRBD. */
  dataDisk: 'lab-data',
  mountPoint: '/mnt/repl',
  documentRoot: '/mnt/repl/www',
  /** Folder of the web server that takes uploads; its path for clients. */
  uploads: '/lab',
  service: '192.168.33.20',
  secondService: '192.168.33.100',
  port: 80,
  nic: 'eth1',
  crossoverNic: 'eth2',
  serialPort,
  /** Of the serial line; the article's. */
  baud: 9600,
  preferred: 'nfs01',
  haLog: '/var/log/ha.log',
  kernelLog: '/var/log/kern.log',
  mailLog: '/var/log/mail.log',
  /** Who gets heartbeat's alerts, and where that mail is kept. */
  mailHost: 'sv01',
  mailUser: 'admin',
  mailbox: '/var/mail/admin',
} as const;

export const serviceAddresses: readonly string[] = [layout.service, layout.secondService];

export const web: WebService = { addresses: serviceAddresses, port: layout.port, uploads: layout.uploads };

/** A path of the web server -> the same file in the active server's file system. */
export function onServer(urlPath: string): string {
  return `${layout.documentRoot}${urlPath}`;
}

/** Media over which heartbeat speaks, and what `cl_status hblinkstatus` calls them. */
export function links(media: string): readonly string[] {
  return media === 'eth' ? [layout.crossoverNic] : [layout.nic, layout.serialPort];
}
