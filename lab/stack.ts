import type { z } from 'zod';
import type { Anatomy } from './anatomy.ts';
import type { Edition, Erratum, Plan, SettingValue } from './plan.ts';
import type { Platform } from './platform.ts';
import type { Timing } from './prediction.ts';
import type { ProbeData } from './probe.ts';
import type { Capability, Lab } from './provider.ts';
import type { Advice, FinalState, Window } from './record.ts';
import type { TimelineEvent } from './timeline.ts';
import type { Topology } from './topology.ts';

export type Settings = Readonly<Record<string, SettingValue>>;

/** A setting as people see it. */
export interface Setting {
  name: string;
  description: string;
  unit?: string;
  /** Default of each edition; the article's value where it gives one. */
  defaults: Readonly<Record<Edition, SettingValue>>;
  /** Accepts the text of `--set` or a YAML value. */
  schema: z.ZodType<SettingValue>;
}

/** A log or event stream of a node that becomes events while a scenario runs. */
export interface Monitor {
  node: string;
  /** Runs until its input closes; prints lines as things happen. */
  command: string;
  /**
   * What a line means. `guestMs` is the node's wall clock, milliseconds since the epoch, where the line carries one;
   * without it the time of arrival at the host counts.
   */
  parse(line: string): MonitorEvent | undefined;
}

export type MonitorEvent = Omit<TimelineEvent, 'atMs' | 'uncertaintyMs' | 'node'> & { guestMs?: number };

/** What ends a phase of a takeover: the first event that matches, after the end of the phase before it. */
export interface PhaseMarker {
  name: string;
  /** @param client the one whose stall is cut */
  matches(event: TimelineEvent, client?: string): boolean;
  governedBy?: string;
  /** How it could be shortened, as far as the documentation of what governs it says so. */
  shorten?: Advice[];
}

export type Workload = NfsAppend | HttpPut | BlockAppend;

/** Appends one record per operation to a file of the client's own in `directory`, an existing folder as the clients see it. */
export interface NfsAppend {
  kind: 'nfs-append';
  directory: string;
  intervalMs: number;
}

/**
 * Puts one record per operation into a file of the client's own below `directory`, a path of a web server that takes PUT with
 * Content-Range.
 */
export interface HttpPut {
  kind: 'http-put';
  /** Its addresses; the clients take turns in choosing one. */
  addresses: readonly string[];
  port: number;
  directory: string;
  intervalMs: number;
  /** An operation that is not answered by then has failed. */
  timeoutMs: number;
  /** Every so many operations the record is read at once, as a visitor would; 0 is never. */
  readEvery: number;
}

/**
 * Writes one record per operation into the next sector of a file of the client's own in `directory`, past the client's cache
 * (O_DIRECT and O_DSYNC): a file system on a disk of the client's, wherever that disk really is.
 */
export interface BlockAppend {
  kind: 'block-append';
  directory: string;
  intervalMs: number;
}

/** Bounds of waiting, never a pass mark. */
export interface Patience {
  takeoverMs: number;
  redundancyMs: number;
  failbackMs: number;
}

export interface Service {
  address: string;
  /** Addresses that move together with the first one, where there are more. */
  furtherAddresses?: readonly string[];
  network: string;
  tcpPort: number;
  path: string;
}

export type Budget = Window['budget'];
export type Health = FinalState['health'];

export interface Takeover {
  cause: 'node-lost' | 'planned';
  /** The node that gives the service up, and the one that takes it. */
  from: string;
  to: string;
  /** True on software emulation: every script takes several times longer. */
  emulated: boolean;
}

/** One of the documented systems: what it consists of, how it is set up, and how its state is read. */
export interface Stack {
  readonly name: string;
  readonly title: string;
  readonly article: { title: string; author: string; date: string; language: string };
  readonly editions: readonly Edition[];
  readonly settings: readonly Setting[];
  /** Rules between settings; each message names the rule. */
  validate(settings: Settings): string[];
  /** What a provider has to be able to do for these settings, each with the setting that asks for it; absent where nothing is. */
  needs?(settings: Settings): readonly { capability: Capability; setting: string }[];
  /** Settings may add cables to it; nodes, their roles and addresses are the same with any, and without. */
  topology(edition: Edition, settings?: Settings): Topology;
  platform(edition: Edition): Platform;
  /** Pure. `secrets` are fresh for each lab; a plan that is only printed gets placeholders. */
  plan(edition: Edition, settings: Settings, secrets: Secrets): Plan;
  readonly errata: readonly Erratum[];
  readonly secretNames: readonly string[];
  /** What faults and operators take hold of; undefined for an edition whose machines nobody has run. */
  anatomy(edition: Edition, settings: Settings): Anatomy | undefined;
  /** Where clients reach it. */
  service(edition: Edition): Service;
  /** The node that should hold the service when all are well. */
  preferredActive(edition: Edition): string;
  /** Every condition of a healthy lab, with what was found. `thorough` adds those that write. */
  health(lab: Lab, settings: Settings, options: { thorough: boolean; signal?: AbortSignal }): Promise<Health>;
  /** The nodes that hold the service now: none, one, or - in a split brain - several. */
  active(lab: Lab): Promise<string[]>;
  /** Both replicas connected and up to date; what was found. `stuck`: nothing but an operator will change that. */
  redundant(lab: Lab): Promise<{ ok: boolean; found: string; stuck?: boolean }>;
  monitors(lab: Lab, settings: Settings): Monitor[];
  /** What the clients do while a scenario runs; the engine has a probe for each kind. */
  workload(settings: Settings): Workload;
  /** How long the cluster takes a silent server for a living one: heartbeat's deadtime, Corosync's token timeout. */
  detectionMs(settings: Settings): number;
  /** Time between two signs of life of a server, at most: heartbeat's keepalive, the retransmission of Corosync's token. */
  heartbeatIntervalMs(settings: Settings): number;
  /** True when the service returns to its preferred node by itself once that is well again. */
  failsBack(settings: Settings): boolean;
  /**
   * Boundaries of a takeover in the order in which they happen. The last phase, `reconnect` or `resume`, ends with the first
   * acknowledgement.
   */
  phases(takeover: Takeover, settings: Settings): PhaseMarker[];
  budget(takeover: Takeover, settings: Settings): Budget;
  /** What the settings alone say about how long a takeover takes: floor and expectation are predicted from it. */
  timing(takeover: Takeover, settings: Settings): Timing;
  /** How long to wait for the clients after a takeover, for a node to be redundant again, and so on: never a pass mark. */
  patience(settings: Settings): Patience;
  /** Reads acknowledged records back: by the other clients, then on each replica; compares the replicas. */
  readBack(
    lab: Lab,
    probes: readonly ProbeData[],
    settings: Settings,
    signal: AbortSignal,
  ): Promise<ReadBackResult>;
  /** Shell command that prints `name version` lines of what matters. */
  readonly versionsCommand: string;
  /** Files of the nodes worth keeping with a record. */
  readonly logFiles: readonly string[];
}

export type Secrets = Readonly<Record<string, string>>;

export interface ReadBackResult {
  /** Text of the records file as each reader saw it. */
  texts: {
    client: string;
    reader: string;
    text: string;
    /** A replica that the replication itself does not call up to date. Absent: false. */
    cutOff?: boolean;
  }[];
  replicas: FinalState['replicas'];
}
