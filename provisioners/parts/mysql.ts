import type { PlanStep } from '../../lab/plan.ts';
import { file, packages, run, wait } from './steps.ts';

export interface MysqlOptions {
  /** As the option file spells it: READ-COMMITTED ... */
  isolation: string;
  bindAddress: string;
}

/** An option file of MariaDB 10.11, read after those of the package. Small: a machine of a lab has little memory. */
export function mysqlConf({ isolation, bindAddress }: MysqlOptions): string {
  return [
    '[mysqld]',
    `transaction-isolation = ${isolation}`,
    `bind-address = ${bindAddress}`,
    'innodb_buffer_pool_size = 16M',
    '',
  ].join('\n');
}

/** A server that is no part of the cluster: started at boot, on every node. */
export function mysqlSteps(nodes: readonly string[], options: MysqlOptions): PlanStep[] {
  return [
    packages(nodes, ['mariadb-server']),
    file(nodes, '/etc/mysql/mariadb.conf.d/90-lab.cnf', mysqlConf(options), {
      why: 'SET GLOBAL is forgotten when the server stops; a line of an option file is not.',
    }),
    run(
      nodes,
      'Start it, now and at every boot',
      ['systemctl enable --no-reload mariadb.service', 'systemctl restart mariadb.service'],
      { timeoutMs: 300_000 },
    ),
    wait(
      nodes,
      'MySQL to answer with that level',
      `found=$(${mysqlQuery}); echo "$found"; echo "$found" | grep -q '^${options.isolation}\t'`,
    ),
  ];
}

/** Asks the running server, as root over its socket, for isolation level and bind address, then for sockets that listen. */
export const mysqlQuery =
  "mysql -N -B -e 'select @@global.tx_isolation, @@global.bind_address'; ss -H -l -t -n 'sport = :3306'";

export interface MysqlState {
  isolation: string;
  bindAddress: string;
  /** Addresses on which its port listens, without the port. */
  listens: readonly string[];
}

/** @returns undefined when the server did not answer */
export function parseMysql(text: string): MysqlState | undefined {
  const [, isolation, bindAddress] = /^([A-Z-]+)\t(\S+)$/m.exec(text) ?? [];
  if (isolation === undefined || bindAddress === undefined) return undefined;
  const listens = [...text.matchAll(/^LISTEN +\d+ +\d+ +(\S+):3306 /gm)].map((found) => found[1] ?? '');
  return { isolation, bindAddress, listens };
}

/** What is wrong with it; empty when it answers with that level and is reached over loopback only. */
export function mysqlFaults(
  state: MysqlState | undefined,
  { isolation, bindAddress }: MysqlOptions,
): string[] {
  if (state === undefined) return ['no answer'];
  return [
    ...(state.isolation === isolation ? [] : [`isolation level ${state.isolation}`]),
    ...(state.bindAddress === bindAddress ? [] : [`bound to ${state.bindAddress}`]),
    ...(state.listens.length > 0 && state.listens.every((address) => address === bindAddress)
      ? []
      : [`listens on ${state.listens.length === 0 ? 'nothing' : state.listens.join(', ')}`]),
  ];
}
