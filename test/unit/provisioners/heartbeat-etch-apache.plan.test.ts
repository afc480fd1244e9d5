import { expect } from 'chai';
import { UsageError } from '../../../lab/errors.ts';
import type { Plan } from '../../../lab/plan.ts';
import { resolveSettings } from '../../../lab/settings.ts';
import { heartbeatEtchApache } from '../../../provisioners/heartbeat-etch-apache.ts';
import { commandsOf, fileOf, planOf } from '../plans/plan-of.ts';

function current(overrides: Record<string, unknown> = {}): Plan {
  return planOf('current', overrides, heartbeatEtchApache);
}

const plan = current();

describe('the plan of heartbeat-etch-apache', () => {
  it('writes the article’s ha.cf for the crossover cable', () => {
    expect(fileOf(plan, '/etc/ha.d/ha.cf').split('\n')).to.deep.equal([
      'logfacility local0',
      'keepalive 2',
      'deadtime 60',
      'warntime 10',
      'initdead 80',
      'bcast eth2',
      'auto_failback off',
      'node nfs01',
      'node nfs02',
      '',
    ]);
  });

  it('moves heartbeat to the LAN and the serial line when asked', () => {
    const text = fileOf(current({ 'heartbeat.media': 'eth+serial' }), '/etc/ha.d/ha.cf');
    expect(text).to.include('bcast eth1\nbaud 9600\nserial /dev/ttyS1\n');
    expect(text).not.to.include('eth2');
    expect(heartbeatEtchApache.topology('current').serialLines).to.deep.equal([
      { between: ['nfs01', 'nfs02'] },
    ]);
  });

  it('keeps the order of resources of the article', () => {
    expect(fileOf(plan, '/etc/ha.d/haresources')).to.equal(
      'nfs01 192.168.33.20/24/eth1 IPaddr::192.168.33.100/24/eth1 drbddisk::repl ' +
        'Filesystem::/dev/drbd0::/mnt/repl::ext4::sync apache2 MailTo::admin@sv01.lab.example\n',
    );
    expect(fileOf(current({ 'filesystem.options': '' }), '/etc/ha.d/haresources')).to.include(
      '::ext4 apache2 ',
    );
  });

  it('replicates over the crossover cable, with internal meta-data', () => {
    const text = fileOf(plan, '/etc/drbd.d/repl.res');
    expect(text).to.include('address   10.0.0.1:7788;').and.include('address   10.0.0.2:7788;');
    expect(text.match(/meta-disk internal;/g)).to.have.length(2);
    expect(text).to.include('resync-rate 100M;').and.include('degr-wfc-timeout 120;');
    expect(text).not.to.include('handlers');
  });

  it('serves from the replicated device and takes uploads in one folder only', () => {
    const site = fileOf(plan, '/etc/apache2/sites-available/lab.conf');
    expect(site).to.include('DocumentRoot /mnt/repl/www\n');
    const [before = '', within = ''] = site.split('<Directory /mnt/repl/www/lab>');
    expect(before).not.to.include('Dav');
    expect(within).to.include('Dav On').and.include('Require ip 192.168.33.0/24');
  });

  it('starts heartbeat only after Apache was taken out of the boot and mail is on its way', () => {
    const commands = commandsOf(plan);
    const at = (part: string): number => commands.findIndex((command) => command.includes(part));
    const start = at('restart heartbeat');
    for (const part of [
      'stop apache2.service',
      'a2ensite -q lab',
      'drbdadm secondary repl',
      'restart opensmtpd',
    ])
      expect(at(part), part).to.be.within(0, start - 1);
    expect(commands.join('\n')).not.to.include('enable --no-reload apache2');
  });

  it('relays the mail of both servers to the client that keeps it', () => {
    expect(fileOf(plan, '/etc/smtpd.conf', 'nfs02')).to.include('relay host smtp://192.168.33.11');
    expect(fileOf(plan, '/etc/smtpd.conf', 'sv01')).to.include('listen on 192.168.33.11\n');
    expect(fileOf(plan, '/etc/mailname', 'sv01')).to.equal('sv01.lab.example\n');
  });

  it('is refused without the secret it needs', () => {
    const settings = resolveSettings(heartbeatEtchApache, 'current', {});
    expect(() => heartbeatEtchApache.plan('current', settings, {})).to.throw(TypeError, 'authkeys');
  });

  const refused: [string, Record<string, string>, RegExp][] = [
    [
      'a deadtime of twice keepalive',
      { deadtime: '4', warntime: '0' },
      /deadtime must be longer than twice keepalive/,
    ],
    ['a warntime above deadtime', { warntime: '70' }, /warntime must be shorter than deadtime/],
    ['an initdead below deadtime', { initdead: '50' }, /initdead must be at least deadtime/],
    ['another medium', { 'heartbeat.media': 'serial' }, /one of eth, eth\+serial/],
    ['mount options with a space', { 'filesystem.options': 'sync rw' }, /mount options of mount\(8\)/],
    ['mount options that end an argument', { 'filesystem.options': 'a=b::c' }, /two colons/],
    ['mount options for a shell', { 'filesystem.options': 'sync;reboot' }, /mount options of mount\(8\)/],
    [
      'more requests under way than a client has descriptors',
      { 'http.timeoutSeconds': '60', 'probe.intervalMs': '100' },
      /more than 500 requests/,
    ],
    ['no patience at all', { 'http.timeoutSeconds': '0' }, /seconds from 0.5 to 60/],
  ];
  for (const [what, overrides, rule] of refused)
    it(`refuses ${what}`, () => {
      expect(() => resolveSettings(heartbeatEtchApache, 'current', overrides)).to.throw(UsageError, rule);
    });
});
