import type { Anatomy, Order } from './anatomy.ts';
import type { Check } from './check.ts';
import type { Fault } from './fault.ts';
import type { Capability } from './provider.ts';
import type { Edition } from './plan.ts';
import type { Patience, Settings, Stack } from './stack.ts';

/** Faults and waits in order, with probes running; judged at the end. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** The question it answers, in one line. */
  readonly question: string;
  readonly needs: readonly Capability[];
  /** Why it makes no sense on this cluster; undefined where it does. */
  unsuited?(cluster: { stack: Stack; edition: Edition; settings: Settings }): string | undefined;
  run(stage: Stage): Promise<void>;
  readonly checks: readonly Check[];
}

/** What a scenario can say. Every call becomes an event of the record. */
export interface Stage {
  readonly settings: Settings;
  readonly patience: Patience;
  /** What faults and operators take hold of. @throws UsageError where the stack has not said */
  readonly anatomy: () => Anatomy;
  /** Names of the NICs of a node on a network; of a bond, the first one stands for all of it. @throws UsageError when there is none */
  readonly nicsOf: (node: string, network: string) => string[];
  /** How long the cluster takes a silent server for a living one. */
  readonly detectionMs: number;
  /** True when the service returns to its preferred node by itself. */
  readonly failsBack: boolean;
  /** Watches the undisturbed cluster: the clients write, nothing is broken. */
  readonly baseline: (ms: number) => Promise<void>;
  /** The node that holds the service now. @throws RigError when none or several do */
  readonly active: () => Promise<string>;
  /** Names of the clients. */
  readonly clients: readonly string[];
  /** The other server. */
  readonly peerOf: (node: string) => string;
  /** Breaks something on a node and proves that it bit; `elapsedMs` is how long ago it had been broken then, at least. */
  readonly inject: (fault: Fault, node: string) => Promise<{ elapsedMs: number }>;
  /** Heals a fault that was injected, waits until it is gone. */
  readonly heal: (fault: Fault, node: string) => Promise<void>;
  /** Opens a window: the stalls of the clients until it ends are measured, cut into phases, and held against a budget. */
  readonly window: (window: WindowRequest, during: () => Promise<void>) => Promise<void>;
  /** Waits until every client has had 20 acknowledgements made after this call. */
  readonly clientsWrite: (options: { timeoutMs: number }) => Promise<void>;
  /** Waits until this node, and no other, holds the service; it is then also where the service should be at the end. */
  readonly serviceOn: (node: string, options: { timeoutMs: number }) => Promise<void>;
  /** Waits until the replicas are connected and up to date again. */
  readonly redundant: (options: { timeoutMs: number }) => Promise<void>;
  /**
   * Waits until every client has made up for what it could not write: the run does not end with operations untried. Where a write
   * takes a client about as long as its interval it never will; that is told, and the wait ends as soon as its pace says so.
   */
  readonly caughtUp: (options: { timeoutMs: number }) => Promise<void>;
  /**
   * Waits until one node, whichever, has held the service alone for a while (10 s, or forMs); it is then where the service
   * should be at the end.
   */
  readonly settled: (options: { timeoutMs: number; forMs?: number }) => Promise<string>;
  /** Waits until both servers hold the service: a split brain. */
  readonly bothActive: (options: { timeoutMs: number }) => Promise<void>;
  /** Does what an operator would, on a node. @throws CommandError */
  readonly order: (order: Order) => Promise<void>;
  /** Waits until a command on a node prints something that matches; what it printed is told in the record. */
  readonly see: (look: Look, options: { timeoutMs: number }) => Promise<string>;
  /** Starts the writer of a client again that has booted; it goes on with the next record of the same file. */
  readonly writerReturns: (client: string) => Promise<void>;
  /** Goes on with the writers for a while. */
  readonly observe: (ms: number) => Promise<void>;
}

export interface WindowRequest {
  name: string;
  title: string;
  /** The node that holds the service when the window opens. */
  from: string;
  /** Why the service moves: its node was lost, the cluster moves it on purpose, or it does not move at all. */
  cause: 'node-lost' | 'planned' | 'none';
  /** Of a service that does not move: how long the fault itself keeps the clients from it. */
  outageMs?: number;
  /** Of a fault that comes and goes during that time: how long it lasts each time. */
  eachOutageMs?: number;
  /** A client that is broken itself: how long it waits is not the cluster's doing. */
  without?: string;
  /**
   * What ends that, as the kind of an event; absent means the healing of the fault. `service-started`: servers had no power, and
   * the clients wait until one of them has booted, has waited for the other one, and has started the service.
   */
  outageEnds?: 'fault-lifted' | 'replication-lost' | 'service-started';
  /** Which settings make a server wait that has booted, for `service-started`. */
  waitsFor?: string;
}

/** A look at a node from inside. */
export interface Look {
  /** One node, or several of which any may say it. */
  node: string | readonly string[];
  /** What is awaited, in words. */
  what: string;
  command: string;
  prints: RegExp;
}
