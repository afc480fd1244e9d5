import { createHash } from 'node:crypto';
import type { Node, Topology } from '../topology.ts';

/** What the hypervisor calls a node's machine: the name of a libvirt domain or of a VirtualBox machine. */
export function machineName(lab: string, node: string): string {
  return plain(`${lab}-${node}`);
}

/** What the hypervisor calls a network. Labs side by side have equal addresses and must not share a wire. */
export function networkName(lab: string, network: string): string {
  return plain(`${lab}-${network}`);
}

/**
 * A name that can stand in a path, and in libvirt's XML, into which vagrant-libvirt writes names as they are: it takes all other
 * characters out of domain names, too (0.11.2, action/set_name_of_domain.rb).
 */
export function plain(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/g, '');
}

/** The end of a null-modem cable at a node. */
export interface SerialEnd {
  peer: string;
  /** Names the cable; the same at both ends. */
  cable: string;
  /** The machine that is defined first, and so starts first. */
  first: boolean;
  /** Of the host's loopback interface, where the cable runs over one. */
  port: number;
}

/** The cable in a node's second serial port, if there is one. */
export function serialEnd(lab: string, topology: Topology, node: Node): SerialEnd | undefined {
  const line = topology.serialLines?.find(({ between }) => between.includes(node.name));
  if (line === undefined) return undefined;
  const order = topology.nodes.map((each) => each.name);
  const [one, other] = [...line.between].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  if (one === undefined || other === undefined) return undefined;
  const first = node.name === one;
  const cable = plain(`${one}-${other}`);
  return { peer: first ? other : one, cable, first, port: portOf(`${lab}/${cable}`) };
}

/** Below the ports that systems give out by themselves (Linux: from 32768), above the registered services one meets. */
function portOf(text: string): number {
  return 20_000 + (createHash('sha256').update(text).digest().readUInt16BE() % 10_000);
}
