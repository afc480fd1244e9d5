export interface CorosyncOptions {
  clusterName: string;
  tokenMs: number;
  nodes: readonly { id: number; name: string; address: string }[];
  logFile: string;
  /** Facility of syslog(3), as local0. */
  facility: string;
}

/** corosync.conf(5) of Corosync 3, every key and brace on a line of its own: its parser knows no other form. */
export function corosyncConf(options: CorosyncOptions): string {
  return [
    'totem {',
    '    version: 2',
    `    cluster_name: ${options.clusterName}`,
    '    crypto_cipher: none',
    '    crypto_hash: none',
    `    token: ${String(options.tokenMs)}`,
    '    transport: udpu',
    '    interface {',
    '        linknumber: 0',
    '        mcastport: 5405',
    '    }',
    '}',
    '',
    'logging {',
    '    timestamp: on',
    '    debug: off',
    '    to_stderr: no',
    '    to_syslog: yes',
    `    syslog_facility: ${options.facility}`,
    '    to_logfile: yes',
    `    logfile: ${options.logFile}`,
    '}',
    '',
    'nodelist {',
    ...options.nodes.flatMap(({ id, name, address }) => [
      '    node {',
      `        ring0_addr: ${address}`,
      `        name: ${name}`,
      `        nodeid: ${String(id)}`,
      '    }',
    ]),
    '}',
    '',
    'quorum {',
    '    provider: corosync_votequorum',
    '    two_node: 1',
    '}',
    '',
  ].join('\n');
}

/**
 * Time after which a node that has not heard the token sends it again, where none is set: token / (4 + 0.2), with
 * token_retransmits_before_loss_const at its default of 4 (corosync.conf(5); exec/totemconfig.c).
 */
export function tokenRetransmitMs(tokenMs: number): number {
  return Math.floor(tokenMs / 4.2);
}

/** Consensus time where none is set: 1.2 times the token (corosync.conf(5)). */
export function consensusMs(tokenMs: number): number {
  return Math.round(1.2 * tokenMs);
}
