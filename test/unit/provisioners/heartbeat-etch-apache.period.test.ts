import { expect } from 'chai';
import type { Plan } from '../../../lab/plan.ts';
import { heartbeatEtchApache } from '../../../provisioners/heartbeat-etch-apache.ts';
import { commandsOf, fileOf, planOf } from '../plans/plan-of.ts';

function period(overrides: Record<string, unknown> = {}): Plan {
  return planOf('period', overrides, heartbeatEtchApache);
}

const plan = period();

describe('the period edition of heartbeat-etch-apache', () => {
  const haCf = [
    'node debian1 debian2',
    'logfile /var/log/ha.log',
    'logfacility local0',
    '',
    'auto_failback off',
    '',
    'keepalive 2',
    'warntime 10',
    'deadtime 60',
    'initdead 80',
    '',
  ];
  const files: Record<string, string[]> = {
    '/etc/drbd.conf': [
      'resource repl {',
      '  protocol C;',
      '',
      '  startup {',
      '    degr-wfc-timeout 120;',
      '  }',
      '',
      '  disk {',
      '    on-io-error detach;',
      '  }',
      '',
      '  syncer {',
      '    rate 100M;',
      '  }',
      '',
      '  on debian1 {',
      '    device      /dev/drbd0;',
      '    disk        /dev/hda5;',
      '    address     10.0.0.1:7788;',
      '    meta-disk   internal;',
      '  }',
      '',
      '  on debian2 {',
      '    device      /dev/drbd0;',
      '    disk        /dev/hda5;',
      '    address     10.0.0.2:7788;',
      '    meta-disk   internal;',
      '  }',
      '}',
    ],
    '/etc/ha.d/authkeys': ['auth 1', '1 md5 "Icimonsupermotdepasse"'],
    '/etc/ha.d/haresources': [
      'debian1 192.168.69.16 IPaddr::192.168.69.100 drbddisk::repl Filesystem::/dev/drbd0::/mnt/repl::ext3 apache MailTo::admin@example.com',
    ],
    '/etc/ha.d/ha.cf': [...haCf, 'udpport 694', 'bcast  eth1'],
  };
  for (const [path, lines] of Object.entries(files))
    it(`has ${path} line by line as the article`, () => {
      expect(fileOf(plan, path).split('\n')).to.deep.equal([...lines, '']);
    });

  it('has the article’s second ha.cf, with a serial line, line by line', () => {
    const second = fileOf(period({ 'heartbeat.media': 'eth+serial' }), '/etc/ha.d/ha.cf');
    expect(second.split('\n')).to.deep.equal([...haCf, 'baud 9600', 'bcast eth0', 'serial /dev/ttyS0', '']);
  });

  it('has the commands of the article, in its order; the mended ones are errata', () => {
    const mended = [
      'debian1+debian2: mkdir -p /mnt/repl',
      'debian1: umount /mnt/repl',
      'debian2: umount /mnt/repl',
      'debian2: drbdadm secondary repl',
      "debian1+debian2: sed -i 's#^DocumentRoot .*#DocumentRoot /mnt/repl#' /etc/apache/httpd.conf",
    ];
    const commands = commandsOf(plan);
    expect(commands).to.include.members(mended);
    expect(commands.filter((command) => !mended.includes(command))).to.deep.equal([
      'debian1+debian2: module-assistant prepare',
      'debian1+debian2: module-assistant update',
      'debian1+debian2: module-assistant auto-install drbd0.7-module-source',
      'debian1+debian2: modprobe drbd',
      'debian1+debian2: /etc/init.d/drbd start',
      'debian1+debian2: dmesg',
      'debian1+debian2: cat /proc/drbd',
      'debian1: drbdadm -- --do-what-I-say primary all',
      'debian1: mkfs.ext3 /dev/drbd0',
      'debian1: mount /dev/drbd0 /mnt/repl',
      'debian1: touch /mnt/repl/test',
      'debian1: ls /mnt/repl/',
      'debian1: drbdadm secondary repl',
      'debian2: drbdadm primary repl',
      'debian2: mount /dev/drbd0 /mnt/repl/',
      'debian2: ls /mnt/repl/',
      'debian1+debian2: chmod 0600 /etc/ha.d/authkeys',
      'debian1+debian2: update-rc.d -f apache remove',
      'debian1: /etc/init.d/heartbeat start',
      'debian2: /etc/init.d/heartbeat start',
      'debian1: ip addr show eth0',
      'debian1: mount',
      'debian1: /etc/init.d/heartbeat stop',
    ]);
  });

  it('unmounts before it demotes, on both servers, and leaves the device to heartbeat', () => {
    const commands = commandsOf(plan);
    for (const server of ['debian1', 'debian2'])
      expect(commands.indexOf(`${server}: umount /mnt/repl`)).to.equal(
        commands.indexOf(`${server}: drbdadm secondary repl`) - 1,
      );
  });

  it('installs what the article installs, and Apache', () => {
    const installed = plan.sections
      .flatMap((section) => section.steps)
      .flatMap((step) => (step.kind === 'packages' ? [step.packages.join(' ')] : []));
    expect(installed).to.deep.equal(['module-assistant', 'heartbeat', 'apache']);
  });

  it('has the machines of the article, and no other', () => {
    expect(plan.nodes).to.deep.equal([
      { name: 'debian1', role: 'server', addresses: ['192.168.69.14/24', '10.0.0.1/8'] },
      { name: 'debian2', role: 'server', addresses: ['192.168.69.15/24', '10.0.0.2/8'] },
    ]);
  });

  it('follows the settings', () => {
    const changed = period({
      deadtime: '20',
      warntime: '500ms',
      keepalive: '200ms',
      autoFailback: 'on',
      'filesystem.options': 'sync',
      'drbd.protocol': 'A',
      'drbd.resyncRate': '5M',
    });
    expect(fileOf(changed, '/etc/ha.d/ha.cf'))
      .to.include('auto_failback on\n')
      .and.include('keepalive 200ms\nwarntime 500ms\ndeadtime 20\n');
    expect(fileOf(changed, '/etc/ha.d/haresources')).to.include('::ext3::sync apache ');
    expect(fileOf(changed, '/etc/drbd.conf')).to.include('protocol A;').and.include('rate 5M;');
  });

  it('says in its errata what it mended', () => {
    const mended = plan.errata.filter((erratum) => /period: mended/.test(erratum.handling));
    expect(mended.map((erratum) => erratum.says)).to.deep.equal([
      'mount /dev/drbd0 /mnt/repl, on both servers.',
      'drbdadm secondary repl, right after ls /mnt/repl/.',
      'The test ends with /dev/drbd0 mounted on debian2, which stays Primary.',
      'apache, a resource that nothing has installed.',
    ]);
  });
});
