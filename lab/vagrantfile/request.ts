import type { Box } from '../box.ts';
import type { Platform } from '../platform.ts';
import type { Topology } from '../topology.ts';

export type VagrantProvider = 'virtualbox' | 'libvirt';

/** What a Vagrantfile is made from. Every string may hold anything: it is written so that it stays a string. */
export interface VagrantfileRequest {
  /** Name of the lab; begins the names of its machines and networks. */
  lab: string;
  topology: Topology;
  platform: Platform;
  provider: VagrantProvider;
  box: Box;
  options?: VagrantfileOptions;
}

export interface VagrantfileOptions {
  /**
   * Folder of a folder for each node, in which the hypervisor writes what the node's first serial port says: `console.log`.
   * Relative to the Vagrantfile, or absolute. The folders have to exist. Absent: no console is kept.
   */
  consoleDirectory?: string;
  /** How long a machine may take until it answers. Emulated ones take minutes. */
  bootTimeoutSeconds?: number;
  /** What runs the guests' instructions under libvirt; absent: decided where the file is used. */
  accelerator?: 'kvm' | 'tcg';
  /** False: the guests of libvirt reach the host and nothing beyond it. VirtualBox' NAT cannot be closed. Default true. */
  internet?: boolean;
  /** Address range of the management network of labs without a way out. */
  managementCidr?: string;
  /** What is run on the nodes once all of them are up, in this order. Absent or empty: nothing. */
  provision?: readonly ProvisionPhase[];
}

/** A part of the provisioning in which no node needs what another one does in the same part. */
export interface ProvisionPhase {
  /** Name of its provisioners, as `vagrant provision --provision-with` takes it; each phase has its own. */
  name: string;
  /** By node, in the order in which they are run. */
  scripts: ReadonlyMap<string, ProvisionScript>;
}

/** A script, or the name of a file that holds it, relative to the Vagrantfile. */
export type ProvisionScript = { text: string } | { path: string };
