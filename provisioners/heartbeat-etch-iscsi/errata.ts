import type { Erratum } from '../../lab/plan.ts';
import { section } from './article.ts';
import { clusterErrata } from './errata-cluster.ts';
import { openqrmErrata } from './errata-openqrm.ts';
import { targetErrata } from './errata-target.ts';

const keptAndNoted = 'period: as printed. current: ';

/** Mistakes of the article, in its order; these up to the NFS server. */
export const errata: readonly Erratum[] = [
  {
    section: section.motivation,
    says: 'Fibre channel configurations can support as many as 127 nodes.',
    right: '126 nodes and a switch on an arbitrated loop; a switched fabric has 24-bit addresses.',
    why: 'The figure is that of the loop alone, which the sentence before lists beside point-to-point and switched topologies.',
    handling: 'Told only.',
  },
  {
    section: section.motivation,
    says: 'Like a FC SAN, an iSCSI SAN should be a separate physical network devoted entirely to storage.',
    right:
      'So it should, and the servers that follow have none: bond0 has 192.168.178.0/24, the network of NFS, heartbeat and the default gateway.',
    why: 'Whatever fills that network delays the disks of every client, and heartbeats with them.',
    handling: 'Both editions keep the one network: it is the architecture under test.',
  },
  {
    section: section.goal,
    says: 'A high-available server environment.',
    right:
      'A high-available NFS export, beside an iSCSI target and a MySQL server that die with their machine.',
    why: 'Only the address, /data and the NFS server are in haresources. What the clients of the plan boot from, the LUNs, lies in /home/iSCSI of one server, and nobody takes its target over.',
    handling:
      'period: as printed. current: the LUNs on the replicated device and the target in haresources, setting iscsi.ha; off shows the article, where a halt of the server leaves the clients without disk until it is back.',
  },
  {
    section: section.requirements,
    says: '2 Server-Systems used for HA-Cluster (iSCSI & openQRM)',
    right: 'Nothing: no release of Debian that is maintained has openQRM.',
    why: 'The article ends before it installs it, and announces "Debian-Packages in beta-phase" that are gone. What it prepares for openQRM can be built; openQRM cannot.',
    handling: 'Both editions: MySQL, bonding, target and initiator as prepared; no openQRM.',
  },
  {
    section: section.base,
    says: '/dev/sda7 – 150 MB and /dev/dm-0 – 260 GB are "unmounted (logical, ext3)".',
    right: '/dev/sda8 of type 8e for LVM, and mkfs on the volume or, better, on /dev/drbd0.',
    why: 'dm-0 is no logical partition of anything, and no later step makes the file system that is mounted. DRBD’s meta-data is no file system either; calling it one invites an fsck.',
    handling: 'period: mended, the volume gets a name and an ext3. current: mkfs.ext4 on /dev/drbd0.',
  },
  {
    section: section.base,
    says: '/dev/md-0, eight times, for the volume that is /dev/dm-0 elsewhere.',
    right: '/dev/vol/data, or what the volume is called.',
    why: 'md is software RAID, dm is device-mapper. And the number of a dm device follows the order in which volumes are activated: with a snapshot, or after a boot, dm-0 can be another volume.',
    handling: 'period: mended to /dev/dm-0, as in its own drbd.conf of MASTER. current: /dev/vol/data.',
  },
  {
    section: section.base,
    says: 'I’ve created one Volume-Group and one Logical-Volume; the commands end with vgcreate.',
    right: 'lvcreate -L 260G -n data vol',
    why: 'The command that makes the volume is missing.',
    handling: 'period: mended. current: lvcreate, with some extents left free as the article wants.',
  },
  {
    section: section.base,
    says: 'Make sure /dev/sda7 as well as /dev/dm-0 are identical in size, with sizes given in MB and GB.',
    right: 'The same number of extents: lvcreate -l.',
    why: 'DRBD uses the smaller of two disks. With external meta-data a difference of one extent is enough for a file system that was made on the larger one to be cut.',
    handling:
      'period: as printed, the volumes have the size of lvcreate. current: both from one size in whole extents.',
  },
  {
    section: section.base,
    says: 'Give both servers static addresses; the cards are bonded, and get others, only after DRBD and heartbeat are set up.',
    right: 'Bonding first, then what uses the bond.',
    why: 'drbd.conf, ha.cf and haresources name addresses and cards that a later section takes away.',
    handling: `${keptAndNoted}bond0 first.`,
  },
  {
    section: section.time,
    says: 'Install ntp and ntpdate; running date on both shows that both have the same time.',
    right: 'ntpq -p on both: a peer marked "*" and its offset.',
    why: 'date shows seconds, typed by hand one after the other. And it is not DRBD or heartbeat that needs equal clocks, but log files and file times.',
    handling: `${keptAndNoted}chrony, with sv01 as the clock of the lab, and a wait until every node follows it.`,
  },
  {
    section: section.nfs,
    says: 'We want to export the directory /; this means that / will be accessible by all systems.',
    right: '/data/export',
    why: 'The line for /etc/exports says /data/export/. Whoever believes the text gives the whole server away, with no_root_squash.',
    handling: 'Both editions: /data/export.',
  },
  {
    section: section.nfs,
    says: 'Later we will create /data/exports.',
    right: '/data/export',
    why: 'So say /etc/exports and the mkdir.',
    handling: 'Both editions: /data/export.',
  },
  {
    section: section.nfs,
    says: 'update-rc.d -f nfs-kernel-server remove; update-rc.d -f nfs-common remove',
    right:
      'update-rc.d -f nfs-kernel-server remove, then update-rc.d nfs-kernel-server stop 20 0 1 2 3 4 5 6 .',
    why: 'Without any link left, the next upgrade of the package takes it for new and installs the start links again. update-rc.d also leaves the daemons running that apt-get has just started.',
    handling: `${keptAndNoted}systemctl disable and stop.`,
  },
  {
    section: section.nfs,
    says: 'nfs-common is taken out of the boot, and haresources starts nfs-kernel-server alone.',
    right: 'haresources names nfs-common before nfs-kernel-server.',
    why: 'nfs-common starts statd, without which NFSv3 locks fail on the server.',
    handling: `${keptAndNoted}the resource script starts and stops statd together with the server.`,
  },
  {
    section: section.nfs,
    says: '/data/export/ 192.168.178.0/255.255.255.0(rw,no_root_squash,no_all_squash,sync)',
    right: '/data/export 192.168.178.0/255.255.255.0(rw,no_root_squash,sync,no_subtree_check,fsid=1)',
    why: 'Without fsid the file handles hold the device number of the file system and survive a takeover only as long as /dev/drbd0 has the same number on both servers. no_all_squash is the default; the slash differs from what clients mount.',
    handling: `${keptAndNoted}the line on the right.`,
  },
  ...clusterErrata,
  ...openqrmErrata,
  ...targetErrata,
];
