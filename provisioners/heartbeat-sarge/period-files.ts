/** The article's files, character by character where no setting changes them. */
export const periodFiles = {
  exports: '/data/export/ 192.168.0.0/255.255.255.0(rw,no_root_squash,no_all_squash,sync)\n',

  drbdConf: (protocol: string, rateMib: number): string => `resource r0 {

 protocol ${protocol};
 incon-degr-cmd "halt -f";

 startup {
    degr-wfc-timeout 120;    # 2 minutes.
  }

  disk {
    on-io-error   detach;
  }

  net {

  }

  syncer {

    rate ${String(rateMib)}M;

    group 1;

    al-extents 257;
  }

 on server1 {                # ** EDIT ** the hostname of server 1 (uname -n)
   device     /dev/drbd0;        #
   disk       /dev/sda8;         # ** EDIT ** data partition on server 1
   address    192.168.0.172:7788; # ** EDIT ** IP address on server 1
   meta-disk  /dev/sda7[0];      # ** EDIT ** 128MB partition for DRBD on server 1
  }

 on server2 {                # ** EDIT ** the hostname of server 2 (uname -n)
   device    /dev/drbd0;         #
   disk      /dev/sda8;          # ** EDIT ** data partition on server 2
   address   192.168.0.173:7788;  # ** EDIT ** IP address on server 2
   meta-disk /dev/sda7[0];       # ** EDIT ** 128MB partition for DRBD on server 2
  }

}
`,

  /** Directives that the article does not have are written before `bcast`, after those it has. */
  haCf: ({ keepalive, deadtime, ...further }: Readonly<Record<string, string>>): string =>
    [
      'logfacility     local0',
      `keepalive ${keepalive ?? ''}`,
      '#deadtime 30 # USE THIS!!!',
      `deadtime ${deadtime ?? ''}`,
      ...Object.entries(further).map(([name, value]) => `${name} ${value}`),
      'bcast   eth0',
      'node server1 server2',
      '',
    ].join('\n'),

  haresources:
    'server1  IPaddr::192.168.0.174/24/eth0 drbddisk::r0 Filesystem::/dev/drbd0::/data::ext3 nfs-kernel-server\n',

  authkeys: 'auth 3\n3 md5 somerandomstring\n',

  fstabLine: (options: string): string =>
    `192.168.0.174:/data/export  /data    nfs          ${['rw', options].filter((word) => word !== '').join(',')}            0    0`,
};
