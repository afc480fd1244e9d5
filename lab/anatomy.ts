/** What faults and operators take hold of in a cluster: names and commands, as data of its stack. */
export interface Anatomy {
  /** Networks of the topology by what runs over them; one may do everything. */
  networks: { service: string; replication: string; heartbeat: readonly string[] };
  /** Service whose orderly stop takes a server out of the cluster. */
  clusterService: string;
  /** Processes whose death is worth a run, the cluster manager's first. */
  daemons: readonly { process: string; service: string }[];
  replication: {
    /** TCP port at either end. */
    tcpPort: number;
    /** Prints the state of the replica, of a server's own and of what it knows of the other. */
    stateCommand: string;
    /** How long it waits for a silent peer before it goes on alone. */
    silenceMs: number;
    /** Device-mapper device beneath the replica of each server; absent where its lower device has none. */
    backingDisk?: string;
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
    takeover: (to: string) => Order;
  };
}

/** What an operator types on a node. */
export interface Order {
  node: string;
  /** In words, as "nfs01 goes standby". */
  title: string;
  command: string;
  timeoutMs?: number;
}
