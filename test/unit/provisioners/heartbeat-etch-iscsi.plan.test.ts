import { expect } from 'chai';
import { UsageError } from '../../../lab/errors.ts';
import type { Plan } from '../../../lab/plan.ts';
import { resolveSettings } from '../../../lab/settings.ts';
import { addressOn } from '../../../lab/topology.ts';
import { heartbeatEtchIscsi } from '../../../provisioners/heartbeat-etch-iscsi.ts';
import { commandsOf, fileOf, planOf } from '../plans/plan-of.ts';

function current(overrides: Record<string, unknown> = {}): Plan {
  return planOf('current', overrides, heartbeatEtchIscsi);
}

const plan = current();
const asInTheArticle = current({ 'iscsi.ha': 'off' });

describe('the plan of heartbeat-etch-iscsi', () => {
  it('bonds three cards of each server in the article’s mode, before anything else', () => {
    expect(fileOf(plan, '/etc/network/interfaces.d/bond0', 'nfs02').split('\n')).to.deep.equal([
      'auto bond0',
      'iface bond0 inet static',
      '  address 192.168.33.22/24',
      '  pre-up ip link add bond0 type bond mode balance-rr miimon 100 updelay 200 downdelay 200',
      ...['eth1', 'eth2', 'eth3'].flatMap((slave) => [
        `  pre-up ip link set dev ${slave} down`,
        `  pre-up ip link set dev ${slave} master bond0`,
      ]),
      '  post-down ip link del bond0',
      '',
    ]);
    expect(plan.sections[0]?.articleSection).to.equal('Setup NIC-Bonding');
    const topology = heartbeatEtchIscsi.topology('current');
    expect(addressOn(topology, 'nfs01', 'cluster')).to.equal('192.168.33.21');
    expect(fileOf(plan, '/etc/hosts', 'sv01')).to.include('192.168.33.22   nfs02.lab.example nfs02\n');
    for (const node of topology.nodes.filter(({ role }) => role === 'server'))
      expect(node.nics.every((nic) => nic.promiscuous === true && nic.address === undefined)).to.equal(true);
  });

  it('replicates a logical volume, by its name, with external meta-data', () => {
    const text = fileOf(plan, '/etc/drbd.d/r0.res');
    expect(text.match(/disk {6}\/dev\/vol\/data;/g)).to.have.length(2);
    expect(text.match(/meta-disk \/dev\/loop1;/g)).to.have.length(2);
    expect(text).to.include('address   192.168.33.21:7788;').and.include('resync-rate 10M;');
    const commands = commandsOf(plan).join('\n');
    expect(commands).to.include('vgcreate -q --physicalextentsize 1m vol /dev/loop0');
    expect(commands).to.include('truncate -s 105M /var/lib/lab/drbd-r0.img');
  });

  it('writes the article’s ha.cf, on the bond', () => {
    expect(fileOf(plan, '/etc/ha.d/ha.cf').split('\n')).to.deep.equal([
      'logfacility local0',
      'keepalive 2',
      'deadtime 10',
      'warntime 5',
      'initdead 30',
      'bcast bond0',
      'auto_failback on',
      'node nfs01',
      'node nfs02',
      '',
    ]);
  });

  it('moves the target with the service, behind the resources of the article', () => {
    expect(fileOf(plan, '/etc/ha.d/haresources')).to.equal(
      'nfs01 IPaddr::192.168.33.20/24/bond0 drbddisk::r0 Filesystem::/dev/drbd0::/data::ext4 nfs-kernel-server iscsi-target\n',
    );
    expect(fileOf(plan, '/etc/tgt/conf.d/lab.conf')).to.include(
      '<backing-store /data/iscsi/LUN2>\n        lun 3\n',
    );
    expect(fileOf(plan, '/etc/systemd/system/tgt.service.d/lab.conf')).to.include(
      'portal=192.168.33.20:3260\n',
    );
    const commands = commandsOf(plan);
    expect(commands).to.include('nfs01+nfs02: systemctl stop tgt.service');
    expect(commands.join('\n')).not.to.include('enable --no-reload tgt.service');
  });

  it('leaves the target to one server where the article is to be seen', () => {
    expect(fileOf(asInTheArticle, '/etc/ha.d/haresources')).to.equal(
      'nfs01 IPaddr::192.168.33.20/24/bond0 drbddisk::r0 Filesystem::/dev/drbd0::/data::ext4 nfs-kernel-server\n',
    );
    expect(fileOf(asInTheArticle, '/etc/tgt/conf.d/lab.conf')).to.include(
      '<backing-store /home/iSCSI/LUN0>\n',
    );
    const commands = commandsOf(asInTheArticle);
    expect(commands).to.include('nfs01: systemctl enable --no-reload tgt.service');
    expect(commands.join('\n')).to.include('iscsiadm -m discovery -t sendtargets -p 192.168.33.21');
    expect(() => fileOf(asInTheArticle, '/etc/ha.d/resource.d/iscsi-target')).to.throw();
    expect(() => fileOf(asInTheArticle, '/etc/systemd/system/tgt.service.d/lab.conf')).to.throw();
    expect(() => fileOf(asInTheArticle, '/etc/tgt/conf.d/lab.conf', 'nfs02')).to.throw();
  });

  it('gives every client a name and a disk of its own', () => {
    const names = ['sv01', 'sv02'].map((name) => fileOf(plan, '/etc/iscsi/initiatorname.iscsi', name));
    expect(new Set(names).size).to.equal(2);
    const commands = commandsOf(plan);
    const disk = (lun: number): string =>
      `/dev/disk/by-path/ip-192.168.33.20:3260-iscsi-iqn.2001-04.com.example:storage.disk2.sys1.xyz-lun-${String(lun)}`;
    for (const [n, name] of ['sv01', 'sv02'].entries()) {
      const made = commands.filter((command) => command.startsWith(`${name}: mkfs.ext4`));
      expect(made).to.have.length(1);
      expect(made[0]).to.include(disk(n + 1));
    }
    expect(heartbeatEtchIscsi.workload(resolveSettings(heartbeatEtchIscsi, 'current', {}))).to.deep.equal({
      kind: 'block-append',
      directory: '/mnt/lun',
      intervalMs: 100,
    });
  });

  it('makes the level of MySQL permanent, and keeps it on loopback', () => {
    const text = fileOf(plan, '/etc/mysql/mariadb.conf.d/90-lab.cnf');
    expect(text)
      .to.include('transaction-isolation = READ-COMMITTED\n')
      .and.include('bind-address = 127.0.0.1\n');
    expect(commandsOf(plan)).to.include('nfs01+nfs02: systemctl enable --no-reload mariadb.service');
  });

  it('acknowledges nothing that is only in the memory of one server, unless asked to', () => {
    expect(fileOf(plan, '/etc/tgt/conf.d/lab.conf')).to.include('write-cache off\n');
    expect(fileOf(current({ 'iscsi.writeCache': 'on' }), '/etc/tgt/conf.d/lab.conf')).to.include(
      'write-cache on\n',
    );
  });

  it('hands the settings of initiator and bond through', () => {
    const changed = current({
      'iscsi.replacementTimeout': '60',
      'iscsi.noopInterval': '0',
      'iscsi.noopTimeout': '0',
      'iscsi.loginTimeout': '5',
      'bond.mode': 'active-backup',
      'bond.miimon': '50',
    });
    expect(fileOf(changed, '/etc/iscsi/iscsid.conf'))
      .to.include('replacement_timeout = 60\n')
      .and.include('login_timeout = 5\n')
      .and.include('noop_out_interval = 0\n');
    expect(fileOf(changed, '/etc/network/interfaces.d/bond0')).to.include('mode active-backup miimon 50 ');
  });

  it('says that there is no openQRM', () => {
    expect(plan.introduction.join(' ')).to.include('openQRM');
    expect(plan.errata.some((erratum) => /openQRM/.test(erratum.right + erratum.says))).to.equal(true);
  });

  it('is refused without the secret it needs', () => {
    const settings = resolveSettings(heartbeatEtchIscsi, 'current', {});
    expect(() => heartbeatEtchIscsi.plan('current', settings, {})).to.throw(TypeError, 'authkeys');
  });

  const refused: [string, Record<string, string>, RegExp][] = [
    ['a deadtime of twice keepalive', { deadtime: '4' }, /deadtime must be longer than twice keepalive/],
    ['a delay that is no multiple of miimon', { 'bond.updelay': '150' }, /a delay is a multiple of miimon/],
    ['a mode that wants a partner', { 'bond.mode': '802.3ad' }, /one of balance-rr, active-backup/],
    ['LUNs that do not fit', { 'iscsi.lunSize': '32' }, /3 LUNs and 32 MiB .* must fit/],
    ['clients that give up too soon', { 'iscsi.replacementTimeout': '10' }, /give their disk up before/],
    ['half of the pings', { 'iscsi.noopInterval': '0' }, /both or none/],
    ['another level', { 'mysql.isolation': 'READ COMMITTED' }, /one of READ-COMMITTED/],
  ];
  for (const [what, overrides, rule] of refused)
    it(`refuses ${what}`, () => {
      expect(() => resolveSettings(heartbeatEtchIscsi, 'current', overrides)).to.throw(UsageError, rule);
    });

  it('does not ask where the LUNs fit when they are not on the replicated device', () => {
    expect(() =>
      resolveSettings(heartbeatEtchIscsi, 'current', {
        'iscsi.lunSize': '64',
        'iscsi.ha': 'off',
        'iscsi.replacementTimeout': '5',
      }),
    ).not.to.throw();
  });
});
