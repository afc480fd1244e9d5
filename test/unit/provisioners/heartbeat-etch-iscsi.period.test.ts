import { expect } from 'chai';
import type { Plan } from '../../../lab/plan.ts';
import { heartbeatEtchIscsi } from '../../../provisioners/heartbeat-etch-iscsi.ts';
import { commandsOf, fileOf, planOf } from '../plans/plan-of.ts';

function period(overrides: Record<string, unknown> = {}): Plan {
  return planOf('period', overrides, heartbeatEtchIscsi);
}

const plan = period();

/** The third stanza of the article is left out, bond0 and the LAN card have other addresses: see the errata. */
function interfaces(own: { address: string; mac: string; replication: string }): string[] {
  return [
    '# This file describes the network interfaces available on your system',
    '# and how to activate them. For more information, see interfaces(5).',
    '',
    '# The loopback network interface',
    'auto lo',
    'iface lo inet loopback',
    '',
    '# iSCSI-IF (IET)',
    'auto bond0',
    'iface bond0 inet static',
    `address ${own.address}`,
    'netmask 255.255.255.0',
    'network 192.168.178.0',
    'broadcast 192.168.178.255',
    'gateway 192.168.178.1',
    `hwaddress ether ${own.mac}`,
    'post-up ifenslave bond0 eth0 eth1 eth2',
    '',
    '# LAN-IF',
    'auto eth3',
    'iface eth3 inet static',
    `address ${own.replication}`,
    'netmask 255.255.255.0',
    'network 192.168.2.0',
    'broadcast 192.168.2.255',
  ];
}

