import type { Nic, Node } from '../topology.ts';
import type { VagrantfileRequest } from './request.ts';

/** How a Vagrantfile says things to one provider. All functions return lines of Ruby. */
export interface Dialect {
  /** Before the machines, inside `Vagrant.configure`: what all of them share. */
  shared(request: VagrantfileRequest): string[];
  /** A NIC of a node, inside its `define`. */
  nic(request: VagrantfileRequest, nic: Nic): string[];
  /** What one machine has of its own, inside its `define`, after its NICs. */
  machine(request: VagrantfileRequest, node: Node): string[];
}
