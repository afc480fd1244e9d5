import { z } from 'zod';
import { UsageError } from './errors.ts';
import { didYouMean } from './nearest.ts';
import { complaints, oneOf, strictShape } from './shape.ts';

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'a host name of lower-case letters, digits and hyphens, a letter first');
const cidr = z.string().refine(isCidr, 'an IPv4 address with prefix length 1 to 32, as 192.168.33.21/24');

/** A network between nodes: one Ethernet segment. */
export const Network = strictShape({
  name,
  /** What runs over it, for people. */
  purpose: z.string(),
  cidr,
});
export type Network = z.infer<typeof Network>;

export const Nic = strictShape({
  /** Name inside the guest: eth1, eth2 ... (eth0 belongs to the provider). */
  name: z.string().regex(/^eth[1-9]$/, 'eth1 to eth9; eth0 belongs to the provider'),
  network: name,
  /** Absent for a NIC without an address of its own, such as a bond slave. */
  address: cidr.optional(),
  /** It also takes frames for other stations: of a bond, or of virtual machines behind a bridge. */
  promiscuous: z.boolean().optional(),
});
export type Nic = z.infer<typeof Nic>;

/**
 * Several NICs that the guest joins into one interface with one MAC address. The guest does that itself, by a step of its stack's
 * plan: to everybody outside there are NICs without an address, and their cables.
 */
export const Bond = strictShape({
  name: z.string().regex(/^bond[0-9]$/, 'bond0 to bond9'),
  /** NICs of the node, in the order in which they are joined; the first one gives the bond its MAC address. */
  slaves: z.array(z.string()).min(1),
  network: name,
  address: cidr,
});
export type Bond = z.infer<typeof Bond>;

/** A disk beside that of the system; empty. */
export const Disk = strictShape({ name, sizeMib: z.int().min(8).max(1_048_576) });
export type Disk = z.infer<typeof Disk>;

export const Node = strictShape({
  name,
  role: oneOf(['client', 'server']),
  memoryMib: z.int().min(256).max(65536),
  cpus: z.int().min(1).max(64),
  nics: z.array(Nic).min(1),
  bonds: z.array(Bond).optional(),
  disks: z.array(Disk).max(4).optional(),
});
export type Node = z.infer<typeof Node>;

/** The machines of a lab, their NICs and the networks between them. */
export const Topology = strictShape({
  domain: z.string().regex(/^[a-z0-9.-]+$/, 'a domain of lower-case letters, digits, dots and hyphens'),
  networks: z.array(Network).min(1),
  nodes: z.array(Node).min(1),
  /** Addresses that move between servers. */
  serviceAddresses: z.array(strictShape({ address: cidr, network: name })),
  /** Null-modem cables between the second serial ports of two nodes (ttyS1); the first one is the console. */
  serialLines: z.array(strictShape({ between: z.tuple([name, name]) })).optional(),
}).superRefine((topology, context) => {
  const complain = (path: PropertyKey[], message: string): void => {
    context.addIssue({ code: 'custom', path, message });
  };
  const networks = new Map(topology.networks.map((network) => [network.name, network.cidr]));
  const holders = new Map<string, string>();

  const unique = (kind: string, names: readonly string[], path: (i: number) => PropertyKey[]): void => {
    names.forEach((each, i) => {
      if (names.indexOf(each) < i) complain(path(i), `two ${kind} are called ${each}`);
    });
  };
  const place = (address: string | undefined, network: string, holder: string, path: PropertyKey[]): void => {
    const range = networks.get(network);
    if (range === undefined) {
      complain(
        [...path, 'network'],
        `no network is called ${network}; ${didYouMean(network, [...networks.keys()])}`,
      );
      return;
    }
    if (address === undefined) return;
    const at = [...path, 'address'];
    if (prefixOf(address) !== prefixOf(range) || !sameNetwork(address, range))
      complain(at, `${address} is not in ${network}, which is ${range}`);
    const taken = holders.get(addressOf(address));
    if (taken !== undefined) complain(at, `${addressOf(address)} is already the address of ${taken}`);
    holders.set(addressOf(address), holder);
  };

  unique(
    'networks',
    topology.networks.map((each) => each.name),
    (i) => ['networks', i, 'name'],
  );
  unique(
    'nodes',
    topology.nodes.map((each) => each.name),
    (i) => ['nodes', i, 'name'],
  );
  topology.nodes.forEach((node, n) => {
    unique(
      `NICs of ${node.name}`,
      node.nics.map((nic) => nic.name),
      (i) => ['nodes', n, 'nics', i, 'name'],
    );
    node.nics.forEach((nic, i) => {
      place(nic.address, nic.network, node.name, ['nodes', n, 'nics', i]);
    });
    const bonds = node.bonds ?? [];
    unique(
      `bonds of ${node.name}`,
      bonds.map((bond) => bond.name),
      (i) => ['nodes', n, 'bonds', i, 'name'],
    );
    bonds.forEach((bond, i) => {
      const at = ['nodes', n, 'bonds', i];
      place(bond.address, bond.network, node.name, at);
      for (const wrong of wrongSlaves(node, bond)) complain([...at, 'slaves'], wrong);
    });
  });
  topology.nodes.forEach((node, n) => {
    unique(
      `disks of ${node.name}`,
      (node.disks ?? []).map((disk) => disk.name),
      (i) => ['nodes', n, 'disks', i, 'name'],
    );
  });
  const plugged = new Set<string>();
  topology.serialLines?.forEach(({ between }, i) => {
    between.forEach((end, e) => {
      const at = ['serialLines', i, 'between', e];
      const names = topology.nodes.map((node) => node.name);
      if (!names.includes(end)) complain(at, `no node is called ${end}; ${didYouMean(end, names)}`);
      if (plugged.has(end)) complain(at, `the second serial port of ${end} is taken already`);
      plugged.add(end);
    });
  });
  topology.serviceAddresses.forEach(({ address, network }, i) => {
    place(address, network, 'the service', ['serviceAddresses', i]);
  });
});
export type Topology = z.infer<typeof Topology>;

