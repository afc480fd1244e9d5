import type { Erratum } from '../../lab/plan.ts';
import { section } from './article.ts';

const keptAndNoted = 'period: as printed. current: ';

/** Mistakes of the article's chapter "Preparation of the Cluster": packages, MySQL, bonding. */
export const openqrmErrata: readonly Erratum[] = [
  {
    section: section.packages,
    says: 'make gcc build-essential, after DRBD was built.',
    right: 'Before it.',
    why: 'make of the section "Install DRBD" has no compiler yet.',
    handling: 'period: as printed. current: nothing is compiled.',
  },
  {
    section: section.mysql,
    says: "The password of root has to be blank: UPDATE user SET Password=PASSWORD('').",
    right: 'A user of its own for openQRM, with a password, or authentication over the socket.',
    why: 'Every local user, and every program that anybody runs there, is root of all databases.',
    handling: `${keptAndNoted}root over the socket, as the system’s root only; MariaDB’s default.`,
  },
  {
    section: section.mysql,
    says: 'READ COMMITED',
    right: 'READ COMMITTED',
    why: 'The text has one T too few; the command below has them all.',
    handling: 'Told only.',
  },
  {
    section: section.mysql,
    says: 'SET GLOBAL TRANSACTION ISOLATION LEVEL READ COMMITTED;',
    right: 'transaction-isolation = READ-COMMITTED below [mysqld] in an option file.',
    why: 'SET GLOBAL is forgotten when the server stops, and connections that are open keep their level. The section on bonding ends with a reboot, which undoes it.',
    handling: `${keptAndNoted}in an option file; health asks the running server.`,
  },
  {
    section: section.mysql,
    says: 'ln -s /var/run/mysql/mysqld.sock /var/lib/mysql/mysql.sock',
    right: '/var/run/mysqld/mysqld.sock',
    why: 'Debian’s folder is called mysqld. The link leads nowhere.',
    handling: 'period: mended. current: no link, openQRM is not there.',
  },
  {
    section: section.mysql,
    says: 'The network is disabled by default in Debian; then cat my.cnf.',
    right: 'bind-address = 127.0.0.1: TCP on loopback, which is not the same as skip-networking.',
    why: 'Nothing is shown or checked: the listing is the command and "#!?".',
    handling: `${keptAndNoted}bind-address said aloud; health looks at the sockets that listen.`,
  },
  {
    section: section.mysql,
    says: 'MySQL is installed on the cluster, with its data in /var/lib/mysql.',
    right: 'Its data below /data, and mysql in haresources.',
    why: 'Each server has a database of its own. After a takeover openQRM would find an empty one, and know none of the machines that it manages.',
    handling: 'Both editions: as printed, on both servers, no part of the cluster.',
  },
  {
    section: section.bonding,
    says: 'Edit /etc/modutils/aliases.',
    right: 'A file of /etc/modprobe.d.',
    why: '/etc/modutils belongs to the modules of Linux 2.4; a kernel 2.6 never looks there. What counts is the second file, whose options differ.',
    handling: 'period: both files as printed. current: ip link, with all values in one place.',
  },
  {
    section: section.bonding,
    says: 'options bonding mode=0 miimon=100 in one file, with downdelay=200 updelay=200 in the other.',
    right: 'One line.',
    why: 'Two places for one thing, which say different ones.',
    handling: `${keptAndNoted}mode balance-rr, miimon 100, updelay 200, downdelay 200.`,
  },
  {
    section: section.bonding,
    says: 'mode=0, and no word of the switch.',
    right: 'A group of ports on the switch (EtherChannel), or mode 1 or 6.',
    why: 'balance-rr sends one MAC address from three ports. The kernel’s documentation wants the ports grouped for it; otherwise the switch moves the address with every frame, and sends every broadcast back in through the other two cards.',
    handling:
      'Both editions: mode 0. The lab’s switch has no groups: it does just that, and a frame for the bond goes to the card that sent last. Setting bond.mode.',
  },
  {
    section: section.bonding,
    says: 'For higher performance on the iSCSI target we will use network bonding.',
    right: 'Several sessions and dm-multipath; or one session, whose segments arrive out of order.',
    why: 'balance-rr spreads one TCP connection over the cards, and TCP takes what overtook for a loss and slows down (bonding.rst, balance-rr). A client with one card gains nothing.',
    handling: 'Told only: emulated cards say nothing of throughput.',
  },
  {
    section: section.bonding,
    says: 'iface eth0 is defined twice, and is a slave of bond0 besides.',
    right: 'No stanza for eth0, eth1 and eth2; another card for the LAN.',
    why: 'An interface has one definition, and a slave has no address.',
    handling:
      'period: mended, the first stanza is left out and the LAN card is eth3. current: eth1 to eth3 have no stanza.',
  },
  {
    section: section.bonding,
    says: 'bond0 has address 192.168.178.1 and gateway 192.168.178.1.',
    right: 'address 192.168.178.2, which the first stanza of eth0 has.',
    why: 'A machine that is its own gateway reaches nobody outside, and the router loses its address.',
    handling: 'period: mended. current: no gateway, nothing is outside.',
  },
  {
    section: section.bonding,
    says: 'The LAN card has address 192.168.1.1 and gateway 192.168.1.1.',
    right: 'address 192.168.2.1 of DRBD, and no gateway.',
    why: 'Its own gateway once more, and a second default route. The network that DRBD uses is on no card.',
    handling: 'period: mended. current: one network.',
  },
  {
    section: section.bonding,
    says: 'Only lo and bond0 are "auto".',
    right: 'auto eth3 as well.',
    why: 'After the reboot the LAN card stays down.',
    handling: 'period: mended. current: ifupdown starts bond0, the provider its own card.',
  },
  {
    section: section.bonding,
    says: 'hwaddress ether 00:03:B3:48:50:2C, in a file for both servers.',
    right: 'No hwaddress: a bond takes the address of its first slave.',
    why: 'Copied to SLAVE it gives two machines one MAC address, as the same file gives them one IP address.',
    handling: 'period: mended, SLAVE has an address of its own. current: the first slave’s.',
  },
  {
    section: section.bonding,
    says: 'reboot -n',
    right: 'reboot',
    why: '-n means "do not sync" (reboot(8) of sysvinit): what was just written may not be there after it, on a server whose initial sync has just ended.',
    handling: 'period: mended. current: no reboot, ifup.',
  },
];
