/** The article's files, character by character where no setting changes them. */
export const periodFiles = {
  /** Lines to add to /etc/hosts. */
  hosts: ['192.168.1.11            hauptserver', '192.168.1.12            ausfallserver'],

  /** @param rate MiB/s; 0 writes no syncer section, as the article */
  drbdConf: (protocol: string, rate: number): string => `global {
  usage-count no;
}

common {
  protocol ${protocol};${rate === 0 ? '' : `\n  syncer {\n    rate ${String(rate)}M;\n  }`}
}

resource r0 {
  on hauptserver {
    device    /dev/drbd0;
    disk      /dev/sdb;
    address   192.168.1.11:7789;
    meta-disk internal;
  }
  on ausfallserver {
    device    /dev/drbd0;
    disk      /dev/sdb;
    address   192.168.1.12:7789;
    meta-disk internal;
  }
}
`,

  /**
   * @param peer address of the other server
   * @param times lines of the times that a setting changed; none as in the article
   */
  haCf: (peer: string, autoFailback: boolean, times: readonly string[]): string =>
    [
      'logfacility     local0',
      ...times,
      `ucast eth1 ${peer}`,
      `auto_failback ${autoFailback ? 'on' : 'off'}`,
      'node    hauptserver',
      'node    ausfallserver',
      '',
    ].join('\n'),

  /** Without the backslashes, which belong to a line break that the article has lost. */
  haresources: 'hauptserver drbddisk::r0 Filesystem::/dev/drbd0::/data::ext3\n',

  authkeys: 'auth 1\n1 crc\n',
};
