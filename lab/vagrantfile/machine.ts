import { posix, win32 } from 'node:path';
import { UsageError } from '../errors.ts';
import type { Nic, Node, Topology } from '../topology.ts';
import { addressOf, prefixOf } from '../topology.ts';
import { plain } from './names.ts';
import type { VagrantfileRequest } from './request.ts';
import { rubyString } from './ruby.ts';

/**
 * A node's NICs in the order in which its machine gets them, eth1 first: a guest numbers them as it finds them.
 * @throws UsageError when a number is missing between them
 */
export function nicsInOrder(node: Node): Nic[] {
  const nics = [...node.nics].sort((a, b) => (a.name < b.name ? -1 : 1));
  nics.forEach((nic, i) => {
    const expected = `eth${String(i + 1)}`;
    if (nic.name !== expected)
      throw new UsageError(
        `${node.name} has a NIC ${nic.name}, but no ${expected}`,
        'a Vagrant machine numbers its NICs without a gap, eth1 first',
      );
  });
  return nics;
}

/** The keywords of a network that give a NIC its address; a NIC without one is left to the guest. */
export function addressing(nic: Nic): string {
  if (nic.address === undefined) return 'auto_config: false';
  return `ip: ${rubyString(addressOf(nic.address))}, netmask: ${rubyString(netmaskOf(prefixOf(nic.address)))}`;
}

/** 24 -> 255.255.255.0 */
function netmaskOf(prefix: number): string {
  const bits = prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0;
  return [24, 16, 8, 0].map((shift) => String((bits >>> shift) & 0xff)).join('.');
}

/** Memory and processors of all machines, where they have the same; else each machine says its own. */
export function sharedSize(topology: Topology, receiver: string): string[] {
  const [first] = topology.nodes;
  return first !== undefined && isUniform(topology) ? size(first, receiver) : [];
}

export function ownSize(topology: Topology, node: Node, receiver: string): string[] {
  return isUniform(topology) ? [] : size(node, receiver);
}

function size(node: Node, receiver: string): string[] {
  return [`${receiver}.memory = ${String(node.memoryMib)}`, `${receiver}.cpus = ${String(node.cpus)}`];
}

function isUniform(topology: Topology): boolean {
  const sizes = topology.nodes.map((node) => `${String(node.memoryMib)} ${String(node.cpus)}`);
  return new Set(sizes).size === 1;
}

/** A Ruby expression of the file in which a node's console is kept; undefined when none is. */
export function consoleFile(request: VagrantfileRequest, node: Node): string | undefined {
  const directory = request.options?.consoleDirectory;
  if (directory === undefined) return undefined;
  const path = `${directory}/${plain(node.name)}/console.log`;
  return isAbsolute(path) ? rubyString(path) : `File.join(__dir__, ${rubyString(path)})`;
}

/** On any host: the file may be made on another one than it is used on. */
function isAbsolute(path: string): boolean {
  return posix.isAbsolute(path) || win32.isAbsolute(path);
}
