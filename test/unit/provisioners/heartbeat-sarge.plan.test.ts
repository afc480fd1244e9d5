import { expect } from 'chai';
import { UsageError } from '../../../lab/errors.ts';
import { resolveSettings } from '../../../lab/settings.ts';
import { Topology } from '../../../lab/topology.ts';
import { heartbeatSarge } from '../../../provisioners/heartbeat-sarge.ts';
import { commandsOf, fileOf, planOf } from '../plans/plan-of.ts';

describe('the plan of heartbeat-sarge', () => {
  for (const edition of heartbeatSarge.editions) {
    it(`is the same every time (${edition})`, () => {
      expect(JSON.stringify(planOf(edition))).to.equal(JSON.stringify(planOf(edition)));
    });

    it(`names only nodes of its topology, and secrets only where they belong (${edition})`, () => {
      const names = Topology.parse(heartbeatSarge.topology(edition)).nodes.map((node) => node.name);
      const plan = planOf(edition);
      expect(plan.nodes.map((node) => node.name)).to.deep.equal(names);
      for (const step of plan.sections.flatMap((section) => section.steps)) {
        expect(names).to.include.members([...step.nodes]);
        expect(step.nodes).not.to.be.empty;
        if (step.kind !== 'file' || step.secret !== true)
          expect(JSON.stringify(step)).not.to.contain('c0ffee5ec2e7');
      }
    });
  }

  describe('edition current', () => {
    const plan = planOf('current');

    it('writes ha.cf from the settings', () => {
      expect(
        fileOf(
          planOf('current', { deadtime: '30', keepalive: '500ms', autoFailback: 'off' }),
          '/etc/ha.d/ha.cf',
        ),
      ).to.equal(
        [
          'logfacility local0',
          'keepalive 500ms',
          'deadtime 30',
          'warntime 15',
          'initdead 30',
          'bcast eth1',
          'auto_failback off',
          'node nfs01',
          'node nfs02',
          '',
        ].join('\n'),
      );
    });

    it('adds a serial line between the servers when asked, and no cable otherwise', () => {
      const asked = { 'heartbeat.media': 'eth+serial' };
      expect(fileOf(planOf('current', asked), '/etc/ha.d/ha.cf')).to.include(
        'bcast eth1\nbaud 19200\nserial /dev/ttyS1\nauto_failback',
      );
      expect(fileOf(plan, '/etc/ha.d/ha.cf')).not.to.include('serial');
      const machines = (overrides: Record<string, string>): Topology =>
        heartbeatSarge.topology('current', resolveSettings(heartbeatSarge, 'current', overrides));
      expect(Topology.parse(machines(asked)).serialLines).to.deep.equal([{ between: ['nfs01', 'nfs02'] }]);
      expect(machines({}).serialLines).to.equal(undefined);
      expect(heartbeatSarge.topology('current')).to.deep.equal(machines({}));
    });

    it('keeps the order of resources of the article', () => {
      expect(fileOf(plan, '/etc/ha.d/haresources')).to.equal(
        'nfs01 IPaddr::192.168.33.20/24/eth1 drbddisk::r0 Filesystem::/dev/drbd0::/data::ext4 nfs-kernel-server\n',
      );
    });

    it('puts the secret into authkeys, readable by root alone', () => {
      expect(fileOf(plan, '/etc/ha.d/authkeys')).to.equal('auth 1\n1 sha1 c0ffee5ec2e7\n');
      const step = plan.sections
        .flatMap((section) => section.steps)
        .find((each) => each.kind === 'file' && each.path === '/etc/ha.d/authkeys');
      expect(step).to.include({ mode: 0o600, secret: true });
    });

    it('is refused without the secret it needs', () => {
      const settings = resolveSettings(heartbeatSarge, 'current', {});
      expect(heartbeatSarge.secretNames).to.deep.equal(['authkeys']);
      expect(() => heartbeatSarge.plan('current', settings, {})).to.throw(TypeError, 'authkeys');
    });

    it('takes protocol and rate of DRBD from the settings, with external meta-data', () => {
      const text = fileOf(
        planOf('current', { 'drbd.protocol': 'A', 'drbd.resyncRate': '33M' }),
        '/etc/drbd.d/r0.res',
      );
      expect(text).to.contain('protocol A;').and.to.contain('resync-rate 33M;');
      expect(text.match(/meta-disk \/dev\/loop1;/g)).to.have.length(2);
      expect(text)
        .to.contain('address   192.168.33.21:7788;')
        .and.to.contain('address   192.168.33.22:7788;');
    });

    it('makes images of the size asked for', () => {
      const commands = commandsOf(planOf('current', { 'drbd.size': '1G' }));
      expect(commands).to.include('nfs01+nfs02: truncate -s 1024M /var/lib/lab/drbd-r0.img');
      expect(commands).to.include('nfs01+nfs02: truncate -s 1M /var/lib/lab/drbd-meta.img');
    });

    it('declares the replicas equal on one server only, and never syncs them', () => {
      const commands = commandsOf(plan);
      expect(commands.filter((command) => command.includes('new-current-uuid'))).to.deep.equal([
        'nfs01: drbdadm new-current-uuid --clear-bitmap r0/0',
      ]);
      expect(commands.join('\n')).not.to.contain('do-what-I-say').and.not.to.contain('--force primary');
    });

    it('starts heartbeat only after NFS was taken out of the boot, and mounts last', () => {
      const commands = commandsOf(plan);
      const at = (part: string): number => commands.findIndex((command) => command.includes(part));
      expect(at('systemctl disable --no-reload nfs-server.service')).to.be.within(0, at('restart heartbeat'));
      expect(at('mv /var/lib/nfs')).to.be.within(0, at('restart heartbeat'));
      expect(at('mountpoint -q /data || mount /data')).to.equal(commands.length - 1);
    });

    it('mounts with the version and the options asked for', () => {
      const commands = commandsOf(
        planOf('current', { 'nfs.version': '4.2', 'nfs.mountOptions': 'hard,timeo=50' }),
      );
      expect(commands).to.include(
        "sv01+sv02: echo '192.168.33.20:/data/export /data nfs noauto,_netdev,hard,timeo=50,vers=4.2 0 0' >> /etc/fstab",
      );
    });

    const contradictions: [string, Record<string, string>, RegExp][] = [
      ['hard and soft', { 'nfs.mountOptions': 'hard,soft' }, /hard and soft contradict each other/],
      ['NFSv4 over UDP', { 'nfs.mountOptions': 'udp', 'nfs.version': '4.2' }, /NFSv4 runs over TCP/],
      ['locks of NFSv3 in NFSv4', { 'nfs.mountOptions': 'nolock', 'nfs.version': '4.1' }, /of NFSv3/],
      ['a timeo of nothing', { 'nfs.mountOptions': 'timeo=0' }, /timeo is a whole number from 1/],
      [
        'a grace period shorter than the lease',
        { 'nfs.leaseTime': '60', 'nfs.graceTime': '30' },
        /graceTime must be at least leaseTime/,
      ],
    ];
    for (const [what, overrides, rule] of contradictions)
      it(`is refused with ${what}`, () => {
        expect(() => planOf('current', overrides)).to.throw(UsageError, rule);
      });

    it('gives every node one clock', () => {
      expect(fileOf(plan, '/etc/chrony/chrony.conf', 'sv01')).to.contain(
        'local stratum 8\nallow 192.168.33.0/24',
      );
      for (const node of ['sv02', 'nfs01', 'nfs02'])
        expect(fileOf(plan, '/etc/chrony/chrony.conf', node)).to.contain('server 192.168.33.11 ');
    });

    it('sets grace and lease of the NFS server', () => {
      const text = fileOf(
        planOf('current', { 'nfs.leaseTime': '15', 'nfs.graceTime': '20' }),
        '/etc/nfs.conf.d/lab.conf',
      );
      expect(text).to.contain('lease-time=15\ngrace-time=20\n');
    });

    it('resolves every name to one address', () => {
      const lines = fileOf(plan, '/etc/hosts').trim().split('\n');
      expect(lines).to.include('192.168.33.21   nfs01.lab.example nfs01');
      expect(lines).to.include('192.168.33.20   nfs.lab.example nfs');
      const names = lines.slice(2).map((line) => line.split(' ').at(-1));
      expect(new Set(names).size).to.equal(names.length);
    });
  });

  it('runs on a platform whose image has every package it installs', () => {
    const image = heartbeatSarge.platform('current').image?.packages ?? [];
    for (const step of planOf('current').sections.flatMap((section) => section.steps))
      if (step.kind === 'packages') expect(image).to.include.members([...step.packages]);
  });
});