describe('the period edition of heartbeat-etch-iscsi', () => {
  const files: [string, string, string[]][] = [
    [
      'master',
      '/etc/exports',
      ['/data/export/ 192.168.178.0/255.255.255.0(rw,no_root_squash,no_all_squash,sync)'],
    ],
    [
      'master',
      '/etc/drbd.conf',
      [
        'resource r0 {',
        'protocol C;',
        'incon-degr-cmd "halt -f";',
        '',
        'startup {',
        'degr-wfc-timeout 120; # 2 minutes.',
        '}',
        '',
        'disk {',
        'on-io-error detach;',
        '}',
        '',
        'net {',
        '',
        '}',
        '',
        'syncer {',
        '',
        'rate 10M;',
        '',
        'group 1;',
        '',
        'al-extents 257;',
        '}',
        '',
        'on MASTER { # ** EDIT ** the hostname of MASTER (uname -n)',
        'device /dev/drbd0; #',
        'disk /dev/dm-0; # ** EDIT ** data partition on MASTER',
        'address 192.168.2.1:7788; # ** EDIT ** IP address on MASTER',
        'meta-disk /dev/sda7[0]; # ** EDIT ** 128MB partition for DRBD on MASTER',
        '}',
        '',
        'on SLAVE { # ** EDIT ** the hostname of SLAVE (uname -n)',
        'device /dev/drbd0; #',
        'disk /dev/dm-0; # ** EDIT ** data partition on SLAVE',
        'address 192.168.2.2:7788; # ** EDIT ** IP address on SLAVE',
        'meta-disk /dev/sda7[0]; # ** EDIT ** 128MB partition for DRBD on SLAVE',
        '}',
        '',
        '}',
      ],
    ],
    [
      'slave',
      '/etc/heartbeat/ha.cf',
      [
        'logfacility     local0',
        'keepalive 2',
        '#deadtime 30 # USE THIS!!!',
        'deadtime 10',
        'bcast bond0',
        'node MASTER SLAVE',
      ],
    ],
    [
      'slave',
      '/etc/heartbeat/haresources',
      [
        'MASTER  IPaddr::192.168.178.174/24/bond0 drbddisk::r0   Filesystem::/dev/drbd0::/data::ext3 nfs-kernel-server',
      ],
    ],
    ['master', '/etc/heartbeat/authkeys', ['auth 3', '3 md5 somerandomstring']],
    [
      'master',
      '/etc/modutils/aliases',
      [
        'alias bond0 bonding',
        'alias eth0 tg3',
        'alias eth1 tg3',
        'alias eth2 tg3',
        'options bonding mode=0 miimon=100',
      ],
    ],
    [
      'master',
      '/etc/modprobe.d/arch/i386',
      ['alias bond0 bonding', 'options bonding mode=0 miimon=100 downdelay=200 updelay=200'],
    ],
    [
      'master',
      '/etc/network/interfaces',
      interfaces({ address: '192.168.178.2', mac: '00:03:B3:48:50:2C', replication: '192.168.2.1' }),
    ],
    [
      'slave',
      '/etc/network/interfaces',
      interfaces({ address: '192.168.178.3', mac: '00:03:B3:48:50:2D', replication: '192.168.2.2' }),
    ],
    [
      'master',
      '/etc/ietd.conf',
      [
        'Target iqn.2001-04.com.example:storage.disk2.sys1.xyz ',
        'Lun 0 Path=/home/iSCSI/LUN0,Type=fileio',
        'Lun 1 Path=/home/iSCSI/LUN1,Type=fileio',
        'Lun 2 Path=/home/iSCSI/LUN2,Type=fileio',
      ],
    ],
  ];
  for (const [node, path, lines] of files)
    it(`has ${path} of ${node} line by line as the article, the errata apart`, () => {
      expect(fileOf(plan, path, node).split('\n')).to.deep.equal([...lines, '']);
    });

  const both = 'master+slave: ';

  it('has the commands of the article, in its order; the mended ones are errata', () => {
    const mended = [
      'master: echo MASTER > /etc/hostname',
      'master: hostname MASTER',
      'slave: echo SLAVE > /etc/hostname',
      'slave: hostname SLAVE',
      `${both}lvcreate -L 260G -n data vol`,
      `${both}mkfs.ext3 /dev/vol/data`,
      'master: mkdir /home/iSCSI',
      'master: dd if=/dev/zero of=/home/iSCSI/LUN1 bs=1024 count=40000',
      'master: dd if=/dev/zero of=/home/iSCSI/LUN2 bs=1024 count=40000',
      'master: /etc/init.d/iscsi-target start',
    ];
    const commands = commandsOf(plan);
    expect(commands).to.include.members(mended);
    expect(commands.filter((command) => !mended.includes(command))).to.deep.equal([
      `${both}pvcreate /dev/sda8`,
      `${both}vgcreate vol /dev/sda8`,
      `${both}date`,
      `${both}update-rc.d -f nfs-kernel-server remove`,
      `${both}update-rc.d -f nfs-common remove`,
      `${both}apt-get install linux-headers-\`uname -r\` drbd0.7-module-source drbd0.7-utils`,
      `${both}cd /usr/src/`,
      `${both}tar xvfz drbd0.7.tar.gz`,
      `${both}cd modules/drbd/drbd`,
      `${both}make`,
      `${both}make install`,
      `${both}modprobe drbd`,
      `${both}drbdadm up all`,
      `${both}cat /proc/drbd`,
      'master: drbdadm -- --do-what-I-say primary all',
      'master: drbdadm -- connect all',
      `${both}mkdir /data`,
      'master: mount -t ext3 /dev/drbd0 /data',
      'master: mv /var/lib/nfs/ /data/',
      'master: ln -s /data/nfs/ /var/lib/nfs',
      'master: mkdir /data/export',
      'master: umount /data',
      'slave: rm -fr /var/lib/nfs/',
      'slave: ln -s /data/nfs/ /var/lib/nfs',
      `${both}chmod 600 /etc/heartbeat/authkeys`,
      `${both}/etc/init.d/drbd start`,
      `${both}/etc/init.d/heartbeat start`,
      `${both}ifconfig`,
      `${both}apt-get update && apt-get install ifenslave linux-headers-\`uname -r\` libssl-dev make gcc build-essential ruby lvm2 mysql-server`,
      `${both}mysql -u root mysql -e "UPDATE user SET Password=PASSWORD('') WHERE user='root'; FLUSH PRIVILEGES;"`,
      `${both}mysql -u root -e "SET GLOBAL TRANSACTION ISOLATION LEVEL READ COMMITTED;"`,
      `${both}ln -s /var/run/mysqld/mysqld.sock /var/lib/mysql/mysql.sock`,
      `${both}cat /etc/mysql/my.cnf`,
      `${both}reboot`,
      'master: wget http://dfn.dl.sourceforge.net/sourceforge/iscsitarget/iscsitarget-0.4.15.tar.gz',
      'master: tar xvf iscsitarget-0.4.15.tar.gz',
      'master: cd iscsitarget-0.4.15',
      'master: ln -s /usr/src/linux-headers-`uname -r`/ /usr/src/linux',
      'master: make KERNELSRC=/usr/src/linux',
      'master: make KERNELSRC=/usr/src/linux install',
      'master: dd if=/dev/zero of=/home/iSCSI/LUN0 bs=1024 count=40000',
      'slave: iscsiadm -m discovery -tst -p 192.168.178.2 -d3',
      'slave: iscsiadm -m node -T iqn.2001-04.com.example:storage.disk2.sys1.xyz -p 192.168.178.2 -l',
      'slave: fdisk -l | grep sd*',
    ]);
  });

  it('installs the packages of the article', () => {
    const installed = plan.sections
      .flatMap((section) => section.steps)
      .flatMap((step) => (step.kind === 'packages' ? [step.packages.join(' ')] : []));
    expect(installed).to.deep.equal(['ntp ntpdate', 'nfs-kernel-server', 'heartbeat', 'open-iscsi']);
  });

  it('has the two servers of the article, on the bond and on DRBD’s network', () => {
    expect(plan.nodes).to.deep.equal([
      { name: 'master', role: 'server', addresses: ['192.168.2.1/24', '192.168.178.2/24'] },
      { name: 'slave', role: 'server', addresses: ['192.168.2.2/24', '192.168.178.3/24'] },
    ]);
  });

  it('moves the target only when asked to, then with its files on the replicated device', () => {
    const moved = period({ 'iscsi.ha': 'on' });
    expect(fileOf(moved, '/etc/heartbeat/haresources')).to.match(/ nfs-kernel-server iscsi-target\n$/);
    expect(fileOf(moved, '/etc/ietd.conf', 'slave')).to.include('Lun 0 Path=/data/iSCSI/LUN0,Type=fileio\n');
    expect(commandsOf(moved).join('\n')).not.to.include('iscsi-target start');
  });

  it('follows the settings', () => {
    const changed = period({
      deadtime: '30',
      keepalive: '500ms',
      warntime: '7',
      initdead: '60',
      autoFailback: 'off',
      'drbd.protocol': 'A',
      'drbd.resyncRate': '5M',
      'bond.mode': 'active-backup',
      'bond.updelay': '300',
      'iscsi.writeCache': 'on',
    });
    expect(fileOf(changed, '/etc/heartbeat/ha.cf')).to.include(
      'keepalive 500ms\n#deadtime 30 # USE THIS!!!\ndeadtime 30\nwarntime 7\ninitdead 60\nauto_failback off\nbcast bond0\n',
    );
    expect(fileOf(changed, '/etc/drbd.conf')).to.include('protocol A;').and.include('rate 5M;');
    expect(fileOf(changed, '/etc/modprobe.d/arch/i386')).to.include(
      'options bonding mode=1 miimon=100 downdelay=200 updelay=300\n',
    );
    expect(fileOf(changed, '/etc/ietd.conf')).to.include('LUN2,Type=fileio,IOMode=wb\n');
  });

  it('says in its errata what it mended', () => {
    const mended = plan.errata.filter((erratum) => /^period: mended/.test(erratum.handling));
    expect(mended.map((erratum) => erratum.section)).to.deep.equal([
      ...Array<string>(3).fill('Installing the HA-CLUSTER (MASTER/SLAVE)'),
      ...Array<string>(3).fill('Install DRBD'),
      ...Array<string>(4).fill('Install And Configure heartbeat'),
      'Prepare mySQL',
      ...Array<string>(6).fill('Setup NIC-Bonding'),
      ...Array<string>(3).fill('ISCSI-Target'),
      ...Array<string>(2).fill('ISCSI-Initiator'),
    ]);
  });
});
