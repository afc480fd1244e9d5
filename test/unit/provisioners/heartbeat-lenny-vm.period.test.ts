import { expect } from 'chai';
import type { Plan } from '../../../lab/plan.ts';
import { heartbeatLennyVm } from '../../../provisioners/heartbeat-lenny-vm.ts';
import { fileOf, planOf } from '../plans/plan-of.ts';

function period(overrides: Record<string, unknown> = {}): Plan {
  return planOf('period', overrides, heartbeatLennyVm);
}

const plan = period();

describe('the period edition of heartbeat-lenny-vm', () => {
  it('starts no virtual machine, as the article’s haresources does not, whatever is asked for', () => {
    const printed = fileOf(plan, '/etc/ha.d/haresources');
    expect(printed).to.match(/::ext3\n$/);
    expect(fileOf(period({ 'vm.autostart': 'on' }), '/etc/ha.d/haresources')).to.equal(printed);
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
