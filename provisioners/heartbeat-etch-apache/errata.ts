import type { Erratum } from '../../lab/plan.ts';
import { section } from './article.ts';
import { heartbeatErrata } from './errata-heartbeat.ts';

const keptAndNoted = 'period: as printed. current: ';

/** Mistakes of the article, in its order. */
export const errata: readonly Erratum[] = [
  {
    section: section.principle,
    says: '[http://lea-linux.org/cached/index/Leapro-pro_sys-dispo.html->http://lea-linux.org/cached/index/Leapro-pro_sys-dispo.html]',
    right: 'http://lea-linux.org/cached/index/Leapro-pro_sys-dispo.html',
    why: 'The link is in the notation of a wiki, which nothing turned into a link.',
    handling: 'Told only.',
  },
  {
    section: section.principle,
    says: 'The second server takes over when the first one fails; such a solution is excellent where the budget is small.',
    right: 'Two servers, and a way to be sure that the other one is off: STONITH.',
    why: 'That a server is silent does not show that it failed. Section 4 says itself that this is missing.',
    handling: 'Both editions: none. The check "never two active servers" watches for it.',
  },
  {
    section: section.background,
    says: 'eth1 : 10.0.0.1/8 and eth1 : 10.0.0.2/8',
    right: 'A network of two hosts, as 10.0.0.1/30 and 10.0.0.2/30.',
    why: 'The cable claims every address that begins with 10. Whatever else of the site is numbered so, a DNS server or a backup, is looked for on it and never found.',
    handling: `${keptAndNoted}/30.`,
  },
  {
    section: section.background,
    says: 'The cable is there "afin de se prémunir de fiabiliser au maximum la réplication".',
    right: 'afin de fiabiliser au maximum la réplication (to make replication as reliable as possible)',
    why: 'Two ways to begin the sentence were left in; as it stands the cable guards against reliability.',
    handling: 'Told only.',
  },
  {
    section: section.drbdInstall,
    says: 'module-assistant prepare, then module-assistant update',
    right: 'module-assistant update, then module-assistant prepare',
    why: 'update refreshes the lists that prepare and auto-install work from. In the printed order prepare works from old ones.',
    handling: 'period: as printed. current: the module comes with the kernel.',
  },
  {
    section: section.drbdInstall,
    says: 'module-assistant auto-install drbd0.7-module-source also installs every tool that DRBD needs.',
    right: 'apt-get install drbd0.7-utils as well.',
    why: 'It installs what was built, the module for the kernel that runs. drbdadm and the init script are in drbd0.7-utils; naming that package leaves nothing to the dependencies of the one that was built. After every kernel upgrade the module has to be built again.',
    handling: `${keptAndNoted}drbd-utils by name; the module comes with the kernel.`,
  },
  {
    section: section.drbdInstall,
    says: 'modprobe drbd makes "drbd : initialised. Version: 0.7.21" appear on the screen.',
    right: 'dmesg shows "drbd: initialised. Version: 0.7.21".',
    why: 'The kernel writes to its log and to the console, not to a terminal over SSH; and the space before the colon is French typography, which a search of the log does not find.',
    handling: 'Told only.',
  },
  {
    section: section.drbdSetup,
    says: 'It is absolutely necessary that drbd.conf is the same on both servers.',
    right:
      'The same resources and sections on both; DRBD itself compares protocol and sizes when it connects.',
    why: 'One file for both is a good habit. What differs legitimately, the disk of each server, stands in its "on" section.',
    handling: 'Both editions write one file to both servers.',
  },
  {
    section: section.drbdSetup,
    says: 'Protocol C considers data as replicated once it was flushed from the disk cache of the slave.',
    right: 'Once both disks, the local and the remote one, have reported the write as done.',
    why: 'DRBD 0.7 asks no disk to flush its own cache, so a power cut of both servers can lose what was reported. And it says nothing of what the master still holds in memory: an application that does not sync has given DRBD nothing to replicate.',
    handling: 'Both editions: protocol C. current mounts with sync, setting filesystem.options.',
  },
  {
    section: section.drbdSetup,
    says: 'The section syncer sets the rate of the link that joins the servers.',
    right: 'The bandwidth that a resynchronisation may take; writes are never held to it.',
    why: 'rate is no property of the link. It is there so that a resynchronisation leaves room for writes.',
    handling: 'Told only.',
  },
  {
    section: section.drbdSetup,
    says: 'rate 100M;',
    right: 'About a third of what link and disks carry: 30M on Gigabit Ethernet, 3M on Fast Ethernet.',
    why: 'The unit is bytes: 100 MB/s are the whole of a Gigabit link, on which heartbeat travels as well. The article’s own listing shows 5,140 K/sec: the limit limits nothing.',
    handling: 'Both editions: 100 MiB/s by default, setting drbd.resyncRate.',
  },
  {
    section: section.drbdSetup,
    says: 'startup { degr-wfc-timeout 120; } alone.',
    right: 'wfc-timeout as well.',
    why: 'degr-wfc-timeout counts only for a node that was alone before; in all other cases wfc-timeout holds, whose default is to wait for ever. After a power cut that one server does not survive, the other waits at boot and never serves.',
    handling: `${keptAndNoted}wfc-timeout 60.`,
  },
  {
    section: section.drbdSetup,
    says: 'meta-disk internal; on /dev/hda5, of which nothing else is said.',
    right: 'A partition that is empty, in no fstab, and 128 MiB larger than the data.',
    why: 'DRBD 0.7 keeps its meta-data in the last 128 MiB of the device. The end of a file system that is already there is overwritten, and the first mount of /dev/hda5 itself bypasses replication.',
    handling: 'period: as printed. current: an image file made for it; internal meta-data of 8.4, some KiB.',
  },
  {
    section: section.drbdSetup,
    says: '/etc/init.d/drbd start, on both servers.',
    right: 'On both at the same time.',
    why: 'The script waits for the other server, without wfc-timeout until somebody types yes.',
    handling: 'period: one step that runs on both. current: drbdadm up, which does not wait.',
  },
  {
    section: section.drbdInit,
    says: 'drbdadm -- --do-what-I-say primary all copies 2832888 KB from one empty disk to the other.',
    right:
      'DRBD 8.3 and later: drbdadm new-current-uuid --clear-bitmap declares two empty devices equal at once.',
    why: 'Nothing is on the devices yet that would be worth copying. DRBD 0.7 knows no other way.',
    handling: 'period: as printed. current: no initial sync.',
  },
  {
    section: section.drbdInit,
    says: 'primary all',
    right: 'primary repl',
    why: 'Forces every resource of the machine. With a second resource whose good copy is on the other server, it overwrites that copy.',
    handling: 'period: as printed, there is one resource. current: the resource is named.',
  },
  {
    section: section.drbdTest,
    says: 'mount /dev/drbd0 /mnt/repl, on both servers.',
    right: 'mkdir /mnt/repl on both servers first.',
    why: 'Nothing creates the mount point. heartbeat’s Filesystem script cannot mount without it either.',
    handling: 'period: mended, it cannot run as printed. current: created.',
  },
  {
    section: section.drbdTest,
    says: 'drbdadm secondary repl, right after ls /mnt/repl/.',
    right: 'umount /mnt/repl, then drbdadm secondary repl.',
    why: 'The device is mounted; DRBD does not let go of one that is in use.',
    handling: 'period: mended, it cannot run as printed. current: unmounted first.',
  },
  {
    section: section.drbdTest,
    says: 'The test ends with /dev/drbd0 mounted on debian2, which stays Primary.',
    right: 'umount /mnt/repl and drbdadm secondary repl on debian2.',
    why: 'heartbeat is started on debian1 first, where drbddisk cannot promote as long as debian2 is Primary.',
    handling: 'period: mended, the next chapter fails otherwise. current: Secondary on both.',
  },
  {
    section: section.drbdTest,
    says: 'ls shows "test  lost+found".',
    right: 'lost+found  test',
    why: 'ls sorts. The listing was typed, not copied.',
    handling: 'Told only.',
  },
  {
    section: section.drbdTest,
    says: 'Moving the device by hand forces a failover and shows that replication works.',
    right: 'Cut the power of the master while it is written to, and count what was acknowledged.',
    why: 'drbdadm secondary hands over in good order, with everything synced. An empty file says nothing of writes under way.',
    handling: 'Scenarios write from both clients, keep a ledger and read back.',
  },
  ...heartbeatErrata,
];
