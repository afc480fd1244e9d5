import type { Erratum } from '../../lab/plan.ts';
import { serialPortOfVagrant } from '../parts/period-machines.ts';
import { section } from './article.ts';

const keptAndNoted = 'period: as printed. current: ';

/** Mistakes of the article's chapters 3 and 4: heartbeat, the tests, the conclusion. */
export const heartbeatErrata: readonly Erratum[] = [
  {
    section: section.heartbeat,
    says: '3.1 Installation est configuration',
    right: '3.1 Installation et configuration',
    why: '"is" for "and".',
    handling: 'Both editions quote the title as it is printed.',
  },
  {
    section: section.heartbeat,
    says: '1 md5 "Icimonsupermotdepasse"',
    right: 'A random key, without quotes: dd if=/dev/urandom bs=16 count=1 | md5sum.',
    why: 'heartbeat takes the quotes for a part of the key. And whoever copies the article has a key that the whole world knows.',
    handling: 'period: as printed. current: a random secret for each lab.',
  },
  {
    section: section.heartbeat,
    says: 'auth 1 with md5',
    right: 'sha1, the strongest of crc, md5 and sha1.',
    why: 'Collisions of MD5 were published in 2004, three years before.',
    handling: `${keptAndNoted}sha1.`,
  },
  {
    section: section.heartbeat,
    says: 'Write authkeys, then chmod 0600.',
    right: 'umask 077 before writing.',
    why: 'Between the two every local user can read the key.',
    handling: `${keptAndNoted}the file appears with its permission bits.`,
  },
  {
    section: section.heartbeat,
    says: 'haresources begins with 192.168.69.16 and IPaddr::192.168.69.100: both addresses are up before Apache is.',
    right: 'drbddisk, Filesystem, apache, and the addresses last.',
    why: 'From the moment an address answers until Apache listens, every visitor is refused.',
    handling: 'Both editions keep the order of the article, for this is what is measured.',
  },
  {
    section: section.heartbeat,
    says: '192.168.69.16 and IPaddr::192.168.69.100, without prefix and card.',
    right: 'IPaddr::192.168.69.16/24/eth0 and IPaddr::192.168.69.100/24/eth0.',
    why: 'The script guesses both from the routes. With 10.0.0.0/8 on the other card, an address of the 10 network would end up on the crossed cable.',
    handling: `${keptAndNoted}prefix and card are named.`,
  },
  {
    section: section.heartbeat,
    says: 'Filesystem::/dev/drbd0::/mnt/repl::ext3, without options.',
    right: 'Filesystem::/dev/drbd0::/mnt/repl::ext3::sync, or applications that call fsync.',
    why: 'Apache does not sync what it stores. An upload is acknowledged while it is in the memory of the master, up to 5 s before ext3 commits it; it dies with the master, whatever protocol DRBD has.',
    handling: `${keptAndNoted}sync, setting filesystem.options.`,
  },
  {
    section: section.heartbeat,
    says: 'apache, a resource that nothing has installed.',
    right: 'apt-get install apache (1.3), or apache2 and the same word in haresources.',
    why: 'heartbeat finds no script of that name and gives the whole group up. Etch has both Apache 1.3, whose script is apache, and 2.2, whose script is apache2.',
    handling:
      'period: mended, apache is installed. current: apache2, with a resource script of our own: in heartbeat 3 a resource "apache" is an OCF agent that wants other settings.',
  },
  {
    section: section.heartbeat,
    says: 'MailTo::admin@example.com, and no word of how mail leaves the server.',
    right:
      'A mail server on both, that relays to one that is not a part of the cluster; and a subject behind the address.',
    why: 'MailTo runs the program mail. Where that is missing, the resource fails to start, and heartbeat gives the whole group up for want of an alert. It is also the first to be stopped: its mail goes out before anything is handed over.',
    handling: `${keptAndNoted}OpenSMTPD relays to sv01, where admin has a mailbox; health looks into it.`,
  },
  {
    section: section.heartbeat,
    says: 'The first word of haresources is the master of the cluster.',
    right: 'The server that gets the group at the first start, and again only with auto_failback on.',
    why: 'With auto_failback off the service stays where it is.',
    handling: 'Both editions: auto_failback off, as printed; setting autoFailback.',
  },
  {
    section: section.heartbeat,
    says: 'logfile /var/log/ha.log and logfacility local0',
    right: 'One of them.',
    why: 'heartbeat writes every line twice, into its file and to syslog.',
    handling: `${keptAndNoted}logfacility, which rsyslog writes to /var/log/ha.log with microseconds.`,
  },
  {
    section: section.heartbeat,
    says: 'deadtime 60',
    right: 'A value found by watching late heartbeats, with warntime; 10 to 30 on a quiet cable.',
    why: 'On a cable that nothing else uses, a heartbeat is late by fractions of a second. Every failure costs the visitors a minute before anything begins.',
    handling: 'Both editions: 60, as printed; setting deadtime.',
  },
  {
    section: section.heartbeat,
    says: 'initdead 80',
    right: 'initdead 120, twice deadtime.',
    why: 'The sample ha.cf of the package asks for at least twice deadtime: the network takes its time after a boot. Too short, and the first server up takes what the other one holds.',
    handling: 'Both editions: 80, as printed; setting initdead.',
  },
  {
    section: section.heartbeat,
    says: 'bcast eth1',
    right: 'bcast eth0 eth1',
    why: 'One cable carries heartbeat and replication. When it breaks, each server declares the other dead, both take the addresses and both become Primary: a split brain, though both can still see each other over eth0.',
    handling: `${keptAndNoted}eth2 alone, the card that is the article’s eth1; scenarios show what it costs.`,
  },
  {
    section: section.heartbeat,
    says: 'No ping node and no ipfail.',
    right: 'ping 192.168.69.1 and respawn hacluster /usr/lib/heartbeat/ipfail.',
    why: 'heartbeat does not see the card that the visitors use. When eth0 of the active server loses its link, the service is gone and nothing moves, for as long as eth1 is well.',
    handling: 'Both editions: none. The scenario link-flap cuts that card: no takeover begins.',
  },
  {
    section: section.heartbeat,
    says: 'Communication becomes more reliable with the serial port: bcast eth0, serial /dev/ttyS0.',
    right: 'bcast eth0 eth1, serial /dev/ttyS0.',
    why: 'The second form does not add the line to the first: it gives the crossed cable up and moves heartbeat to the LAN of the visitors.',
    handling: 'Both editions: as printed with heartbeat.media=eth+serial.',
  },
  {
    section: section.heartbeat,
    says: 'baud 9600',
    right: 'baud 19200 or more.',
    why: 'A heartbeat is some 200 bytes with its signature: 0.2 s at this rate, and messages about resources come on top. 19200 is heartbeat’s own default.',
    handling: 'Both editions: 9600, as printed. An emulated line has no rate.',
  },
  {
    section: section.heartbeat,
    says: 'serial /dev/ttyS0',
    right: 'A port that nobody else opens: no getty in /etc/inittab, no console= of the kernel.',
    why: 'A login prompt on the line answers heartbeats as if they were names of users.',
    handling: `period: as printed; ${serialPortOfVagrant}. current: /dev/ttyS1, for ttyS0 is the console.`,
  },
  {
    section: section.heartbeat,
    says: 'node debian1 debian2, for servers presented as debian1.morot.local and debian2.morot.local.',
    right: 'What uname -n prints on each.',
    why: 'heartbeat compares the names with uname -n. On a server whose host name is the long one it refuses to start.',
    handling: 'Both editions: short names, which the machines have.',
  },
  {
    section: section.tests,
    says: 'update-rc.d -f apache remove',
    right:
      'update-rc.d -f apache remove, then update-rc.d apache stop 91 0 1 2 3 4 5 6 . and /etc/init.d/apache stop.',
    why: 'Without any link left, the next upgrade of the package takes it for new and installs the start links again; Apache then starts outside heartbeat at boot. update-rc.d also leaves the Apache running that the installation has just started.',
    handling: `${keptAndNoted}systemctl disable and stop.`,
  },
  {
    section: section.tests,
    says: 'heartbeat is started on the first server, and after a few seconds that one has the addresses.',
    right: 'After a few seconds if the second server is started as well; alone it waits for initdead, 80 s.',
    why: 'A node that has never heard the other one must not take it for dead any sooner.',
    handling: 'Both editions start both.',
  },
  {
    section: section.tests,
    says: '2: eth0:  mtu 1500 qdisc pfifo_fast qlen 1000',
    right: '2: eth0: <BROADCAST,MULTICAST,UP,10000> mtu 1500 qdisc pfifo_fast qlen 1000',
    why: 'The words in angle brackets were taken for an HTML tag and vanished.',
    handling: 'Told only.',
  },
  {
    section: section.tests,
    says: 'Stopping heartbeat, or even switching the first server off, moves the addresses very quickly.',
    right: 'Stopping it does. After a power cut nothing happens for deadtime: 60 s.',
    why: 'A stopped heartbeat hands its resources over in good order. The second way was not timed.',
    handling: 'The scenario hard-halt measures it.',
  },
  {
    section: section.tests,
    says: 'DocumentRoot has to point to the mount point, and that is all.',
    right:
      'A folder below the mount point; and the same configuration, certificates and modules on both servers.',
    why: 'The mount point itself offers lost+found to the web, and on the slave it is an empty folder. What is outside the device is not replicated: a site that was added to the configuration of one server is gone after a takeover.',
    handling: `${keptAndNoted}/mnt/repl/www; both servers get the same site.`,
  },
  {
    section: section.conclusion,
    says: 'The transition takes very little time, so servers can be maintained during the day.',
    right: 'A planned handover takes as long as its scripts; a failure deadtime longer.',
    why: 'Only the planned one was tried.',
    handling: 'This is what lab measures.',
  },
  {
    section: section.conclusion,
    says: 'STONITH was left out for fear that a server might be switched off without need.',
    right:
      'STONITH, and two independent paths for heartbeat so that it is needed only when a server is really gone.',
    why: 'A server switched off without need costs one takeover. Two servers that both write cost the data of one of them.',
    handling: 'Both editions: none, as printed.',
  },
  {
    section: section.conclusion,
    says: 'To a reader whose slave neither mounts nor starts Apache: look into the log of heartbeat, and copy the configurations.',
    right: 'Also look whether the device is Secondary on the other server, and unmounted.',
    why: 'It is what section 2.4 leaves behind: debian2 Primary with the device mounted.',
    handling: 'Told only.',
  },
];
