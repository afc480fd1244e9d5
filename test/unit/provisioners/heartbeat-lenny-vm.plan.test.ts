import { expect } from 'chai';
import { UsageError } from '../../../lab/errors.ts';
import type { Plan } from '../../../lab/plan.ts';
import { resolveSettings } from '../../../lab/settings.ts';
import { heartbeatLennyVm } from '../../../provisioners/heartbeat-lenny-vm.ts';
import { commandsOf, fileOf, planOf } from '../plans/plan-of.ts';

function current(overrides: Record<string, unknown> = {}): Plan {
  return planOf('current', overrides, heartbeatLennyVm);
}

const plan = current();

describe('the plan of heartbeat-lenny-vm', () => {
  it('lets each server speak to the other one over the cable, with heartbeat’s own times', () => {
    const lines = (peer: string): string[] => [
      'logfacility local0',
      'keepalive 1',
      'deadtime 30',
      'warntime 15',
      'initdead 30',
      `ucast eth2 ${peer}`,
      'auto_failback on',
      'node nfs01',
      'node nfs02',
      '',
    ];
    expect(fileOf(plan, '/etc/ha.d/ha.cf', 'nfs01').split('\n')).to.deep.equal(lines('192.168.1.12'));
    expect(fileOf(plan, '/etc/ha.d/ha.cf', 'nfs02').split('\n')).to.deep.equal(lines('192.168.1.11'));
  });

  it('authenticates by a check sum, as documented, and needs no secret', () => {
    expect(fileOf(plan, '/etc/ha.d/authkeys')).to.equal('auth 1\n1 crc\n');
    expect(heartbeatLennyVm.secretNames).to.deep.equal([]);
  });

  it('adds to haresources what starts the virtual machine', () => {
    expect(fileOf(plan, '/etc/ha.d/haresources')).to.equal(
      'nfs01 drbddisk::r0 Filesystem::/dev/drbd0::/data::ext4 vm::vm1\n',
    );
  });

  it('starts it by hand, once, in the article’s form', () => {
    const off = current({ 'vm.autostart': 'off' });
    expect(fileOf(off, '/etc/ha.d/haresources')).to.equal(
      'nfs01 drbddisk::r0 Filesystem::/dev/drbd0::/data::ext4\n',
    );
    const byHand = 'nfs01: /etc/ha.d/resource.d/vm vm1 start';
    expect(commandsOf(off)).to.include(byHand);
    expect(commandsOf(plan)).not.to.include(byHand);
  });

  it('replicates over the crossover cable, at the article’s port, with internal meta-data', () => {
    const text = fileOf(plan, '/etc/drbd.d/r0.res');
    expect(text).to.include('address   192.168.1.11:7789;').and.include('address   192.168.1.12:7789;');
    expect(text.match(/meta-disk internal;/g)).to.have.length(2);
    expect(text).to.include('resync-rate 10M;').and.include('wfc-timeout 60;');
    expect(fileOf(current({ 'drbd.resyncRate': '0' }), '/etc/drbd.d/r0.res')).not.to.include('resync-rate');
  });

  it('resolves the names of the servers to the network of the clients', () => {
    expect(fileOf(plan, '/etc/hosts')).to.include('192.168.33.21').and.not.include('192.168.1.1');
  });

  it('makes the disk of the virtual machine on the mirror, before heartbeat is started', () => {
    const commands = commandsOf(plan);
    const at = (part: string): number => commands.findIndex((command) => command.includes(part));
    const order = [
      'nfs01: mount -t ext4 /dev/drbd0 /data',
      'mke2fs -q -F -t ext4',
      'nfs01: umount /data',
      'nfs01: drbdadm secondary r0',
      'restart heartbeat',
    ].map(at);
    expect(order).to.deep.equal([...order].sort((a, b) => a - b));
    expect(order[0]).to.be.at.least(0);
    expect(commands.join('\n')).to.include('of=/data/VMs/vm1.img').and.not.include('enable --no-reload vm');
  });

  it('has the hypervisor on both servers and the disk on the first', () => {
    for (const path of [
      '/etc/systemd/system/vm.service',
      '/etc/ha.d/resource.d/vm',
      '/usr/local/sbin/vm-shutdown',
    ])
      for (const server of ['nfs01', 'nfs02']) expect(fileOf(plan, path, server)).not.to.equal('');
    expect(() => fileOf(plan, '/usr/local/lib/vm/server', 'nfs02')).to.throw('no step writes');
    expect(fileOf(plan, '/usr/local/lib/vm/inittab', 'nfs01')).to.include(
      '/srv/server 80 /srv/www /records /etc/network',
    );
  });

  it('follows the settings of the virtual machine', () => {
    const unit = fileOf(
      current({ 'vm.memory': '96M', 'vm.stopSeconds': '7' }),
      '/etc/systemd/system/vm.service',
    );
    expect(unit).to.include('mem=96M').and.include('TimeoutStopSec=7\n');
  });

  const refused: [string, Record<string, string>, RegExp][] = [
    [
      'a deadtime of twice keepalive',
      { deadtime: '4', keepalive: '2' },
      /deadtime must be longer than twice keepalive/,
    ],
    ['an initdead below deadtime', { initdead: '20' }, /initdead must be at least deadtime/],
    ['a device without room for the disk', { 'drbd.size': '40' }, /needs 48 MiB around it/],
    ['too little memory', { 'vm.memory': '16' }, /MiB from 40 to 192/],
    ['a machine that is never killed', { 'vm.stopSeconds': '0' }, /whole seconds from 1 to 600/],
    ['another start', { 'vm.autostart': 'maybe' }, /on or off/],
    [
      'more requests under way than a client has descriptors',
      { 'http.timeoutSeconds': '60', 'probe.intervalMs': '100' },
      /more than 500 requests/,
    ],
  ];
  for (const [what, overrides, rule] of refused)
    it(`refuses ${what}`, () => {
      expect(() => resolveSettings(heartbeatLennyVm, 'current', overrides)).to.throw(UsageError, rule);
    });
});
