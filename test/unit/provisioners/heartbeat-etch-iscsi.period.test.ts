import { expect } from 'chai';
import type { Plan } from '../../../lab/plan.ts';
import { heartbeatEtchIscsi } from '../../../provisioners/heartbeat-etch-iscsi.ts';
import { commandsOf, fileOf, planOf } from '../plans/plan-of.ts';

function period(overrides: Record<string, unknown> = {}): Plan {
  return planOf('period', overrides, heartbeatEtchIscsi);
}

const plan = period();

describe('the period edition of heartbeat-etch-iscsi', () => {
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
      'mysql.isolation': 'REPEATABLE-READ',
    });
    expect(commandsOf(changed).join('\n')).to.contain('TRANSACTION ISOLATION LEVEL REPEATABLE READ;');
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
