import { expect } from 'chai';
import { XMLParser } from 'fast-xml-parser';
import { UsageError } from '../../../lab/errors.ts';
import { resolveSettings } from '../../../lab/settings.ts';
import { Topology } from '../../../lab/topology.ts';
import { pacemakerCentos7 } from '../../../provisioners/pacemaker-centos7.ts';
import { leftOpen } from '../../fixtures/xml.ts';
import { commandsOf, fileOf, planOf } from '../plans/plan-of.ts';

const current = (overrides: Record<string, string> = {}): ReturnType<typeof planOf> =>
  planOf('current', overrides, pacemakerCentos7);
const plan = current();
const cibFile = '/root/lab-cib.xml';
const cib = (overrides: Record<string, string> = {}): string => fileOf(current(overrides), cibFile);

/** Ids of the resources inside the element that begins with `opening`, in order. */
function inside(xml: string, opening: string): string[] {
  const body = xml.slice(xml.indexOf(opening));
  const closing = `</${/^<(\S+)/.exec(opening)?.[1] ?? ''}>`;
  return [...body.slice(0, body.indexOf(closing)).matchAll(/<primitive id="([^"]+)"/g)].map(
    (match) => match[1] ?? '',
  );
}

describe('the plan of pacemaker-centos7', () => {
  for (const edition of pacemakerCentos7.editions) {
    it(`is the same every time (${edition})`, () => {
      const again = planOf(edition, {}, pacemakerCentos7);
      expect(JSON.stringify(again)).to.equal(JSON.stringify(planOf(edition, {}, pacemakerCentos7)));
    });

    it(`names only nodes of its topology (${edition})`, () => {
      const names = Topology.parse(pacemakerCentos7.topology(edition)).nodes.map((node) => node.name);
      const made = planOf(edition, {}, pacemakerCentos7);
      expect(made.nodes.map((node) => node.name)).to.deep.equal(names);
      for (const step of made.sections.flatMap((section) => section.steps)) {
        expect(names).to.include.members([...step.nodes]);
        expect(step.nodes).not.to.be.empty;
      }
    });
  }

  it('runs on a platform whose image has every package it installs', () => {
    const image = pacemakerCentos7.platform('current').image?.packages ?? [];
    for (const step of plan.sections.flatMap((section) => section.steps))
      if (step.kind === 'packages') expect(image).to.include.members([...step.packages]);
  });

  it('writes corosync.conf with every key and brace on a line of its own', () => {
    const text = fileOf(current({ token: '1500' }), '/etc/corosync/corosync.conf');
    expect(text).to.contain('    token: 1500\n').and.to.contain('    transport: udpu\n');
    expect(text).to.contain('    two_node: 1\n').and.to.contain('        name: nfs02\n        nodeid: 2\n');
    for (const line of text.split('\n')) expect(line).to.match(/^ *(?:\w+ \{|\}|\w+: \S.*|)$/);
    expect(text).not.to.contain('rrp_mode').and.not.to.contain('mcastaddr');
  });

  it('replicates a file behind a loop device, meta-data inside, with the article’s port', () => {
    const text = fileOf(current({ 'drbd.protocol': 'B', 'drbd.resyncRate': '33M' }), '/etc/drbd.d/nfs.res');
    expect(text).to.contain('protocol B;').and.to.contain('resync-rate 33M;');
    expect(text.match(/meta-disk internal;/g)).to.have.length(2);
    expect(text).to.contain('192.168.33.21:7791;').and.to.contain('192.168.33.22:7791;');
    expect(text).not.to.contain('startup').and.not.to.contain('handlers');
    expect(fileOf(current({ 'drbd.resyncRate': '0' }), '/etc/drbd.d/nfs.res')).not.to.contain('resync-rate');
    expect(commandsOf(current({ 'drbd.size': '1G' }))).to.include(
      'nfs01+nfs02: truncate -s 1024M /var/opt/drbddisk',
    );
  });

  it('forbids its peer to be promoted when replication breaks, where it is told to', () => {
    const path = '/etc/drbd.d/nfs.res';
    const strict = { fencing: 'host', 'drbd.fencing': 'resource-and-stonith' };
    for (const edition of ['current', 'period'] as const) {
      const text = fileOf(planOf(edition, strict, pacemakerCentos7), path);
      expect(text).to.match(/disk \{[^}]*fencing resource-and-stonith;[^}]*\}/);
      expect(text).to.match(
        /handlers \{\s+fence-peer "\/usr\/lib\/drbd\/crm-fence-peer.sh";\s+after-resync-target "\/usr\/lib\/drbd\/crm-unfence-peer.sh";\s+\}/,
      );
      expect(fileOf(planOf(edition, { fencing: 'host' }, pacemakerCentos7), path)).not.to.contain('fencing');
    }
  });

  it('declares the replicas equal on one server only, and leaves DRBD to Pacemaker', () => {
    const commands = commandsOf(plan);
    expect(commands.filter((command) => command.includes('new-current-uuid'))).to.deep.equal([
      'nfs01: drbdadm new-current-uuid --clear-bitmap nfs/0',
    ]);
    const at = (part: string): number => commands.findIndex((command) => command.includes(part));
    expect(at('drbdadm down nfs')).to.be.within(0, at('systemctl start pacemaker'));
    expect(commands.join('\n')).not.to.contain('primary nfs --force');
  });

  it('verifies the configuration before it is pushed as a whole', () => {
    const commands = commandsOf(plan);
    const verified = commands.indexOf(`nfs01: crm_verify --xml-file ${cibFile}`);
    expect(verified).to.be.above(0);
    expect(commands[verified + 1]).to.equal(
      `nfs01: cibadmin --replace --scope configuration --xml-file ${cibFile}`,
    );
  });

  it('looks at the agent before there are resources', () => {
    const commands = commandsOf(plan);
    const at = (part: string): number => commands.findIndex((command) => command.includes(part));
    expect(at('nfsserver_start frommonitor')).to.be.within(0, at('cibadmin'));
  });

  it('starts a server at boot only with autostart', () => {
    const enabled = (overrides: Record<string, string>): string[] =>
      commandsOf(current(overrides)).filter((command) =>
        /enable .*(?:loop-disks|pacemaker)\.service/.test(command),
      );
    expect(enabled({})).to.have.length(2);
    expect(enabled({ autostart: 'off' })).to.deep.equal([]);
    expect(commandsOf(current({ autostart: 'off' }))).to.include(
      'nfs01+nfs02: losetup /dev/loop0 /var/opt/drbddisk',
    );
  });

  it('mounts as the article, with the version that its clients end up with', () => {
    expect(commandsOf(plan).at(-1)).to.contain(
      'mount -t nfs nfsvip:/drbd/nfs/nfsroot /mnt -o rw,rsize=8192,wsize=8192,soft,intr,timeo=20,retrans=3,vers=3',
    );
  });
});

