/** The article's files, character by character where neither a setting nor an erratum changes them. */
export const periodFiles = {
  exports: '/data/export/ 192.168.178.0/255.255.255.0(rw,no_root_squash,no_all_squash,sync)\n',

  drbdConf: (protocol: string, rateMib: number): string => `resource r0 {
protocol ${protocol};
incon-degr-cmd "halt -f";

startup {
degr-wfc-timeout 120; # 2 minutes.
}

disk {
on-io-error detach;
}

net {

}

syncer {

rate ${String(rateMib)}M;

group 1;

al-extents 257;
}

on MASTER { # ** EDIT ** the hostname of MASTER (uname -n)
device /dev/drbd0; #
disk /dev/dm-0; # ** EDIT ** data partition on MASTER
address 192.168.2.1:7788; # ** EDIT ** IP address on MASTER
meta-disk /dev/sda7[0]; # ** EDIT ** 128MB partition for DRBD on MASTER
}

on SLAVE { # ** EDIT ** the hostname of SLAVE (uname -n)
device /dev/drbd0; #
disk /dev/dm-0; # ** EDIT ** data partition on SLAVE
address 192.168.2.2:7788; # ** EDIT ** IP address on SLAVE
meta-disk /dev/sda7[0]; # ** EDIT ** 128MB partition for DRBD on SLAVE
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
      'bcast bond0',
      'node MASTER SLAVE',
      '',
    ].join('\n'),

  haresources: (withTarget: boolean): string =>
    `MASTER  IPaddr::192.168.178.174/24/bond0 drbddisk::r0   Filesystem::/dev/drbd0::/data::ext3 nfs-kernel-server${withTarget ? ' iscsi-target' : ''}\n`,

  authkeys: 'auth 3\n3 md5 somerandomstring\n',

  modutilsAliases: (mode: number, miimonMs: number): string =>
    [
      'alias bond0 bonding',
      'alias eth0 tg3',
      'alias eth1 tg3',
      'alias eth2 tg3',
      `options bonding mode=${String(mode)} miimon=${String(miimonMs)}`,
      '',
    ].join('\n'),

  modprobeArch: (mode: number, times: { miimonMs: number; downdelayMs: number; updelayMs: number }): string =>
    [
      'alias bond0 bonding',
      `options bonding mode=${String(mode)} miimon=${String(times.miimonMs)} downdelay=${String(times.downdelayMs)} updelay=${String(times.updelayMs)}`,
      '',
    ].join('\n'),

  interfaces: (own: { address: string; mac: string; replication: string }): string =>
    `# This file describes the network interfaces available on your system
# and how to activate them. For more information, see interfaces(5).

# The loopback network interface
auto lo
iface lo inet loopback

# iSCSI-IF (IET)
auto bond0
iface bond0 inet static
address ${own.address}
netmask 255.255.255.0
network 192.168.178.0
broadcast 192.168.178.255
gateway 192.168.178.1
hwaddress ether ${own.mac}
post-up ifenslave bond0 eth0 eth1 eth2

# LAN-IF
auto eth3
iface eth3 inet static
address ${own.replication}
netmask 255.255.255.0
network 192.168.2.0
broadcast 192.168.2.255
`,

  /** The blank behind the name of the target is the article's. */
  ietdConf: (folder: string, writeCache: boolean): string =>
    [
      'Target iqn.2001-04.com.example:storage.disk2.sys1.xyz ',
      ...['LUN0', 'LUN1', 'LUN2'].map(
        (name, n) => `Lun ${String(n)} Path=${folder}/${name},Type=fileio${writeCache ? ',IOMode=wb' : ''}`,
      ),
      '',
    ].join('\n'),
};
