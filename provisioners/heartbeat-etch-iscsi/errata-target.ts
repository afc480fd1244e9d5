import type { Erratum } from '../../lab/plan.ts';
import { section } from './article.ts';

const keptAndNoted = 'period: as printed. current: ';

/** Mistakes of the article's chapter "Setup of ISCSI". */
export const targetErrata: readonly Erratum[] = [
  {
    section: section.target,
    says: 'ln -s /usr/src/linux-headers-2.6.18-4-686/ /usr/src/linux',
    right: '/usr/src/linux-headers-`uname -r`/',
    why: 'The kernel of the author’s day. A module for another one does not load.',
    handling: 'period: mended. current: tgt, which needs no module.',
  },
  {
    section: section.target,
    says: 'iscsitarget-0.4.15, built by hand from SourceForge.',
    right: 'tgt or LIO.',
    why: 'No maintained release of Debian has the iSCSI Enterprise Target. And a module built by hand is missing after every kernel upgrade.',
    handling: `${keptAndNoted}tgt.`,
  },
  {
    section: section.target,
    says: 'LUNs of 40 GB: dd if=/dev/zero of=/home/iSCSI/LUN0 bs=1024 count=40000',
    right: 'count=40000000, or bs=1M count=40000.',
    why: '40000 blocks of 1024 bytes are 40,960,000 bytes: 40 MB.',
    handling: 'period: as printed. current: setting iscsi.lunSize.',
  },
  {
    section: section.target,
    says: '/home/iSCSI/LUN0 is made, LUN1 and LUN2 are exported.',
    right: 'mkdir /home/iSCSI, and dd for each of the three.',
    why: 'Neither the folder nor the other two files exist.',
    handling: 'period: mended. current: three files.',
  },
  {
    section: section.target,
    says: 'You can expand them later with the seek option of dd.',
    right: 'With conv=notrunc or count=0, and a restart of the target.',
    why: 'dd cuts the file at seek before it writes: a number that is too small destroys what lies behind it. What is gained is a hole, and clients see the new size only after they log in again.',
    handling: 'Told only.',
  },
  {
    section: section.target,
    says: 'The LUNs are in /home/iSCSI.',
    right: 'Below /data, on the replicated device.',
    why: 'The disk of the clients is in one copy on the disk of one server, on the partition of 5000 MB at that.',
    handling: 'period: as printed. current: /data/iscsi; iscsi.ha=off shows the article.',
  },
  {
    section: section.target,
    says: 'Lun 0 Path=/home/iSCSI/LUN0,Type=fileio',
    right: 'As printed. With IOMode=wb a takeover can lose what was acknowledged.',
    why: 'fileio goes through the page cache, but writes through it unless IOMode=wb is set (ietd.conf(5): "By default, LUNs are writable, employing write-through caching"). A target with a write cache must not be taken over: a write waits in the memory of a server that dies, the other server answers the flush that follows, and the client believes both.',
    handling:
      'period: as printed, iscsi.writeCache=on adds IOMode=wb. current: write-cache off, which is not the default of tgt; setting iscsi.writeCache.',
  },
  {
    section: section.target,
    says: 'Target iqn.2001-04.com.example:storage.disk2.sys1.xyz',
    right: 'A name below a domain that is one’s own.',
    why: 'The example of the manual page. Names of targets have to be unique in the world (RFC 3720, 3.2.6).',
    handling: 'Both editions: as printed.',
  },
  {
    section: section.target,
    says: 'A minimal config without authentication.',
    right: 'IncomingUser, and initiators.allow.',
    why: 'Whoever reaches port 3260 can write to the disks of all machines.',
    handling: 'Both editions: none; the network of a lab has no other machines.',
  },
  {
    section: section.target,
    says: 'Three LUNs on one target, for several machines.',
    right: 'A target for each machine, or a cluster file system.',
    why: 'Every initiator sees all LUNs. Two that mount the same one destroy it.',
    handling: 'Both editions: as printed. current: each client mounts a LUN of its own.',
  },
  {
    section: section.target,
    says: 'The target is configured and never started.',
    right: '/etc/init.d/iscsi-target start',
    why: 'make install writes the init script and starts nothing.',
    handling: 'period: mended. current: heartbeat starts it.',
  },
  {
    section: section.initiator,
    says: 'apt-get install openiscsi',
    right: 'apt-get install open-iscsi',
    why: 'The package has a hyphen.',
    handling: 'period: mended. current: open-iscsi.',
  },
  {
    section: section.initiator,
    says: '-p xxxxxx',
    right: 'The address at which the target is reached: the service address when it moves.',
    why: 'Painted over. An initiator that logged in at the address of one server stays with that server.',
    handling:
      'period: mended, the address of MASTER. current: the service address; iscsi.ha=off, that of nfs01.',
  },
  {
    section: section.initiator,
    says: 'iscsiadm -l, once.',
    right: 'node.startup = automatic, and _netdev in fstab.',
    why: 'After a reboot of the client the disk is not there.',
    handling: 'Both editions: by hand, as printed; fstab has noauto,_netdev.',
  },
  {
    section: section.initiator,
    says: 'Nothing of timeouts.',
    right: 'node.session.timeo.replacement_timeout longer than the longest takeover.',
    why: 'After it, 120 s by default, commands fail: the file system on the disk goes read-only or worse, and does not come back by itself when the target does.',
    handling:
      'Both editions: the defaults of open-iscsi; settings iscsi.replacementTimeout, noopInterval, noopTimeout, loginTimeout.',
  },
  {
    section: section.initiator,
    says: 'fdisk -l | grep sd*',
    right: "fdisk -l | grep 'sd'",
    why: 'The shell may replace sd* by names of files; and grep takes it for "s, then any number of d", which every line with an s has.',
    handling: 'period: as printed. current: /dev/disk/by-path.',
  },
  {
    section: section.initiator,
    says: 'Here /dev/sda is the iscsi-target, with 751.6 GB.',
    right: 'A disk of 40,960,000 bytes, and not sda where the machine has a disk of its own.',
    why: 'The listing is of another target. On these servers, whose partitions are /dev/sda1 to sda7, it would be the system disk, and mkfs would follow.',
    handling: `${keptAndNoted}the disk is named by its path to the LUN.`,
  },
];
