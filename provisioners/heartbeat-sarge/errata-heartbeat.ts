import type { Erratum } from '../../lab/plan.ts';
import { section } from './article.ts';

const keptAndNoted = 'period: as printed. current: ';

/** Mistakes of the article's sections on heartbeat, the tests and the client. */
export const heartbeatErrata: readonly Erratum[] = [
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
    why: 'The comment, taken over from the sample file, contradicts the setting. Too short and a loaded server is declared dead; too long and clients wait.',
    handling: 'Both editions: 10, as the article runs it; setting deadtime.',
  },
  {
    section: section.heartbeat,
    says: 'ha.cf has no auto_failback.',
    right: 'auto_failback on (or off).',
    why: 'The sample ha.cf calls a value mandatory; without one heartbeat falls back to the deprecated "legacy", in which standby is refused. That the service returns to server1 in section 9 is this default, not, as the article says, because server1 is the first in haresources; and every failback is a second outage.',
    handling: `${keptAndNoted}auto_failback on; setting autoFailback.`,
  },
  {
    section: section.heartbeat,
    says: 'ha.cf has no warntime and no initdead.',
    right: 'warntime of half the deadtime; initdead of twice the deadtime or more.',
    why: 'warntime is how one finds the right deadtime. initdead covers a network that comes up slowly after a boot; too short, and the first server up declares its peer dead.',
    handling: `${keptAndNoted}warntime half of deadtime, initdead 30.`,
  },
  {
    section: section.heartbeat,
    says: 'bcast eth0',
    right: 'bcast eth0 eth1, or a serial line besides.',
    why: 'A single heartbeat path: see section 1.',
    handling:
      'Both editions: the one card, as printed; setting heartbeat.media=eth+serial adds a serial line.',
  },
  {
    section: section.heartbeat,
    says: 'No STONITH.',
    right: 'stonith_host, with a device that cuts the power of the other server.',
    why: 'A server that is declared dead may be alive. Without fencing nothing keeps both from writing to their replicas.',
    handling: 'Both editions: none. The check "never two active servers" watches for it.',
  },
  {
    section: section.heartbeat,
    says: 'haresources starts IPaddr first: the address is up before the export is.',
    right: 'drbddisk, Filesystem, the NFS server, and the address last.',
    why: 'From the moment the address answers until nfsd runs, the new server refuses every reconnection; clients with soft mounts see errors, hard ones back off by doubling delays.',
    handling: 'Both editions keep the order of the article, for this is what is measured.',
  },
  {
    section: section.heartbeat,
    says: 'nfs-kernel-server, Debian’s init script, is the resource that is started and stopped.',
    right: 'A script that stops statd too and reports its status in words heartbeat knows.',
    why: 'The script leaves statd behind with its working directory in /data/nfs; umount then fails, and after failed stops heartbeat reboots the machine ("Resource STOP failure. Reboot required!").',
    handling: `${keptAndNoted}/etc/ha.d/resource.d/nfs-kernel-server, same name, so haresources reads the same.`,
  },
  {
    section: section.heartbeat,
    says: 'md5 is the most secure of the three authentication methods.',
    right: 'sha1 is the strongest of crc, md5 and sha1.',
    why: 'crc authenticates nothing; collisions of MD5 were published in 2004, two years before the article.',
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
    why: 'Between the two commands every local user can read the key.',
    handling: `${keptAndNoted}the file appears with its permission bits.`,
  },
  {
    section: section.heartbeat,
    says: '/etc/init.d/drbd start, at the end.',
    right: 'Nothing to start; see to it that it is started at boot, before heartbeat.',
    why: 'The resource has been up since section 6. What matters is the order at the next boot.',
    handling: `${keptAndNoted}systemctl enable, with heartbeat ordered after drbd.`,
  },
  {
    section: section.tests,
    says: 'Stopping heartbeat on server1 simulates its failure.',
    right: 'Cut the power: halt -f, or pull the plug.',
    why: 'A stopped heartbeat hands its resources over in good order. Neither detection nor the loss of unsynced data nor the resync is exercised.',
    handling: 'Both editions list the test as printed; the scenario hard-halt does what the article means.',
  },
  {
    section: section.tests,
    says: 'touch on the server and ls on the other show that data is replicated.',
    right: 'Write through the mount of a client, with fsync, and count what was acknowledged.',
    why: 'An empty file made on the server says nothing of NFS, and nothing of writes that were under way.',
    handling: 'Scenarios write from both clients, keep a ledger and read back.',
  },
  {
    section: section.client,
    says: 'mount 192.168.0.174:/data/export /data, and "rw" in fstab.',
    right: 'hard,proto=tcp said aloud; in fstab also bg or noauto, and _netdev.',
    why: 'Protocol and behaviour on a silent server are left to the defaults of the release, UDP at the time. A boot while the service is away hangs at the mount.',
    handling: `${keptAndNoted}hard,proto=tcp (setting nfs.mountOptions), fstab with noauto,_netdev.`,
  },
  {
    section: section.client,
    says: 'Forward and reverse DNS of the client must agree, or you cannot mount; if you have no DNS you must change that.',
    right: 'A line for the client in /etc/hosts of both servers is enough.',
    why: 'The message names "localhost" for 192.168.0.100: some /etc/hosts or zone gives the client that name.',
    handling: 'period: as printed. current: /etc/hosts on every node.',
  },
  {
    section: section.client,
    says: 'The client should not notice at all that a server has failed; the data is always available.',
    right: 'Nothing is lost, but every client stands still for deadtime, the takeover and its own back-off.',
    why: 'With these settings detection alone takes 10 to 12 seconds.',
    handling: 'This is what lab measures.',
  },
];
