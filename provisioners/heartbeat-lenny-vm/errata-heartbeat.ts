import type { Erratum } from '../../lab/plan.ts';
import { section } from './article.ts';

const keptAndNoted = 'period: as printed. current: ';

/** Mistakes of the article's section on heartbeat. */
export const heartbeatErrata: readonly Erratum[] = [
  {
    section: section.heartbeat,
    says: 'ha.cf has no keepalive, warntime, deadtime and initdead.',
    right: 'Values found by watching late heartbeats, and initdead of at least twice the deadtime.',
    why: 'heartbeat’s own defaults hold then: a heartbeat every second, a warning after 15 s of silence, death after 30 s, and the same 30 s after a boot (init_config in heartbeat/config.c). The article never says how long users wait, and this is the larger part of it.',
    handling:
      'Both editions: the defaults; current writes them down. Settings keepalive, warntime, deadtime, initdead.',
  },
  {
    section: section.heartbeat,
    says: 'ucast eth1 192.168.1.12, and on the other server .11: the one difference between the files.',
    right: 'Both lines on both servers.',
    why: 'heartbeat ignores the line with its own address (ha.cf(5)), so that one file does for both and can be copied at any time. Copied without the edit, as the next change will be, the printed one makes ausfallserver talk to itself.',
    handling: 'Both editions: one line each, as printed.',
  },
  {
    section: section.heartbeat,
    says: 'ucast eth1 is the only path of heartbeat.',
    right: 'bcast eth0 besides, or a serial line.',
    why: 'Heartbeat and replication share one cable. When it breaks, each server takes the other for dead, both become Primary and start the virtual machines, while the LAN would have shown that both live.',
    handling: `${keptAndNoted}eth2 alone, the card that is the article’s eth1.`,
  },
  {
    section: section.heartbeat,
    says: 'auto_failback on',
    right: 'auto_failback off, and a handover at a quiet hour.',
    why: 'When hauptserver is back, the virtual machines are shut down and booted once more. Every failure costs two outages; and a server that fails again and again takes them along each time.',
    handling: 'Both editions: on, as printed; setting autoFailback.',
  },
  {
    section: section.heartbeat,
    says: 'hauptserver drbddisk::r0 \\ Filesystem::/dev/drbd0::/data::ext3 \\',
    right: 'hauptserver drbddisk::r0 Filesystem::/dev/drbd0::/data::ext3',
    why: 'A backslash continues a line when it is its last character. The first one stands in the middle of a line that was broken once, and is a resource of that name to heartbeat; the last one promises a line that is not there, and would join the next group to this one.',
    handling: 'period: mended, the group cannot start as printed. current: no backslash.',
  },
  {
    section: section.heartbeat,
    says: 'haresources ends with Filesystem.',
    right: 'A resource behind it that starts and stops the virtual machines.',
    why: 'After a takeover the disk is mounted and that is all: no virtual machine runs, though the last section says that they start by themselves. And before a handover nobody shuts them down: umount finds /data busy, and the Filesystem script kills what uses it, as a power cut would.',
    handling: `${keptAndNoted}vm::vm1, a script of this stack; vm.autostart=off shows the article’s form.`,
  },
  {
    section: section.heartbeat,
    says: 'No address in haresources.',
    right: 'An address that belongs to the service.',
    why: 'The virtual machines keep theirs wherever they run. But what the servers offer themselves, as the web interface of VMware, is at another address after a takeover.',
    handling:
      'period: as printed. current: the address of the virtual machine, which its server answers for.',
  },
  {
    section: section.heartbeat,
    says: 'crc, the simplest method, is enough in a trusted environment.',
    right: 'sha1 with a random key.',
    why: 'crc is a check sum: it finds damaged messages and authenticates nothing. Whoever can send a UDP packet to port 694 can make a server give everything up. A key costs one line.',
    handling: 'Both editions: crc, as printed, on the cable between the servers alone.',
  },
  {
    section: section.heartbeat,
    says: 'scp ha.cf haresources authkey ...',
    right: 'authkeys',
    why: 'There is no file authkey. Without authkeys heartbeat does not start on ausfallserver.',
    handling: 'period: mended, it cannot run as printed. current: every server gets the file.',
  },
  {
    section: section.heartbeat,
    says: 'scp ... ausfallserver$PWD:',
    right: 'ausfallserver:$PWD',
    why: 'The colon belongs between host and path. As printed the target is a local path, ausfallserver/etc/ha.d:, which does not exist.',
    handling: 'period: mended, it cannot run as printed. current: no copying.',
  },
  {
    section: section.heartbeat,
    says: '/etc/init.d/heartbeat',
    right: '/etc/init.d/heartbeat start',
    why: 'Without a word the script prints how it is used and ends.',
    handling: 'period: mended, nothing starts as printed. current: systemctl.',
  },
  {
    section: section.heartbeat,
    says: 'Under /data the space for the virtual machines is there now.',
    right: 'mkdir /data on both servers before heartbeat is started.',
    why: 'Nothing in the article creates the mount point, and the Filesystem script does not mount without it; heartbeat then gives the group up.',
    handling: 'period: mended, it cannot run as printed. current: created.',
  },
  {
    section: section.heartbeat,
    says: 'No STONITH.',
    right: 'stonith_host, with a device that cuts the power of the other server.',
    why: 'Silence does not show that a server is off. The article names the remedy in its last section and does not apply it.',
    handling: 'Both editions: none. The check "never two active servers" watches for it.',
  },
];
