/** What faults and operators take hold of in a cluster: names and commands, as data of its stack. */
export interface Anatomy {
  networks: {
    /** Networks of the topology by what runs over them; one may do everything. */
    service: string;
    replication: string;
    heartbeat: readonly string[];
    /** The servers hear each other over a serial line, too, which no cut of a network touches. */
    serialLine?: boolean;
  };
  /** Service whose orderly stop takes a server out of the cluster. */
  clusterService: string;
  /** Has that service run on a node that has dropped out of the cluster; does nothing where it runs. */
  revive: (node: string) => Order;
  /** Processes whose death is worth a run. */
  daemons: readonly Daemon[];
  /** A lost server is switched off and on before its resources are taken. */
  fences: boolean;
  /** How long a server that boots without its peer waits for it before it serves alone, by the settings of the cluster. */
  bootAlone: {
    waitMs: number;
    /** Which settings make it wait. */
    from: string;
  };
  replication: {
    /** TCP port at either end. */
    tcpPort: number;
    /** Prints the state of the replica, of a server's own and of what it knows of the other. */
    stateCommand: string;
    /** How long it waits for a silent peer before it goes on alone. */
    silenceMs: number;
    /** Device-mapper device beneath the replica of each server, one linear target. */
    backingDisk: string;
    /** Where the active server mounts it. */
    mountPoint: string;
    /** After an I/O error made a server drop its disk: takes it back. */
    reattach: (node: string) => Order;
    /** The documented way out of a split brain: what the victim alone has is thrown away. */
    discard: (victim: string, survivor: string) => Order[];
  };
  moves: {
    /** The node that holds the service gives it away. */
    standby: (from: string) => Order;
    /** The node that lacks the service asks for it. */
    takeover: (to: string, from: string) => Order;
    /** Takes back what such an order leaves in force; absent where it leaves nothing. */
    forget?: (node: string) => Order;
  };
  /** What an operator of a client types after its boot, until it has the service again; absent where nothing is needed. */
  clientReturns?: (client: string) => Order;
}

export interface Daemon {
  /** Name of its processes, as `pgrep -x` matches it: at most 15 characters. */
  process: string;
  /** The service that brings it back. */
  service: string;
  /** Its unit knows that it died, and a restart would take other units along: it is only started. */
  startsAlone?: true;
}

/** What an operator types on a node. */
export interface Order {
  node: string;
  /** In words, as "nfs01 goes standby". */
  title: string;
  command: string;
  timeoutMs?: number;
}
