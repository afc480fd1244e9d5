import { expect } from 'chai';
import type { Plan } from '../../../lab/plan.ts';
import { heartbeatEtchApache } from '../../../provisioners/heartbeat-etch-apache.ts';
import { vagrantfile } from '../../../Vagrantfile.ts';
import { stackRequest } from '../../fixtures/vagrant-labs.ts';
import { commandsOf, fileOf, planOf } from '../plans/plan-of.ts';

function period(overrides: Record<string, unknown> = {}): Plan {
  return planOf('period', overrides, heartbeatEtchApache);
}

const plan = period();

describe('the period edition of heartbeat-etch-apache', () => {
  it('unmounts before it demotes, on both servers, and leaves the device to heartbeat', () => {
    const commands = commandsOf(plan);
    for (const server of ['debian1', 'debian2'])
      expect(commands.indexOf(`${server}: umount /mnt/repl`)).to.equal(
        commands.indexOf(`${server}: drbdadm secondary repl`) - 1,
      );
  });

  it('has the machines of the article, and no other', () => {
    expect(plan.nodes).to.deep.equal([
      { name: 'debian1', role: 'server', addresses: ['192.168.69.14/24', '10.0.0.1/8'] },
      { name: 'debian2', role: 'server', addresses: ['192.168.69.15/24', '10.0.0.2/8'] },
    ]);
  });

  it('says where a port or card of its machines is another one than in the article’s files', () => {
    const text = vagrantfile(stackRequest(heartbeatEtchApache, 'period', 'virtualbox'));
    const [port = ''] = /ttyS\d/.exec(text) ?? [];
    expect(fileOf(period({ 'heartbeat.media': 'eth+serial' }), '/etc/ha.d/ha.cf')).not.to.contain(port);
    const erratum = plan.errata.find(({ says }) => says === 'serial /dev/ttyS0');
    expect(erratum?.handling).to.contain(`lab vagrantfile the cable is in the second ports, /dev/${port}`);
    expect(plan.introduction.join('\n')).to.contain('eth0, is Vagrant’s own');
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
