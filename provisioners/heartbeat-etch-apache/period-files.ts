/** The article's files, character by character where no setting changes them. */
export const periodFiles = {
  drbdConf: (protocol: string, rateMib: number): string => `resource repl {
  protocol ${protocol};

  startup {
    degr-wfc-timeout 120;
  }

  disk {
    on-io-error detach;
  }

  syncer {
    rate ${String(rateMib)}M;
  }

  on debian1 {
    device      /dev/drbd0;
    disk        /dev/hda5;
    address     10.0.0.1:7788;
    meta-disk   internal;
  }

  on debian2 {
    device      /dev/drbd0;
    disk        /dev/hda5;
    address     10.0.0.2:7788;
    meta-disk   internal;
  }
}
`,

  /** The article's second form, with a serial line, leaves the port out and names eth0. */
  haCf: (
    values: { autoFailback: string } & Readonly<
      Record<'keepalive' | 'warntime' | 'deadtime' | 'initdead', string>
    >,
    media: string,
  ): string =>
    [
      'node debian1 debian2',
      'logfile /var/log/ha.log',
      'logfacility local0',
      '',
      `auto_failback ${values.autoFailback}`,
      '',
      `keepalive ${values.keepalive}`,
      `warntime ${values.warntime}`,
      `deadtime ${values.deadtime}`,
      `initdead ${values.initdead}`,
      '',
      ...(media === 'eth'
        ? ['udpport 694', 'bcast  eth1']
        : ['baud 9600', 'bcast eth0', 'serial /dev/ttyS0']),
      '',
    ].join('\n'),

  haresources: (options: string): string =>
    `debian1 192.168.69.16 IPaddr::192.168.69.100 drbddisk::repl Filesystem::/dev/drbd0::/mnt/repl::ext3${options === '' ? '' : `::${options}`} apache MailTo::admin@example.com\n`,

  authkeys: 'auth 1\n1 md5 "Icimonsupermotdepasse"\n',
};