/**
 * A topology from parsed JSON or YAML.
 * @param origin where it came from, as a file name; begins the message
 * @throws UsageError with one line for each fault: its path, what is wrong, the nearest allowed value
 */
export function parseTopology(json: unknown, origin: string): Topology {
  const parsed = Topology.safeParse(json);
  if (parsed.success) return parsed.data;
  const lines = complaints(parsed.error).map((complaint) => `\n  ${complaint}`);
  throw new UsageError(`${origin}: not a valid topology:${lines.join('')}`);
}

/** 192.168.33.21/24 -> 192.168.33.21 */
export function addressOf(value: string): string {
  return value.split('/')[0] ?? value;
}

/** 192.168.33.21/24 -> 24 */
export function prefixOf(value: string): number {
  return Number(value.split('/')[1] ?? 32);
}

export function serversOf(topology: Topology): Node[] {
  return topology.nodes.filter((node) => node.role === 'server');
}

export function clientsOf(topology: Topology): Node[] {
  return topology.nodes.filter((node) => node.role === 'client');
}

/** What a node has an address on: NICs and bonds. */
export function addressesOf({
  nics,
  bonds = [],
}: Node): { name: string; network: string; address: string }[] {
  return [...nics, ...bonds].flatMap(({ name, network, address }) =>
    address === undefined ? [] : [{ name, network, address }],
  );
}

/** The address of a node on a network, without prefix. */
export function addressOn(topology: Topology, nodeName: string, network: string): string {
  const node = topology.nodes.find(({ name }) => name === nodeName);
  const found = node === undefined ? undefined : addressesOf(node).find((each) => each.network === network);
  if (found === undefined) throw new TypeError(`${nodeName} has no address on ${network}`);
  return addressOf(found.address);
}

/** The NICs whose cables have to be out for a NIC's link to be lost: itself, or all of its bond. */
export function linkOf({ bonds = [] }: Node, nic: string): readonly string[] {
  return bonds.find(({ slaves }) => slaves.includes(nic))?.slaves ?? [nic];
}

function wrongSlaves({ nics, bonds = [] }: Node, { name, slaves, network }: Bond): string[] {
  return slaves.flatMap((slave, i) => {
    const nic = nics.find((each) => each.name === slave);
    if (nic === undefined)
      return [
        `no NIC is called ${slave}; ${didYouMean(
          slave,
          nics.map((each) => each.name),
        )}`,
      ];
    const owner = bonds.find((bond) => bond.slaves.includes(slave));
    return [
      ...(slaves.indexOf(slave) < i || owner?.name !== name ? [`${slave} is in a bond already`] : []),
      ...(nic.network === network ? [] : [`${slave} is on ${nic.network}, ${name} on ${network}`]),
      ...(nic.address === undefined ? [] : [`${slave} has an address of its own, ${nic.address}`]),
    ];
  });
}

function isCidr(value: string): boolean {
  if (!/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/.test(value)) return false;
  const prefix = prefixOf(value);
  return (
    prefix >= 1 &&
    prefix <= 32 &&
    addressOf(value)
      .split('.')
      .every((octet) => Number(octet) <= 255)
  );
}

function sameNetwork(a: string, b: string): boolean {
  const shift = 32 - prefixOf(b);
  return bitsOf(a) >>> shift === bitsOf(b) >>> shift;
}

function bitsOf(value: string): number {
  return addressOf(value)
    .split('.')
    .reduce((bits, octet) => ((bits << 8) | Number(octet)) >>> 0, 0);
}
