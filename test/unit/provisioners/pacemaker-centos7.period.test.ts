import { expect } from 'chai';
import { pacemakerCentos7 } from '../../../provisioners/pacemaker-centos7.ts';
import { commandsOf, fileOf, planOf } from '../plans/plan-of.ts';

const period = (overrides: Record<string, string> = {}): ReturnType<typeof planOf> =>
  planOf('period', overrides, pacemakerCentos7);
const plan = period();

/** Commands without the blanks at the ends of lines, by which print and shell do not differ. */
const commands = (overrides: Record<string, string> = {}): string[] => commandsOf(period(overrides));

describe('the period edition of pacemaker-centos7', () => {
  const files: Record<string, string[]> = {
    '/etc/hosts': [
      '127.0.0.1     localhost localhost.localdomain localhost4 localhost4.localdomain4',
      '::1           localhost localhost.localdomain localhost6 localhost6.localdomain6',
      '192.168.33.11 sv01',
      '192.168.33.12 sv02',
      '192.168.33.21 nfs01',
      '192.168.33.22 nfs02',
      '192.168.33.20 nfsvip',
    ],
    '/etc/drbd.d/nfs.res': [
      'resource nfs',
      '{',
      '    protocol C;',
      '    device /dev/drbd0;',
      '    meta-disk internal;',
      '',
      '    on nfs01 {',
      '        address 192.168.33.21:7791;',
      '        disk /dev/loop0;',
      '    }',
      '',
      '    on nfs02 {',
      '        address 192.168.33.22:7791;',
      '        disk /dev/loop0;',
      '    }',
      '}',
    ],
    '/etc/corosync/corosync.conf': [
      'totem {',
      '    version: 2',
      '    crypto_cipher: none',
      '    crypto_hash: none',
      '    token: 4000',
      '    rrp_mode: active',
      '    transport: udpu',
      '',
      '    interface {',
      '        ringnumber: 0',
      '        bindnetaddr: 192.168.33.0',
      '        mcastaddr: 239.255.1.1',
      '        mcastport: 5405',
      '    }',
      '}',
      '',
      'logging {',
      '    timestamp: on',
      '    debug: off',
      '    to_stderr: no',
      '    to_syslog: no',
      '    to_logfile: yes',
      '    logfile: /var/log/cluster/corosync.log',
      '}',
      '',
      'nodelist {',
      '    node {',
      '        ring0_addr: 192.168.33.21',
      '        nodeid: 1',
      '    }',
      '    node {',
      '        ring0_addr: 192.168.33.22',
      '        nodeid: 2',
      '    }',
      '}',
      '',
      'quorum {',
      '    provider: corosync_votequorum',
      '    two_node: 1',
      '}',
    ],
  };
  for (const [path, lines] of Object.entries(files))
    it(`has ${path} line by line as the article`, () => {
      expect(fileOf(plan, path).split('\n')).to.deep.equal([...lines, '']);
    });

  it('has the commands of the article, in its order', () => {
    // Besides print: two that end with a status other than 0 have "|| true", or a script would end there.
    expect(commands()).to.deep.equal([
      'nfs01+nfs02: sudo yum -y install http://www.elrepo.org/elrepo-release-7.0-2.el7.elrepo.noarch.rpm',
      'nfs01+nfs02: sudo yum -y install kmod-drbd84 pacemaker corosync resource-agents pcs nfs-utils',
      'nfs01+nfs02: sudo fallocate -l 1G /var/opt/drbddisk',
      'nfs01+nfs02: sudo losetup /dev/loop0 /var/opt/drbddisk',
      'nfs01+nfs02: sudo drbdadm create-md nfs',
      'nfs01+nfs02: sudo systemctl start drbd.service',
      'nfs01+nfs02: sudo systemctl status drbd.service',
      'nfs01+nfs02: cat /proc/drbd',
      'nfs01: sudo drbdadm primary nfs --force',
      'nfs01: cat /proc/drbd',
      'nfs01: sudo mkfs.xfs /dev/drbd/by-res/nfs',
      'nfs01: sudo mkdir -p /drbd/nfs',
      'nfs01: sudo mount /dev/drbd/by-res/nfs /drbd/nfs',
      'nfs01: sudo mkdir -p /drbd/nfs/nfsroot',
      'nfs01: sudo mkdir -p /drbd/nfs/var-lib-nfs',
      'nfs01: sudo umount /drbd/nfs',
      'nfs01: sudo drbdadm secondary nfs',
      'nfs02: sudo drbdadm primary nfs',
      'nfs02: sudo mkdir -p /drbd/nfs',
      'nfs02: sudo mount /dev/drbd/by-res/nfs /drbd/nfs',
      'nfs02: ls /drbd/nfs',
      'nfs02: sudo umount /drbd/nfs',
      'nfs02: sudo drbdadm secondary nfs',
      'nfs01+nfs02: sudo systemctl stop drbd.service',
      'nfs01+nfs02: sudo systemctl status drbd.service || true',
      'nfs01+nfs02: sudo systemctl start pacemaker.service',
      'nfs01+nfs02: sudo systemctl status pacemaker.service',
      'nfs01: sudo crm_mon -1',
      'nfs01: sudo pcs property set stonith-enabled="false"',
      'nfs01: sudo pcs property set no-quorum-policy="ignore"',
      'nfs01: sudo pcs property set start-failure-is-fatal="false"',
      'nfs01: sudo pcs resource defaults migration-threshold="5"',
      'nfs01: sudo pcs resource defaults resource-stickiness="INFINITY"',
      'nfs01: sudo pcs resource defaults failure-timeout="3600s"',
      'nfs01: sudo pcs cluster cib output.cib',
      [
        'nfs01: sudo pcs -f output.cib resource create drbd ocf:linbit:drbd \\',
        '  drbd_resource="nfs" drbdconf="/etc/drbd.conf" \\',
        '    op start timeout="240s" on-fail="restart" \\',
        '    op stop  timeout="100s" on-fail="block" \\',
        '    op monitor interval="20s" timeout="20s" start-delay="1m" on-fail="restart" \\',
        '      --master meta notify="true"',
      ].join('\n'),
      [
        'nfs01: sudo pcs -f output.cib resource create fs ocf:heartbeat:Filesystem \\',
        '  device="/dev/drbd/by-res/nfs" directory="/drbd/nfs" fstype="xfs" \\',
        '    op start timeout="60s" on-fail="restart" \\',
        '    op stop  timeout="60s" on-fail="block" \\',
        '    op monitor interval="10s" timeout="60s" on-fail="restart"',
      ].join('\n'),
      [
        'nfs01: sudo pcs -f output.cib resource create vip ocf:heartbeat:IPaddr2 \\',
        '  ip="192.168.33.20" cidr_netmask="24" nic="enp0s8" \\',
        '    op start timeout="20s" on-fail="restart" \\',
        '    op stop  timeout="20s" on-fail="block" \\',
        '    op monitor interval="10s" timeout="20s" on-fail="restart"',
      ].join('\n'),
      [
        'nfs01: sudo pcs -f output.cib resource create nfsserver ocf:heartbeat:nfsserver \\',
        '  nfs_shared_infodir="/drbd/nfs/var-lib-nfs" \\',
        '    op start timeout="20s" \\',
        '    op stop  timeout="20s" \\',
        '    op monitor interval="10s" timeout="10s" on-fail="restart" start-delay="20s"',
      ].join('\n'),
      [
        'nfs01: sudo pcs -f output.cib resource create exportfs ocf:heartbeat:exportfs \\',
        '  clientspec="192.168.33.0/24" options="rw,no_root_squash" directory="/drbd/nfs/nfsroot" fsid="root"',
      ].join('\n'),
      'nfs01: sudo pcs -f output.cib resource group add group-nfs fs vip nfsserver exportfs',
      'nfs01: sudo pcs -f output.cib constraint colocation add master drbd-master with group-nfs INFINITY',
      'nfs01: sudo pcs -f output.cib constraint order promote drbd-master then start group-nfs',
      'nfs01: sudo pcs cluster cib-push output.cib',
      'nfs01: sudo pcs status',
      'sv01: sudo mount -t nfs nfsvip:/drbd/nfs/nfsroot /mnt -o rw,rsize=8192,wsize=8192,soft,intr,timeo=20,retrans=3',
      'sv01: uname -n | sudo tee /mnt/$(uname -n)',
      'sv02: sudo mount -t nfs nfsvip:/drbd/nfs/nfsroot /mnt -o rw,rsize=8192,wsize=8192,soft,intr,timeo=20,retrans=3',
      'sv02: uname -n | sudo tee /mnt/$(uname -n)',
      'sv01: cat /mnt/sv02',
      'sv02: cat /mnt/sv01',
      'sv01: sudo touch /mnt/date.txt',
      'sv01: sudo chown $USER: /mnt/date.txt',
      'nfs01+nfs02: sudo cp -a /usr/lib/ocf/resource.d/heartbeat/nfsserver{,.orig}',
      "nfs01+nfs02: sudo sed 's/tries=1/tries=0/g' -i /usr/lib/ocf/resource.d/heartbeat/nfsserver",
      'nfs01+nfs02: diff -u /usr/lib/ocf/resource.d/heartbeat/nfsserver{.orig,} || true',
    ]);
  });

  it('waits for the sync where the article looks into /proc/drbd', () => {
    const steps = plan.sections.flatMap((section) => section.steps);
    const wait = steps.findIndex((step) => step.kind === 'wait' && step.nodes.includes('nfs02'));
    const promotion = steps.findIndex(
      (step) => step.kind === 'run' && step.commands.includes('sudo drbdadm primary nfs'),
    );
    expect(wait).to.be.within(0, promotion);
  });

  it('ends with the article’s commands of the form cloned', () => {
    expect(commands({ nfsserver: 'cloned' }).slice(commands().length)).to.deep.equal([
      'nfs01: sudo pcs resource delete exportfs',
      'nfs01: sudo pcs resource delete nfsserver',
      'nfs01: sudo pcs resource cleanup exportfs',
      'nfs01: sudo pcs resource cleanup nfsserver',
      ['nfs01: sudo pcs resource create nfsserver systemd:nfs-server \\', '  op monitor interval="30s"'].join(
        '\n',
      ),
      [
        'nfs01: sudo pcs resource create exportfs ocf:heartbeat:exportfs \\',
        '  clientspec="192.168.33.0/24" options="rw,no_root_squash" directory="/drbd/nfs" fsid="root" \\',
        '  op monitor interval="30s"',
      ].join('\n'),
      'nfs01: sudo pcs resource group add group-nfsserver nfsserver exportfs',
      'nfs01: sudo pcs resource clone group-nfsserver',
      'nfs01: sudo pcs constraint colocation add group-nfs with group-nfsserver-clone INFINITY',
      'nfs01: sudo pcs constraint order start group-nfsserver-clone then start group-nfs',
    ]);
  });

  it('ends with the article’s commands of the form cloned-subdir', () => {
    expect(commands({ nfsserver: 'cloned-subdir' }).slice(commands().length)).to.deep.equal([
      'nfs01: sudo pcs resource delete exportfs',
      'nfs01: sudo pcs resource delete nfsserver',
      'nfs01: sudo pcs resource cleanup exportfs',
      'nfs01: sudo pcs resource cleanup nfsserver',
      [
        'nfs01: sudo pcs resource create nfsserver systemd:nfs-server \\',
        '  op monitor interval="30s" --clone',
      ].join('\n'),
      [
        'nfs01: sudo pcs resource create exportfs ocf:heartbeat:exportfs \\',
        '  clientspec="192.168.33.0/24" options="rw,no_root_squash" directory="/drbd/nfs/nfsroot" fsid="root" \\',
        '  op monitor interval="30s"',
      ].join('\n'),
      'nfs01: sudo pcs resource group add group-nfs exportfs',
      'nfs01: sudo pcs constraint colocation add group-nfs with nfsserver-clone INFINITY',
      'nfs01: sudo pcs constraint order start nfsserver-clone then start group-nfs',
    ]);
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
