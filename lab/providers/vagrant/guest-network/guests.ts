import type { Machine } from '../../../machine.ts';
import type { Nic, Node, Topology } from '../../../topology.ts';

/** The nodes as their network sees them. */
export interface Guests {
  topology: Topology;
  machine: (node: string) => Machine;
  /** The MAC address of a node's NIC, as `52:54:00:00:00:01`; empty where it is not known. */
  macOf: (node: string, nic: string) => string;
}

export function nicsOn(node: Node, network: string): Nic[] {
  return node.nics.filter((nic) => nic.network === network);
}

/** The addresses that frames of a node can come from on a network: those of all its NICs there, since a bond takes one of them. */
export function macsOn({ macOf }: Guests, node: Node, network: string): string[] {
  const macs = nicsOn(node, network).map((nic) => macOf(node.name, nic.name).toLowerCase());
  return [...new Set(macs.filter((mac) => /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac)))];
}
