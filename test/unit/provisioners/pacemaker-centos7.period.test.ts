import { expect } from 'chai';
import { pacemakerCentos7 } from '../../../provisioners/pacemaker-centos7.ts';
import { commandsOf, fileOf, planOf } from '../plans/plan-of.ts';

const period = (overrides: Record<string, string> = {}): ReturnType<typeof planOf> =>
  planOf('period', overrides, pacemakerCentos7);
const plan = period();

/** Commands without the blanks at the ends of lines, by which print and shell do not differ. */
const commands = (overrides: Record<string, string> = {}): string[] => commandsOf(period(overrides));

describe('the period edition of pacemaker-centos7', () => {
  it('waits for the sync where the article looks into /proc/drbd', () => {
    const steps = plan.sections.flatMap((section) => section.steps);
    const wait = steps.findIndex((step) => step.kind === 'wait' && step.nodes.includes('nfs02'));
    const promotion = steps.findIndex(
      (step) => step.kind === 'run' && step.commands.includes('sudo drbdadm primary nfs'),
    );
    expect(wait).to.be.within(0, promotion);
  });

  it('changes what the settings change, and nothing else', () => {
    const differing = (overrides: Record<string, string>): string[] =>
      commands(overrides).filter((command, n) => command !== commands()[n]);
    expect(differing({ migrationThreshold: '1' })).to.deep.equal([
      'nfs01: sudo pcs resource defaults migration-threshold="1"',
    ]);
    expect(differing({ stickiness: '100', failureTimeout: '60' })).to.deep.equal([
      'nfs01: sudo pcs resource defaults resource-stickiness="100"',
      'nfs01: sudo pcs resource defaults failure-timeout="60s"',
    ]);
    expect(differing({ order: 'export-before-address' })).to.deep.equal([
      'nfs01: sudo pcs -f output.cib resource group add group-nfs fs nfsserver exportfs vip',
    ]);
    expect(differing({ 'drbd.size': '2G' })).to.deep.equal([
      'nfs01+nfs02: sudo fallocate -l 2G /var/opt/drbddisk',
    ]);
    expect(differing({ 'nfs.mountOptions': '' })[0]).to.equal(
      'sv01: sudo mount -t nfs nfsvip:/drbd/nfs/nfsroot /mnt',
    );
    expect(fileOf(period({ token: '10000' }), '/etc/corosync/corosync.conf')).to.contain(
      '    token: 10000\n',
    );
    expect(fileOf(period({ 'drbd.protocol': 'A' }), '/etc/drbd.d/nfs.res')).to.contain('    protocol A;\n');
  });

  it('adds to the article what starts a server at boot, when it is asked for', () => {
    const added = commands({ autostart: 'on' }).filter((command) => !commands().includes(command));
    expect(added).to.deep.equal([
      'nfs01+nfs02: sudo systemctl enable lab-loop-disks.service',
      'nfs01+nfs02: sudo systemctl enable pacemaker.service',
    ]);
    expect(fileOf(period({ autostart: 'on' }), '/etc/systemd/system/lab-loop-disks.service')).to.contain(
      'ExecStart=/sbin/losetup /dev/loop0 /var/opt/drbddisk\n',
    );
  });

  it('has the machines of the article', () => {
    expect(plan.nodes).to.deep.equal([
      { name: 'sv01', role: 'client', addresses: ['192.168.33.11/24'] },
      { name: 'sv02', role: 'client', addresses: ['192.168.33.12/24'] },
      { name: 'nfs01', role: 'server', addresses: ['192.168.33.21/24'] },
      { name: 'nfs02', role: 'server', addresses: ['192.168.33.22/24'] },
    ]);
    expect(pacemakerCentos7.platform('period').box).to.deep.equal({ name: 'bento/centos-7.2' });
  });
});

describe('the errata of pacemaker-centos7', () => {
  const sections = plan.sections.map((section) => section.articleSection);

  it('each say where, what, what is right, why, and what is done about it', () => {
    for (const erratum of plan.errata) {
      expect(sections, erratum.says).to.include(erratum.section);
      for (const text of [erratum.says, erratum.right, erratum.why, erratum.handling])
        expect(text, erratum.says).to.have.length.above(3);
      expect(erratum.right, erratum.says).not.to.equal(erratum.says);
    }
  });

  it('are each told once, in the order of the article, in sections that both editions have', () => {
    const places = plan.errata.map((erratum) => sections.indexOf(erratum.section));
    expect(places).to.deep.equal([...places].sort((a, b) => a - b));
    expect(new Set(plan.errata.map((erratum) => erratum.says)).size).to.equal(plan.errata.length);
    const current = planOf('current', {}, pacemakerCentos7).sections.map((section) => section.articleSection);
    for (const erratum of plan.errata) expect(current).to.include(erratum.section);
  });

  it('name the mistakes that decide what a run shows', () => {
    const says = plan.errata.map((erratum) => erratum.says).join('\n');
    for (const words of [
      'stonith-enabled="false"',
      'constraint colocation add master drbd-master with group-nfs INFINITY',
      'group add group-nfs fs vip nfsserver exportfs',
      'without a role',
      'start-delay="1m"',
      'soft,timeo=20,retrans=3',
      'fsid="root"',
      'tries=1/tries=0',
    ])
      expect(says).to.contain(words);
  });
});
