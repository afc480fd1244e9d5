import { Topology } from '../../lab/topology.ts';
import type { Nic } from '../../lab/topology.ts';
import type { Edition } from '../../lab/plan.ts';
import type { Guest } from '../parts/vm-guest.ts';
import type { WebService } from '../parts/web-clients.ts';

/** Topology of the current edition: the four nodes that all stacks share, and the article's cable between the servers. */
const current = Topology.parse({
  domain: 'lab.example',
  networks: [
    { name: 'cluster', purpose: 'the clients of the virtual machine', cidr: '192.168.33.0/24' },
    {
      name: 'crossover',
      purpose: 'a cable between the servers: heartbeat and replication',
      cidr: '192.168.1.0/24',
    },
  ],
  nodes: [
    node('sv01', 'client', [nic('eth1', 'cluster', '192.168.33.11/24')]),
    node('sv02', 'client', [nic('eth1', 'cluster', '192.168.33.12/24')]),
    node('nfs01', 'server', [
      nic('eth1', 'cluster', '192.168.33.21/24'),
      nic('eth2', 'crossover', '192.168.1.11/24'),
    ]),
    node('nfs02', 'server', [
      nic('eth1', 'cluster', '192.168.33.22/24'),
      nic('eth2', 'crossover', '192.168.1.12/24'),
    ]),
  ],
  serviceAddresses: [{ address: '192.168.33.20/24', network: 'cluster' }],
});

/**
 * The article's machines; it names no client and no virtual machine, for whose address .20 stands. Their cards are eth0 and eth1; a topology
 * leaves eth0 to the provider, so they are eth1 and eth2 here, and only here: the period edition's files name them as the
 * article does. The second disk is its /dev/sdb, of no size that it tells.
 */
const period = Topology.parse({
  domain: 'example.org',
  networks: [
    { name: 'lan', purpose: 'the office, behind a DSL router', cidr: '192.168.0.0/24' },
    { name: 'crossover', purpose: 'a cable between the servers', cidr: '192.168.1.0/24' },
  ],
  nodes: [
    {
      ...node('hauptserver', 'server', [
        nic('eth1', 'lan', '192.168.0.11/24'),
        nic('eth2', 'crossover', '192.168.1.11/24'),
      ]),
      disks: [{ name: 'data', sizeMib: 20_480 }],
    },
    {
      ...node('ausfallserver', 'server', [
        nic('eth1', 'lan', '192.168.0.12/24'),
        nic('eth2', 'crossover', '192.168.1.12/24'),
      ]),
      disks: [{ name: 'data', sizeMib: 20_480 }],
    },
  ],
  serviceAddresses: [{ address: '192.168.0.20/24', network: 'lan' }],
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
  resource: 'r0',
  device: '/dev/drbd0',
  minor: 0,
  drbdPort: 7789,
  dataImage: '/var/lib/lab/drbd-r0.img',
  /** Device-mapper device over the data image, beneath DRBD. */
  dataDisk: 'lab-data',
  mountPoint: '/data',
  /** Address of the virtual machine, which is that of the service. */
  service: '192.168.33.20',
  port: 80,
  nic: 'eth1',
  crossoverNic: 'eth2',
  /** Interface of the node that leads to the virtual machine. */
  tap: 'vm0',
  vm: 'vm1',
  /** Where the plan keeps what the virtual machine's disk is made of. */
  guestFiles: '/usr/local/lib/vm',
  preferred: 'nfs01',
  haLog: '/var/log/ha.log',
  kernelLog: '/var/log/kern.log',
} as const;

export const guest: Guest = {
  image: `${layout.mountPoint}/VMs/${layout.vm}.img`,
  sizeMib: 24,
  address: `${layout.service}/24`,
  port: layout.port,
  uploads: '/records',
};

export const web: WebService = {
  addresses: [layout.service],
  port: layout.port,
  uploads: guest.uploads,
};
