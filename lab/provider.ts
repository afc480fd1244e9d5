import type { Fabric } from './fabric.ts';
import type { Machine } from './machine.ts';
import type { LabNetwork } from './network.ts';
import type { Platform } from './platform.ts';
import type { Progress } from './progress.ts';
import type { Topology } from './topology.ts';

/**
 * What a provider can do. A scenario names what it needs; a missing one makes it `unknown` before anything boots.
 * `network-rules`: silent drop, loss, delay and rate per direction; `fabric`: frames seen and captured outside the guests;
 * `fence`: a server has the host power another one off and on.
 */
export const capabilities = [
  'power',
  'pause',
  'link',
  'snapshot',
  'network-rules',
  'fabric',
  'fence',
] as const;
export type Capability = (typeof capabilities)[number];

export type ProviderName = 'qemu' | 'virtualbox' | 'libvirt';

export interface LabRequest {
  /** Name of the lab; its state lives in `.lab/<name>/`. */
  name: string;
  topology: Topology;
  platform: Platform;
}

export interface Provider {
  readonly name: ProviderName;
  readonly capabilities: ReadonlySet<Capability>;
  /** True when an `up` that failed leaves what it made, and the next one goes on from there. */
  readonly resumesUp: boolean;
  /**
   * Brings every node of the topology up, bare: its own name, addresses and keys, reachable, nothing provisioned.
   * Idempotent: a lab that is up is attached.
   */
  up(request: LabRequest, progress: Progress, signal: AbortSignal): Promise<Lab>;
  /** Connects to a lab that runs already; undefined when it does not run. */
  attach(request: LabRequest, signal: AbortSignal): Promise<Lab | undefined>;
  /** Brings a lab back from a snapshot without booting; undefined when there is none of this name. */
  restore(
    request: LabRequest,
    snapshot: string,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<Lab | undefined>;
  /** Ends every process of the lab. Keeps snapshots unless `purge`. Idempotent. */
  destroy(name: string, options: { purge: boolean }): Promise<void>;
}

/** How a person's own SSH client gets onto a node. */
export interface ShellAccess {
  host: string;
  port: number;
  user: string;
  /** OpenSSH private key. */
  privateKey: string;
  /** The node's only acceptable host key, as in a .pub file. */
  hostKey: string;
}

/** A lab that is up, attached to this process. */
export interface Lab {
  readonly name: string;
  readonly provider: ProviderName;
  readonly accelerator: string;
  readonly topology: Topology;
  readonly platform: Platform;
  /** @throws UsageError naming the nearest nodes when there is no such node. */
  machine(node: string): Machine;
  readonly machines: readonly Machine[];
  readonly network: LabNetwork;
  /** The same, where it is a fabric of ours. */
  readonly fabric: Fabric | undefined;
  /** Cuts or gives power at once; `on` returns when the machine runs, not when its system has booted. */
  power(node: string, state: 'on' | 'off'): Promise<void>;
  powerState(node: string): Promise<'running' | 'paused' | 'off'>;
  pause(node: string): Promise<void>;
  resume(node: string): Promise<void>;
  /** Pulls or plugs the cable of a NIC: the guest loses or gets carrier. */
  link(node: string, nic: string, state: 'up' | 'down'): Promise<void>;
  /** Keeps memory and disks of all nodes of one instant under this name, replacing an older one. The lab runs on. */
  snapshot(name: string, progress: Progress, signal: AbortSignal): Promise<void>;
  /** Waits until the node answers again after a boot and its clock is set. */
  reachable(node: string, timeoutMs: number, signal?: AbortSignal): Promise<void>;
  /** For an interactive shell; absent where the provider offers none. */
  shellAccess?(node: string): Promise<ShellAccess>;
  /** The last lines of the serial console, of what came after its first `fromByte` bytes. */
  console(node: string, lines: number, fromByte?: number): Promise<string>;
  /** Bytes that the serial console has written so far. */
  consoleBytes(node: string): Promise<number>;
  /** Versions and figures of what runs the machines, for the record: `qemu: 7.2.22`. */
  readonly hostFacts: Readonly<Record<string, string>>;
  /** The processes of this host that are the lab; absent where nobody can tell. */
  hostProcesses?(): Promise<readonly number[]>;
  /** Rejects (never resolves) when a machine or the fabric dies that should live. */
  readonly broken: Promise<never>;
  /** Closes connections of this process; the lab goes on. */
  close(): void;
}