describe('the configuration of Pacemaker', () => {
  it('is well-formed and has no id twice, in every form', () => {
    for (const overrides of [
      { nfsserver: 'agent' },
      { nfsserver: 'cloned' },
      { nfsserver: 'cloned-subdir' },
      { fencing: 'host' },
    ]) {
      const xml = cib(overrides);
      expect(leftOpen(xml)).to.deep.equal([]);
      const ids = [...xml.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
      expect(new Set(ids).size).to.equal(ids.length);
    }
  });

  it('has the article’s properties, defaults and timeouts', () => {
    const xml = cib({
      'nfsserver.startTimeout': '20',
      'nfsserver.stopTimeout': '20',
      'nfsserver.monitorTimeout': '10',
    });
    const values: [string, string][] = [
      ['stonith-enabled', 'false'],
      ['no-quorum-policy', 'ignore'],
      ['start-failure-is-fatal', 'false'],
      ['migration-threshold', '5'],
      ['resource-stickiness', 'INFINITY'],
      ['failure-timeout', '3600s'],
      ['drbd_resource', 'nfs'],
      ['fstype', 'xfs'],
      ['directory', '/drbd/nfs'],
      ['ip', '192.168.33.20'],
      ['cidr_netmask', '24'],
      ['nfs_shared_infodir', '/drbd/nfs/var-lib-nfs'],
      ['clientspec', '192.168.33.0/24'],
      ['options', 'rw,no_root_squash'],
      ['directory', '/drbd/nfs/nfsroot'],
      ['fsid', 'root'],
      ['notify', 'true'],
      ['promotable', 'true'],
    ];
    for (const [name, value] of values) expect(xml).to.contain(`name="${name}" value="${value}"/>`);
    const operations: string[] = [
      'drbd-start-0s" name="start" interval="0s" timeout="240s" on-fail="restart"',
      'drbd-stop-0s" name="stop" interval="0s" timeout="100s" on-fail="block"',
      'drbd-monitor-20s" name="monitor" interval="20s" timeout="20s" on-fail="restart" start-delay="60s"',
      'fs-start-0s" name="start" interval="0s" timeout="60s" on-fail="restart"',
      'fs-stop-0s" name="stop" interval="0s" timeout="60s" on-fail="block"',
      'fs-monitor-10s" name="monitor" interval="10s" timeout="60s" on-fail="restart"',
      'vip-start-0s" name="start" interval="0s" timeout="20s" on-fail="restart"',
      'vip-stop-0s" name="stop" interval="0s" timeout="20s" on-fail="block"',
      'vip-monitor-10s" name="monitor" interval="10s" timeout="20s" on-fail="restart"',
      'nfsserver-start-0s" name="start" interval="0s" timeout="20s"',
      'nfsserver-stop-0s" name="stop" interval="0s" timeout="20s"',
      'nfsserver-monitor-10s" name="monitor" interval="10s" timeout="10s" on-fail="restart" start-delay="20s"',
    ];
    for (const operation of operations) expect(xml).to.contain(`<op id="${operation}/>`);
  });

  it('starts the group in the order asked for', () => {
    const group = (overrides: Record<string, string>): string[] =>
      inside(cib(overrides), '<group id="group-nfs">');
    expect(group({})).to.deep.equal(['fs', 'vip', 'nfsserver', 'exportfs']);
    expect(group({ order: 'export-before-address' })).to.deep.equal(['fs', 'nfsserver', 'exportfs', 'vip']);
    expect(group({ nfsserver: 'cloned' })).to.deep.equal(['fs', 'vip']);
    expect(group({ nfsserver: 'cloned-subdir' })).to.deep.equal(['fs', 'vip', 'exportfs']);
    expect(group({ nfsserver: 'cloned-subdir', order: 'export-before-address' })).to.deep.equal([
      'fs',
      'exportfs',
      'vip',
    ]);
  });

  it('clones what runs on both servers', () => {
    expect(inside(cib({ nfsserver: 'cloned' }), '<clone id="group-nfsserver-clone">')).to.deep.equal([
      'nfsserver',
      'exportfs',
    ]);
    expect(cib({ nfsserver: 'cloned' })).to.contain('name="directory" value="/drbd/nfs"/>');
    expect(inside(cib({ nfsserver: 'cloned-subdir' }), '<clone id="nfsserver-clone">')).to.deep.equal([
      'nfsserver',
    ]);
    expect(cib({ nfsserver: 'cloned-subdir' })).to.contain(
      'rsc="group-nfs" with-rsc="nfsserver-clone" score="INFINITY"',
    );
  });

  it('places the group with the promoted instance, after its promotion', () => {
    expect(cib()).to.contain(
      'rsc="group-nfs" with-rsc="drbd-master" with-rsc-role="Promoted" score="INFINITY"',
    );
    expect(cib()).to.contain(
      'first="drbd-master" first-action="promote" then="group-nfs" then-action="start"',
    );
  });

  it('brings the service up on nfs01, and prefers no server from then on', () => {
    expect(cib()).to.contain('<rsc_location id="first-place" rsc="drbd-master">');
    expect(cib()).to.contain('attribute="#uname" operation="eq" value="nfs01"/>');
    const commands = commandsOf(plan);
    const deleted = commands.indexOf(
      `nfs01: cibadmin --delete --xml-text '<rsc_location id="first-place"/>'`,
    );
    expect(deleted).to.be.above(commands.findIndex((command) => command.includes('cibadmin --replace')));
  });

  it('follows its settings', () => {
    const xml = cib({
      migrationThreshold: '1',
      stickiness: '100',
      failureTimeout: '60',
      'drbd.monitorDelay': '0',
      monitorInterval: '5',
      loadThreshold: '80',
    });
    expect(xml).to.contain('name="load-threshold" value="80%"/>');
    expect(xml).to.contain('name="migration-threshold" value="1"/>');
    expect(xml).to.contain('name="resource-stickiness" value="100"/>');
    expect(xml).to.contain('name="failure-timeout" value="60s"/>');
    expect(xml).to.contain(
      '<op id="drbd-monitor-20s" name="monitor" interval="20s" timeout="20s" on-fail="restart"/>',
    );
    expect(xml).to.contain('<op id="vip-monitor-5s" name="monitor" interval="5s"');
  });

  it('names both servers with the ids that Corosync gives them', () => {
    const parsed: unknown = new XMLParser({ ignoreAttributes: false }).parse(cib());
    expect(parsed)
      .to.have.nested.property('cib.configuration.nodes.node')
      .that.deep.equals([
        { '@_id': '1', '@_uname': 'nfs01' },
        { '@_id': '2', '@_uname': 'nfs02' },
      ]);
  });
});

describe('fencing by the host', () => {
  const fenced = current({ fencing: 'host' });
  const xml = cib({ fencing: 'host' });

  it('has a device for each server, which never runs on it', () => {
    for (const server of ['nfs01', 'nfs02']) {
      const device = xml.slice(xml.indexOf(`<primitive id="fence-${server}"`));
      expect(device).to.match(/^<primitive id="fence-nfs0\d" class="stonith" type="fence_lab">/);
      expect(device.slice(0, device.indexOf('</primitive>')))
        .to.contain(`name="pcmk_host_list" value="${server}"/>`)
        .and.to.contain('name="pcmk_host_check" value="static-list"/>');
      expect(xml).to.contain(`rsc="fence-${server}" node="${server}" score="-INFINITY"/>`);
    }
  });

  it('switches STONITH on, and lets nobody start anything without quorum', () => {
    expect(xml).to.contain('name="stonith-enabled" value="true"/>');
    expect(xml).to.contain('name="no-quorum-policy" value="stop"/>');
  });

  it('puts the agent on both servers and hears the host before the cluster depends on it', () => {
    expect(fileOf(fenced, '/usr/sbin/fence_lab')).to.match(/^#!\/usr\/bin\/perl\n/);
    const commands = commandsOf(fenced);
    const asked = commands.indexOf('nfs01+nfs02: /usr/sbin/fence_lab -o list');
    expect(asked).to.be.within(
      0,
      commands.findIndex((command) => command.includes('cibadmin --replace')),
    );
  });

  it('is verified as if STONITH were off: of servers never seen it would only be warned', () => {
    const commands = commandsOf(fenced);
    const verified = commands.findIndex((command) => command.endsWith('| crm_verify --xml-pipe'));
    expect(commands[verified]).to.match(/^nfs01: sed .*"stonith-enabled".* \/root\/lab-cib\.xml \|/);
    expect(commands[verified + 1]).to.match(/cibadmin --replace/);
    expect(xml).to.match(/name="stonith-enabled" value="true"\/>\n/);
  });

  it('is not there unless it is asked for', () => {
    expect(JSON.stringify(plan.sections)).not.to.contain('fence_lab');
    expect(fenced.introduction.join()).not.to.contain('Nothing fences');
    expect(plan.introduction.join()).to.contain('Nothing fences');
  });

  it('needs a provider that can', () => {
    const needs = (overrides: Record<string, string>): unknown =>
      pacemakerCentos7.needs?.(resolveSettings(pacemakerCentos7, 'current', overrides));
    expect(needs({})).to.deep.equal([]);
    expect(needs({ fencing: 'host' })).to.deep.equal([{ capability: 'fence', setting: 'fencing=host' }]);
  });

  it('is written with pcs in the period edition', () => {
    const commands = commandsOf(planOf('period', { fencing: 'host' }, pacemakerCentos7)).join('\n');
    expect(commands).to.contain('property set stonith-enabled="true"');
    expect(commands).to.contain('property set no-quorum-policy="stop"');
    expect(commands).to.contain(
      'stonith create fence-nfs01 fence_lab pcmk_host_list="nfs01" pcmk_host_check="static-list"',
    );
    expect(commands).to.contain('constraint location fence-nfs02 avoids nfs02');
  });
});

describe('the settings of pacemaker-centos7', () => {
  const refusal = (overrides: Record<string, unknown>): string => {
    try {
      resolveSettings(pacemakerCentos7, 'current', overrides);
    } catch (error) {
      if (error instanceof UsageError) return error.message;
      throw error;
    }
    return 'accepted';
  };

  it('accept every default as text and as a value', () => {
    for (const edition of pacemakerCentos7.editions)
      for (const setting of pacemakerCentos7.settings) {
        const value = setting.defaults[edition];
        expect(setting.schema.parse(value), setting.name).to.equal(value);
        expect(setting.schema.parse(String(value)), setting.name).to.equal(value);
      }
  });

  const refused: Record<string, unknown[]> = {
    token: ['0', '499', '4.5', '5m', null],
    nfsserver: ['systemd', ''],
    order: ['address-first'],
    fencing: ['sbd', true],
    'drbd.fencing': ['stonith', true],
    autostart: ['maybe'],
    migrationThreshold: ['0', '1.5', 'INFINITY'],
    stickiness: ['0', '-1', 'infinity', '1000001', '5;reboot'],
    failureTimeout: ['0', '1.5'],
    'drbd.size': ['300', '100G'],
    'drbd.monitorDelay': ['300', '-1'],
    'nfs.mountOptions': ['soft,vers=4', 'soft; reboot'],
  };
  for (const [name, values] of Object.entries(refused))
    it(`refuse what ${name} cannot be`, () => {
      for (const value of values) expect(refusal({ [name]: value }), String(value)).to.contain(name);
    });

  it('refuse what contradicts: an order where there is nothing to order, waiting for a fence that is not there', () => {
    expect(refusal({ nfsserver: 'cloned', order: 'export-before-address' })).to.contain('contradict');
    expect(refusal({ 'drbd.fencing': 'resource-and-stonith' })).to.contain('needs fencing=host');
    expect(() => current({ 'drbd.fencing': 'resource-only' })).not.to.throw();
    expect(refusal({ nfsserver: 'cloned-subdir', order: 'export-before-address' })).to.equal('accepted');
  });
});
