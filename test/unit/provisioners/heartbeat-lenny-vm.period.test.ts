import { expect } from 'chai';
import type { Plan } from '../../../lab/plan.ts';
import { heartbeatLennyVm } from '../../../provisioners/heartbeat-lenny-vm.ts';
import { commandsOf, fileOf, planOf } from '../plans/plan-of.ts';

function period(overrides: Record<string, unknown> = {}): Plan {
  return planOf('period', overrides, heartbeatLennyVm);
}

const plan = period();

describe('the period edition of heartbeat-lenny-vm', () => {
  const haCf = (peer: string): string[] => [
    'logfacility     local0',
    `ucast eth1 ${peer}`,
    'auto_failback on',
    'node    hauptserver',
    'node    ausfallserver',
  ];
  const files: [string, string, string[]][] = [
    [
      '/etc/drbd.conf',
      'hauptserver',
      [
        'global {',
        '  usage-count no;',
        '}',
        '',
        'common {',
        '  protocol C;',
        '}',
        '',
        'resource r0 {',
        '  on hauptserver {',
        '    device    /dev/drbd0;',
        '    disk      /dev/sdb;',
        '    address   192.168.1.11:7789;',
        '    meta-disk internal;',
        '  }',
        '  on ausfallserver {',
        '    device    /dev/drbd0;',
        '    disk      /dev/sdb;',
        '    address   192.168.1.12:7789;',
        '    meta-disk internal;',
        '  }',
        '}',
      ],
    ],
    ['/etc/ha.d/ha.cf', 'hauptserver', haCf('192.168.1.12')],
    ['/etc/ha.d/ha.cf', 'ausfallserver', haCf('192.168.1.11')],
    ['/etc/ha.d/authkeys', 'hauptserver', ['auth 1', '1 crc']],
  ];
  for (const [path, node, lines] of files)
    it(`has ${path} of ${node} line by line as the article`, () => {
      expect(fileOf(plan, path, node).split('\n')).to.deep.equal([...lines, '']);
    });

  it('has haresources as the article, without its backslashes and with nothing that starts a machine', () => {
    const printed = 'hauptserver drbddisk::r0 \\ Filesystem::/dev/drbd0::/data::ext3 \\';
    const words = printed.split(' ').filter((word) => word !== '\\');
    expect(fileOf(plan, '/etc/ha.d/haresources')).to.equal(`${words.join(' ')}\n`);
    expect(fileOf(period({ 'vm.autostart': 'on' }), '/etc/ha.d/haresources')).to.equal(
      `${words.join(' ')}\n`,
    );
  });

  it('has the commands of the article, in its order; the mended ones are errata', () => {
    const both = (command: string): string => `hauptserver+ausfallserver: ${command}`;
    const main = (command: string): string => `hauptserver: ${command}`;
    const mended = [
      both('drbdadm create-md r0'),
      main('scp ha.cf haresources authkeys ausfallserver:$PWD'),
      both('mkdir -p /data'),
      both('/etc/init.d/heartbeat start'),
      both('cd /tmp/vmware-server-distrib'),
    ];
    const commands = commandsOf(plan);
    expect(commands).to.include.members(mended);
    const folders = /: (?:cd \/usr\/src\/drbd-8\.3\.1|cd \/etc\/ha\.d|cd \/tmp)$/;
    expect(commands.filter((command) => !mended.includes(command) && !folders.test(command))).to.deep.equal([
      both('adduser --disabled-password --gecos "" vmware'),
      both('apt-get update'),
      both('cd /usr/src'),
      both('wget http://oss.linbit.com/drbd/8.3/drbd-8.3.1.tar.gz'),
      both('tar -xzf drbd-8.3.1.tar.gz'),
      both('make clean all'),
      both('make install'),
      both("echo '192.168.1.11            hauptserver' >> /etc/hosts"),
      both("echo '192.168.1.12            ausfallserver' >> /etc/hosts"),
      both('drbdadm up r0'),
      both('cat /proc/drbd'),
      main('drbdadm -- --overwrite-data-of-peer primary r0'),
      main('mkfs.ext3 /dev/drbd0'),
      main('cp -a /usr/share/doc/heartbeat-2/authkeys .'),
      main('chmod 0600 authkeys'),
      main('cp -a /usr/share/doc/heartbeat-2/ha.cf.gz .'),
      main('gunzip ha.cf.gz'),
      main('cp -a /usr/share/doc/heartbeat-2/haresources.gz .'),
      main('gunzip haresources.gz'),
      main('mkdir -p /data/VMs'),
      both('tar xvfz VMware-server-2.0.1-156745.x86_64.tar.gz'),
      both('./vmware-install.pl'),
    ]);
  });

  it('installs what the article installs, for the system it has', () => {
    const installed = plan.sections
      .flatMap((section) => section.steps)
      .flatMap((step) => (step.kind === 'packages' ? [step.packages.join(' ')] : []));
    expect(installed).to.deep.equal([
      'make gcc flex drbd8-utils drbd8-modules-2.6-amd64',
      'linux-headers-2.6-amd64 psmisc build-essential',
      'heartbeat-2',
      'psmisc build-essential',
    ]);
  });

  it('has the machines of the article, and no other', () => {
    expect(plan.nodes).to.deep.equal([
      { name: 'hauptserver', role: 'server', addresses: ['192.168.0.11/24', '192.168.1.11/24'] },
      { name: 'ausfallserver', role: 'server', addresses: ['192.168.0.12/24', '192.168.1.12/24'] },
    ]);
  });

  it('writes a setting only where it is not heartbeat’s or DRBD’s own default', () => {
    const changed = period({
      deadtime: '10',
      warntime: '5',
      keepalive: '500ms',
      initdead: '60',
      autoFailback: 'off',
      'drbd.protocol': 'B',
      'drbd.resyncRate': '5M',
    });
    expect(fileOf(changed, '/etc/ha.d/ha.cf')).to.include(
      'logfacility     local0\nkeepalive 500ms\nwarntime 5\ndeadtime 10\ninitdead 60\nucast eth1 192.168.1.12\nauto_failback off\n',
    );
    expect(fileOf(changed, '/etc/drbd.conf')).to.include(
      'common {\n  protocol B;\n  syncer {\n    rate 5M;\n  }\n}\n',
    );
  });

  it('says in its errata what it mended', () => {
    const mended = plan.errata.filter((erratum) => /period: mended/.test(erratum.handling));
    expect(mended.map((erratum) => erratum.says)).to.deep.equal([
      'drbd8-modules-2.6-686 and linux-headers-2.6.26-686, on a 64-bit system.',
      'drbdadm up r0 contains the commands create-md, attach, syncer and connect.',
      'hauptserver drbddisk::r0 \\ Filesystem::/dev/drbd0::/data::ext3 \\',
      'scp ha.cf haresources authkey ...',
      'scp ... ausfallserver$PWD:',
      '/etc/init.d/heartbeat',
      'Under /data the space for the virtual machines is there now.',
      'tar xvfz VMware-server-2.0.1-156745.x86_64.tar.gz, then cd VMware-server-2.0.1-156725.x86_64',
    ]);
  });

  it('quotes in its errata what the article says, the known mistakes included', () => {
    const said = plan.errata.map((erratum) => erratum.says).join('\n');
    for (const part of [
      '0.7.22',
      'authkey ',
      'crc',
      'ucast',
      'STONITH',
      'a few seconds old',
      'create-md',
      'No address',
    ])
      expect(said, part).to.include(part);
  });
});
