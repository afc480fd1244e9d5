import { expect } from 'chai';
import { resolveSettings } from '../../../lab/settings.ts';
import { heartbeatSarge } from '../../../provisioners/heartbeat-sarge.ts';
import { commandsOf, fileOf, planOf } from '../plans/plan-of.ts';

const plan = planOf('period');

describe('the period edition of heartbeat-sarge', () => {
  const files: Record<string, string[]> = {
    '/etc/exports': ['/data/export/ 192.168.0.0/255.255.255.0(rw,no_root_squash,no_all_squash,sync)'],
    '/etc/heartbeat/ha.cf': [
      'logfacility     local0',
      'keepalive 2',
      '#deadtime 30 # USE THIS!!!',
      'deadtime 10',
      'bcast   eth0',
      'node server1 server2',
    ],
    '/etc/heartbeat/haresources': [
      'server1  IPaddr::192.168.0.174/24/eth0 drbddisk::r0 Filesystem::/dev/drbd0::/data::ext3 nfs-kernel-server',
    ],
    '/etc/heartbeat/authkeys': ['auth 3', '3 md5 somerandomstring'],
    '/etc/drbd.conf': [
      'resource r0 {',
      '',
      ' protocol C;',
      ' incon-degr-cmd "halt -f";',
      '',
      ' startup {',
      '    degr-wfc-timeout 120;    # 2 minutes.',
      '  }',
      '',
      '  disk {',
      '    on-io-error   detach;',
      '  }',
      '',
      '  net {',
      '',
      '  }',
      '',
      '  syncer {',
      '',
      '    rate 10M;',
      '',
      '    group 1;',
      '',
      '    al-extents 257;',
      '  }',
      '',
      ' on server1 {                # ** EDIT ** the hostname of server 1 (uname -n)',
      '   device     /dev/drbd0;        #',
      '   disk       /dev/sda8;         # ** EDIT ** data partition on server 1',
      '   address    192.168.0.172:7788; # ** EDIT ** IP address on server 1',
      '   meta-disk  /dev/sda7[0];      # ** EDIT ** 128MB partition for DRBD on server 1',
      '  }',
      '',
      ' on server2 {                # ** EDIT ** the hostname of server 2 (uname -n)',
      '   device    /dev/drbd0;         #',
      '   disk      /dev/sda8;          # ** EDIT ** data partition on server 2',
      '   address   192.168.0.173:7788;  # ** EDIT ** IP address on server 2',
      '   meta-disk /dev/sda7[0];       # ** EDIT ** 128MB partition for DRBD on server 2',
      '  }',
      '',
      '}',
    ],
  };
  for (const [path, lines] of Object.entries(files))
    it(`has ${path} line by line as the article`, () => {
      expect(fileOf(plan, path).split('\n')).to.deep.equal([...lines, '']);
    });

  it('has the commands of the article, in its order, with plain hyphens', () => {
    expect(commandsOf(plan)).to.deep.equal([
      'server1+server2: date',
      'server1+server2: update-rc.d -f nfs-kernel-server remove',
      'server1+server2: update-rc.d -f nfs-common remove',
      'server1+server2: cd /usr/src/',
      'server1+server2: tar xvfz drbd0.7.tar.gz',
      'server1+server2: cd modules/drbd/drbd',
      'server1+server2: make',
      'server1+server2: make install',
      'server1+server2: modprobe drbd',
      'server1+server2: drbdadm up all',
      'server1+server2: cat /proc/drbd',
      'server1: drbdadm -- --do-what-I-say primary all',
      'server1: drbdadm -- connect all',
      'server1+server2: mkdir /data',
      'server1: mount -t ext3 /dev/drbd0 /data',
      'server1: mv /var/lib/nfs/ /data/',
      'server1: ln -s /data/nfs/ /var/lib/nfs',
      'server1: mkdir /data/export',
      'server1: umount /data',
      'server2: rm -fr /var/lib/nfs/',
      'server2: ln -s /data/nfs/ /var/lib/nfs',
      'server1+server2: chmod 600 /etc/heartbeat/authkeys',
      'server1+server2: /etc/init.d/drbd start',
      'server1+server2: /etc/init.d/heartbeat start',
      'server1+server2: ifconfig',
      'server1+server2: df -h',
      'server1: touch /data/export/test1',
      'server1: /etc/init.d/heartbeat stop',
      'server2: ls -l /data/export',
      'server2: touch /data/export/test2',
      'server1: /etc/init.d/heartbeat start',
      'server1: ifconfig',
      'server1: df -h',
      'server1: ls -l /data/export',
      'client: mkdir /data',
      'client: mount 192.168.0.174:/data/export /data',
      "client: echo '192.168.0.174:/data/export  /data    nfs          rw            0    0' >> /etc/fstab",
    ]);
  });

  it('installs what the article installs', () => {
    const installed = plan.sections
      .flatMap((section) => section.steps)
      .flatMap((step) => (step.kind === 'packages' ? [step.packages.join(' ')] : []));
    expect(installed).to.deep.equal([
      'ntp ntpdate',
      'nfs-kernel-server',
      'kernel-headers-2.6.8-2-386 drbd0.7-module-source drbd0.7-utils',
      'heartbeat',
      'nfs-common',
    ]);
  });

  it('adds directives the article lacks only when they are asked for', () => {
    const text = fileOf(
      planOf('period', { warntime: '7', initdead: '60', autoFailback: 'off', deadtime: '20' }),
      '/etc/heartbeat/ha.cf',
    );
    expect(text.split('\n').slice(3, 8)).to.deep.equal([
      'deadtime 20',
      'warntime 7',
      'initdead 60',
      'auto_failback off',
      'bcast   eth0',
    ]);
  });

  it('adds a serial line to the article’s ha.cf and machines when it is asked for', () => {
    const asked = { 'heartbeat.media': 'eth+serial' };
    expect(fileOf(planOf('period', asked), '/etc/heartbeat/ha.cf').split('\n').slice(3, 7)).to.deep.equal([
      'deadtime 10',
      'baud 19200',
      'serial /dev/ttyS1',
      'bcast   eth0',
    ]);
    expect(
      heartbeatSarge.topology('period', resolveSettings(heartbeatSarge, 'period', asked)).serialLines,
    ).to.deep.equal([{ between: ['server1', 'server2'] }]);
    expect(heartbeatSarge.topology('period').serialLines).to.equal(undefined);
  });

  it('has the machines of the article', () => {
    expect(plan.nodes).to.deep.equal([
      { name: 'client', role: 'client', addresses: ['192.168.0.100/24'] },
      { name: 'server1', role: 'server', addresses: ['192.168.0.172/24'] },
      { name: 'server2', role: 'server', addresses: ['192.168.0.173/24'] },
    ]);
  });
});

describe('the errata of heartbeat-sarge', () => {
  it('each say where, what, what is right, why, and what is done about it', () => {
    for (const erratum of plan.errata) {
      expect(erratum.section, erratum.says).to.match(/^\d+ \S/);
      for (const text of [erratum.says, erratum.right, erratum.why, erratum.handling])
        expect(text, erratum.says).to.have.length.above(4);
      expect(erratum.right, erratum.says).not.to.equal(erratum.says);
    }
  });

  it('are each told once, in the order of the article', () => {
    const numbers = plan.errata.map((erratum) => parseInt(erratum.section, 10));
    expect(numbers).to.deep.equal([...numbers].sort((a, b) => a - b));
    expect(new Set(plan.errata.map((erratum) => erratum.says)).size).to.equal(plan.errata.length);
  });

  it('are at sections that the plan has', () => {
    const sections = plan.sections.map((section) => section.articleSection);
    for (const erratum of plan.errata) expect(sections).to.include(erratum.section);
  });

  it('cover every command that differs from print', () => {
    const says = plan.errata.map((erratum) => erratum.says);
    expect(says).to.include('drbdadm — –do-what-I-say primary all');
    expect(says).to.include('drbdadm — connect all');
  });
});
