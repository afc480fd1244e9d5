import type { Erratum } from '../../lab/plan.ts';
import { section } from './article.ts';
import { heartbeatErrata } from './errata-heartbeat.ts';

const keptAndNoted = 'period: as printed. current: ';

/** Mistakes of the article, in its order. */
export const errata: readonly Erratum[] = [
  {
    section: section.setup,
    says: 'Each server has one address on one network; heartbeat, replication, clients and name service share it.',
    right:
      'Two independent paths for heartbeat at least: a crossover cable or a serial line besides the LAN.',
    why: 'When the only path between the servers breaks, each declares the other dead, both take the address and both become Primary: a split brain, without any machine having failed.',
    handling: `${keptAndNoted}one network as well, because that is the architecture under test; scenarios show what it costs. Setting heartbeat.media=eth+serial adds a serial line, in both editions.`,
  },
  {
    section: section.base,
    says: 'Partition 7 needs "etwas mehr als 128 MB"; the comments in drbd.conf call it a "128MB partition".',
    right:
      'An indexed external meta-disk takes a slot of exactly 128 MiB (134,217,728 bytes); 150 MB is safe, 128 MB is not.',
    why: 'A partition of 128 decimal megabytes is 5 % too small for one slot.',
    handling:
      'period: the comment as printed, 150 MB in the partitioning. current: external meta-data without an index, whose size follows the device (drbd.conf-8.4(5) discourages indexes).',
  },
  {
    section: section.base,
    says: 'Partitions 7 and 8 are "ext3", "unmounted"; no later step makes a file system, yet section 7 mounts one.',
    right: 'Make the file system on /dev/drbd0 after the device became Primary: mkfs -t ext3 /dev/drbd0.',
    why: 'It works only because the installer happened to format partition 8 and the meta-data is external; with internal meta-data the end of that file system is overwritten. A file system on partition 7 serves nothing and invites an fsck or a mount.',
    handling: 'period: relies on the installer, as printed. current: mkfs.ext4 on /dev/drbd0.',
  },
  {
    section: section.base,
    says: 'The second comment line of both fstab listings is "#" followed by blanks.',
    right: '# <file system> <mount point>   <type>  <options>       <dump>  <pass>',
    why: 'The words in angle brackets were taken for HTML tags and vanished.',
    handling: 'Told only: no edition writes these lines.',
  },
  {
    section: section.base,
    says: 'https://www.howtoforge.com/perfect_setup_debian_sarge_p3)',
    right: 'https://www.howtoforge.com/perfect_setup_debian_sarge_p3',
    why: 'The closing bracket of the sentence became part of the address.',
    handling: 'Told only.',
  },
  {
    section: section.time,
    says: 'Installing ntp and ntpdate and comparing two runs of date by eye shows that both servers have the same time.',
    right:
      'ntpq -p on both: a peer marked "*" and its offset; on machines without a way out, one of them must serve the time.',
    why: 'ntp is a daemon, not merely a client, and needs minutes and a reachable server; date shows seconds, typed by hand one after the other. Neither DRBD nor heartbeat needs equal clocks; log files and file times do.',
    handling: `${keptAndNoted}chrony, with sv01 as the clock of the lab, and a wait until every node follows it.`,
  },
  {
    section: section.nfs,
    says: 'update-rc.d -f nfs-kernel-server remove; update-rc.d -f nfs-common remove',
    right:
      'update-rc.d -f nfs-kernel-server remove, then update-rc.d nfs-kernel-server stop 20 0 1 2 3 4 5 6 .',
    why: 'Without any link left, the next upgrade of the package takes it for new and installs the start links again; the server then starts outside heartbeat at boot. update-rc.d also leaves the daemons running that apt-get has just started.',
    handling: `${keptAndNoted}systemctl disable --now, which survives upgrades and stops the service too.`,
  },
  {
    section: section.nfs,
    says: 'nfs-common is taken out of the boot, and haresources starts nfs-kernel-server alone.',
    right: 'haresources names nfs-common before nfs-kernel-server.',
    why: 'nfs-common starts statd. Without it NFSv3 locks fail on the server, the very state that section 7 wants to save.',
    handling: `${keptAndNoted}the resource script starts and stops statd together with the server.`,
  },
  {
    section: section.nfs,
    says: '/data/export/ 192.168.0.0/255.255.255.0(rw,no_root_squash,no_all_squash,sync)',
    right: 'The same with a fixed fsid, as fsid=1.',
    why: 'Without fsid the file handles hold the device number of the file system. They survive a takeover only as long as /dev/drbd0 has the same major and minor number on both servers; otherwise every client gets "Stale NFS file handle".',
    handling: `${keptAndNoted}fsid=1.`,
  },
  {
    section: section.nfs,
    says: 'The same line: a slash behind the path, and no_all_squash.',
    right: '/data/export 192.168.0.0/255.255.255.0(rw,no_root_squash,sync,no_subtree_check)',
    why: 'no_all_squash is the default; the slash is ignored but differs from what clients mount; without no_subtree_check a rename breaks open files.',
    handling: `${keptAndNoted}the line on the right, with fsid.`,
  },
  {
    section: section.nfs,
    says: 'no_root_squash for a whole subnet.',
    right: 'Name the clients, or squash root.',
    why: 'Whoever gets an address of 192.168.0.0/24 is root on the share.',
    handling: 'Both editions keep it; the network of a lab has no other machines.',
  },
  {
    section: section.nfs,
    says: 'Later we create /data/exports on partition 8.',
    right: '/data/export',
    why: 'Every other place, and the command in section 7, says /data/export.',
    handling: 'Both editions: /data/export.',
  },
  {
    section: section.drbdInstall,
    says: 'apt-get install kernel-headers-2.6.8-2-386 drbd0.7-module-source drbd0.7-utils',
    right: 'kernel-headers-$(uname -r), and build-essential.',
    why: 'The module must be built for the kernel that runs, by a compiler that a base system lacks; after every kernel upgrade it is missing until someone builds it again.',
    handling: `${keptAndNoted}the module comes with the kernel.`,
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
    says: 'rate 10M;',
    right: 'About a third of what the network and the disks carry: 3M on a network of 100 Mbit/s.',
    why: 'The unit is bytes: 10 MB/s are the whole of a 100 Mbit/s link, shared here with the clients and with heartbeat, whose packets then come late.',
    handling: 'Both editions: 10 MiB/s by default, setting drbd.resyncRate.',
  },
  {
    section: section.drbdInstall,
    says: 'net { } is empty.',
    right: 'A shared secret (cram-hmac-alg), and a deliberate choice for after a split brain.',
    why: 'Whoever reaches port 7788 can join the replication. And what happens after a split brain is left to whatever the release does.',
    handling:
      'Both editions leave it out: no foreign machine is on the network, and a split brain is to be seen, not to be mended silently.',
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
    says: 'drbdadm — –do-what-I-say primary all',
    right: 'drbdadm -- --do-what-I-say primary all',
    why: 'Hyphens were made into typographic dashes; drbdadm takes "—" for a command.',
    handling: 'period: mended, it cannot run as printed. current: new-current-uuid --clear-bitmap.',
  },
  {
    section: section.drbdSetup,
    says: 'drbdadm — connect all',
    right: 'drbdadm -- connect all',
    why: 'A typographic dash again.',
    handling: 'period: mended, it cannot run as printed. current: not needed.',
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
    says: 'The initial sync takes hours; have patience.',
    right:
      'DRBD 8.3 and later: drbdadm new-current-uuid --clear-bitmap declares two empty devices equal at once.',
    why: 'Nothing is on the devices yet that would be worth copying.',
    handling: 'period: as printed, DRBD 0.7 knows no other way. current: no initial sync.',
  },
  {
    section: section.drbdSetup,
    says: 'Changes are mirrored back to server1, so that the data is always consistent.',
    right: 'During a resync the target is inconsistent; it must not be the only copy left.',
    why: 'Blocks are copied in the order of the disk, not in the order of writing. If server2 dies in that time, server1 holds a mixture.',
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
    says: 'The same listing: ns:37139 and dr:49035.',
    right: 'ns of some 25,300,000: the 24,733 MB that were sent, in KB.',
    why: 'The counters count since the device came up, and the listing before it has 13,441,632 sent already. It was taken on another day, and shows no sync that has just ended.',
    handling: 'Told only.',
  },
  {
    section: section.nfsState,
    says: 'mv /var/lib/nfs/ /data/ and rm -fr /var/lib/nfs/, right after apt-get has started the NFS server.',
    right: 'Stop nfs-kernel-server and nfs-common on both servers first.',
    why: 'statd and mountd hold files there, and with a 2.6 kernel rpc_pipefs may be mounted below: mv then copies and deletes across it, and the running daemons go on with deleted files.',
    handling: `${keptAndNoted}every NFS daemon is stopped first; Debian 12 has rpc_pipefs below /run.`,
  },
  {
    section: section.nfsState,
    says: 'With /var/lib/nfs on the replicated device, server2 can use the lock state of server1.',
    right:
      'Also let the notices of a restart (sm-notify) come from the service address: statd -n 192.168.0.174, or outgoing-addr.',
    why: 'Clients hold their locks with 192.168.0.174. A notice from server2’s own address or name matches nothing they know, so they do not reclaim.',
    handling: `${keptAndNoted}outgoing-addr in /etc/nfs.conf.d.`,
  },
  {
    section: section.nfsState,
    says: 'umount /data on server1; the device stays Primary.',
    right: 'umount /data, then drbdadm secondary all.',
    why: 'heartbeat takes over a device it did not make Primary; if it starts on server2 first, drbddisk cannot promote there.',
    handling: `${keptAndNoted}drbdadm secondary r0.`,
  },
  ...heartbeatErrata,
];
