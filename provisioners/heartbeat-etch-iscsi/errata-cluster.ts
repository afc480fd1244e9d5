import type { Erratum } from '../../lab/plan.ts';
import { section } from './article.ts';

const keptAndNoted = 'period: as printed. current: ';

/** Mistakes of the article's sections on DRBD, heartbeat and the first tests. */
export const clusterErrata: readonly Erratum[] = [
  {
    section: section.drbdInstall,
    says: 'apt-get install kernel-headers-`uname -r` drbd0.7-module-source drbd0.7-utils',
    right: 'linux-headers-`uname -r`, and build-essential here already.',
    why: 'Etch calls the packages linux-headers, as the article does itself in a later section; and the compiler that make needs is installed only there.',
    handling: 'period: mended, apt-get finds no such package. current: the module comes with the kernel.',
  },
  {
    section: section.drbdInstall,
    says: 'on SLAVE { ... address 192.168.2.1:7788; }, the address of MASTER.',
    right: 'address 192.168.2.2:7788;',
    why: 'Two nodes with one address: SLAVE would listen on an address that it has not, and MASTER connect to itself.',
    handling: 'period: mended. current: the addresses of bond0.',
  },
  {
    section: section.drbdInstall,
    says: 'address 192.168.2.1, a network that no card of /etc/network/interfaces has.',
    right: 'The card that the article calls LAN-IF, with 192.168.2.1.',
    why: 'DRBD binds to the address; without a card that has it the resource stays WFConnection.',
    handling: 'period: mended in /etc/network/interfaces. current: DRBD runs over bond0.',
  },
  {
    section: section.drbdInstall,
    says: 'startup { degr-wfc-timeout 120; } alone.',
    right: 'wfc-timeout as well.',
    why: 'degr-wfc-timeout counts only for a node that was alone before; in all other cases wfc-timeout holds, whose default is to wait for ever. After a power cut that one server does not survive, the other waits at boot and never serves.',
    handling: `${keptAndNoted}wfc-timeout 60.`,
  },
  {
    section: section.drbdInstall,
    says: 'meta-disk /dev/sda7[0]; # 128MB partition for DRBD',
    right:
      'A slot of an indexed meta-disk takes exactly 128 MiB (134,217,728 bytes): 150 MB is safe, 128 MB is not.',
    why: 'A partition of 128 decimal megabytes is 5 % too small for one slot.',
    handling:
      'period: the comment as printed, 150 MB in the partitioning. current: external meta-data without an index, whose size follows the device.',
  },
  {
    section: section.drbdInstall,
    says: 'If you use /dev/hda instead of /dev/sda, please put /dev/hda8 instead of /dev/md-0 into /etc/drbd.conf.',
    right: 'The volume keeps its name whatever the disk below is called.',
    why: 'A sentence of an older article without LVM, where the data was partition 8.',
    handling: 'Told only.',
  },
  {
    section: section.drbdInstall,
    says: 'incon-degr-cmd "halt -f";',
    right: 'DRBD 8.4: handlers { pri-on-incon-degr "..."; }',
    why: 'Right for DRBD 0.7; the option was moved. With systemd a single halt -f asks for a clean shutdown instead of stopping at once.',
    handling: 'period: as printed. current: pri-on-incon-degr "halt -f -f".',
  },
  {
    section: section.drbdSetup,
    says: 'connect all starts the initial sync.',
    right:
      'The sync starts with do-what-I-say primary, for "up all" has connected the servers already, as the listing shows.',
    why: 'connect has nothing left to do.',
    handling: 'period: as printed, harmless. current: left out.',
  },
  {
    section: section.drbdSetup,
    says: 'The initial sync is going to take a few hours, so please be patient.',
    right:
      'More than seven hours: 260 GB at the 10 MB/s of syncer { rate 10M; }. DRBD 8.3 and later: new-current-uuid --clear-bitmap on equal devices.',
    why: 'Nothing is on the devices yet that would be worth copying. The listing is of a device of 24 GB, from an older article.',
    handling: 'period: as printed, DRBD 0.7 knows no other way. current: no initial sync.',
  },
  {
    section: section.drbdSetup,
    says: 'All data that has changed is mirrored back from SLAVE to MASTER, so that data is always consistent.',
    right: 'During a resync the target is inconsistent; it must not be the only copy left.',
    why: 'Blocks are copied in the order of the disk, not in the order of writing.',
    handling: 'Told only. Scenarios wait for the resync.',
  },
  {
    section: section.drbdSetup,
    says: 'The listing of the finished sync begins with "SVN Revision".',
    right: 'Its first line is "version: 0.7.10 (api:77/proto:74)".',
    why: 'The line was lost.',
    handling: 'Told only.',
  },
  {
    section: section.drbdSetup,
    says: 'If MASTER goes down SLAVE can use the NFS details of SLAVE.',
    right: 'Those of MASTER; and the notices of a restart (sm-notify) must come from the service address.',
    why: 'The sentence says the opposite of what the section does. Clients hold their locks with the service address: a notice from the server’s own matches nothing they know.',
    handling: `${keptAndNoted}outgoing-addr in /etc/nfs.conf.d.`,
  },
  {
    section: section.drbdSetup,
    says: 'mv /var/lib/nfs/ /data/ and rm -fr /var/lib/nfs/, with the NFS server running.',
    right: 'Stop nfs-kernel-server and nfs-common on both servers first.',
    why: 'statd and mountd hold files there, and rpc_pipefs may be mounted below.',
    handling: `${keptAndNoted}every NFS daemon is stopped first.`,
  },
  {
    section: section.drbdSetup,
    says: 'umount /data on MASTER; the device stays Primary.',
    right: 'umount /data, then drbdadm secondary all.',
    why: 'heartbeat takes over a device it did not make Primary; if it starts on SLAVE first, drbddisk cannot promote there.',
    handling: `${keptAndNoted}drbdadm secondary r0.`,
  },
  {
    section: section.heartbeat,
    says: 'heartbeat provides NFS via the IP address 192.168.0.174.',
    right: 'An address of 192.168.178.0/24, as 192.168.178.174.',
    why: 'The address of an older article: neither the exports nor any card of these servers knows that network.',
    handling: 'period: mended to 192.168.178.174. current: 192.168.33.20.',
  },
  {
    section: section.heartbeat,
    says: '/etc/heartbeat/ha.cf, /etc/heartbeat/haresources, /etc/heartbeat/authkeys',
    right: '/etc/ha.d/ha.cf, /etc/ha.d/haresources, /etc/ha.d/authkeys',
    why: 'heartbeat reads /etc/ha.d. Debian’s packages hold a symbolic link /etc/heartbeat, other distributions do not.',
    handling: `${keptAndNoted}/etc/ha.d.`,
  },
  {
    section: section.heartbeat,
    says: '#deadtime 30 # USE THIS!!!, and below it deadtime 10.',
    right:
      'One value, chosen by measurement: longer than the worst gap between heartbeats on a busy machine.',
    why: 'The comment contradicts the setting. Too short and a loaded server is declared dead; too long and clients wait.',
    handling: 'Both editions: 10, as the article runs it; setting deadtime.',
  },
  {
    section: section.heartbeat,
    says: 'ha.cf has no auto_failback, no warntime and no initdead.',
    right:
      'auto_failback on (or off), warntime of half the deadtime, initdead of twice the deadtime or more.',
    why: 'Without auto_failback heartbeat falls back to the deprecated "legacy"; without initdead the first server up declares its peer dead while the network, here a bond with an updelay, still comes up.',
    handling: `${keptAndNoted}auto_failback on, warntime half of deadtime, initdead 30.`,
  },
  {
    section: section.heartbeat,
    says: 'bcast eth0',
    right: 'bcast bond0, and a second path besides.',
    why: 'Two sections later eth0 is a slave of bond0 and has no address, so no broadcast address either. And three cards on one switch are one path: when it goes, both servers take everything.',
    handling:
      'period: mended to bond0, heartbeat cannot use a slave. current: bond0, the only network of the lab.',
  },
  {
    section: section.heartbeat,
    says: 'IPaddr::192.168.xxx.xxx/24/eth0',
    right: 'IPaddr::192.168.178.174/24/bond0',
    why: 'An address that was painted over, on a card that is a slave of bond0: nothing that arrives for it reaches it there.',
    handling: 'period: mended. current: bond0.',
  },
  {
    section: section.heartbeat,
    says: 'haresources begins with server1; ha.cf says MASTER SLAVE.',
    right: 'MASTER, what uname -n prints.',
    why: 'A name of an older article. A group of a node that is not in the cluster is taken by nobody.',
    handling: 'period: mended. current: nfs01.',
  },
  {
    section: section.heartbeat,
    says: 'haresources has no iscsi-target.',
    right: 'iscsi-target behind nfs-kernel-server, and the LUNs below /data.',
    why: 'The target is what the cluster is built for.',
    handling: 'period: as printed, iscsi.ha=on adds it. current: added, iscsi.ha=off leaves it out.',
  },
  {
    section: section.heartbeat,
    says: 'haresources starts IPaddr first: the address is up before anything serves behind it.',
    right: 'drbddisk, Filesystem, the servers, and the address last.',
    why: 'From the moment the address answers until the target is up, every attempt of an initiator to log in is refused, and each one costs it 3 s until the next.',
    handling: 'Both editions keep the order of the article, for this is what is measured.',
  },
  {
    section: section.heartbeat,
    says: 'No STONITH.',
    right: 'stonith_host, with a device that cuts the power of the other server.',
    why: 'A server that is declared dead may be alive. Without fencing nothing keeps both from serving the same LUN from two replicas.',
    handling: 'Both editions: none. The check "never two active servers" watches for it.',
  },
  {
    section: section.heartbeat,
    says: 'I use md5 as it is the most secure one.',
    right: 'sha1 is the strongest of crc, md5 and sha1.',
    why: 'Collisions of MD5 were published in 2004.',
    handling: `${keptAndNoted}sha1.`,
  },
  {
    section: section.heartbeat,
    says: '3 md5 somerandomstring',
    right: 'A random key: dd if=/dev/urandom bs=16 count=1 | md5sum.',
    why: 'Whoever copies the article has a key that the whole world knows.',
    handling: 'period: as printed. current: a random secret for each lab.',
  },
  {
    section: section.heartbeat,
    says: 'Write authkeys, then chmod 600.',
    right: 'umask 077 before writing.',
    why: 'Between the two every local user can read the key.',
    handling: `${keptAndNoted}the file appears with its permission bits.`,
  },
  {
    section: section.tests,
    says: 'The test is that ifconfig shows the virtual address.',
    right: 'Cut the power of MASTER while a client writes to its LUN, and count what was acknowledged.',
    why: 'An address says nothing of what is behind it: neither NFS nor iSCSI is tried, and no takeover.',
    handling: 'The scenario hard-halt does it.',
  },
];
