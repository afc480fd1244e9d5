import type { Node } from '../../topology.ts';

/** A machine as a hypervisor's own tools name it. */
export interface MachineId {
  node: Node;
  /** What the hypervisor's command line takes: a libvirt domain name, a VirtualBox UUID. */
  id: string;
}

/** What a hypervisor's own tool does to machines that Vagrant made. Every call is bounded; errors are RigError or HostError. */
export interface Hypervisor {
  readonly name: 'virtualbox' | 'libvirt';
  /** `unknown to it` is a machine deleted behind Vagrant's back. */
  state(id: string): Promise<'running' | 'paused' | 'off' | 'saved' | 'missing'>;
  /** Cuts the power. Safe on a machine that is off. */
  powerOff(id: string): Promise<void>;
  /** Returns when the machine runs, not when its system has booted. */
  powerOn(id: string): Promise<void>;
  pause(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  /**
   * Pulls or plugs the cable of a NIC: eth1 is the node's second NIC, after the provider's own. Stays so over a power cycle
   * of the machine.
   */
  link(machine: MachineId, nic: string, state: 'up' | 'down'): Promise<void>;
  linkState(machine: MachineId, nic: string): Promise<'up' | 'down'>;
  /** Keeps memory and disks of all machines at one instant: all stop, all are kept, all go on. Replaces an older one of this name. */
  takeSnapshot(machines: readonly MachineId[], name: string): Promise<void>;
  /** True when every machine has a snapshot of this name. */
  hasSnapshot(machines: readonly MachineId[], name: string): Promise<boolean>;
  /** Brings all machines back to the snapshot, whatever state they are in, and lets all of them go at one instant. */
  restoreSnapshot(machines: readonly MachineId[], name: string): Promise<void>;
  /** Versions for the record, as `libvirt: 9.0.0`. */
  facts(): Promise<Readonly<Record<string, string>>>;
  /** `kvm`, `tcg`, `virtualbox`: what runs the guests' instructions; records of different kinds are never compared. */
  accelerator(id: string): Promise<string>;
}
