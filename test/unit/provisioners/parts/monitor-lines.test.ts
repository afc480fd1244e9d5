import { expect } from 'chai';
import { parseDrbdEvent } from '../../../../provisioners/parts/drbd-events.ts';
import { parseHeartbeatLine } from '../../../../provisioners/parts/heartbeat-log.ts';
import { parseInitiatorLine } from '../../../../provisioners/parts/iscsi-initiator.ts';
import { parseKernelLine } from '../../../../provisioners/parts/kernel-log.ts';
import { stampOf } from '../../../../provisioners/parts/logging.ts';

const at = Date.UTC(2026, 10, 21, 15, 4, 5) + 123.456;
const stamp = '2026-11-21T15:04:05.123456+00:00';

describe('time stamps of log lines', () => {
  it('are read to the microsecond, in any zone', () => {
    expect(stampOf(`${stamp} x`)).to.deep.equal({ guestMs: at, rest: 'x' });
    expect(stampOf('2026-11-21T16:04:05.123456+01:00 x')?.guestMs).to.equal(at);
    expect(stampOf('2026-11-21T15:04:05.123456Z x')?.guestMs).to.equal(at);
  });

  it('are absent from lines without one', () => {
    expect(stampOf('Nov 21 15:04:05 nfs01 heartbeat: x')).to.equal(undefined);
    expect(stampOf('')).to.equal(undefined);
    expect(stampOf('2026-13-41T15:04:05Z x')).to.equal(undefined);
  });
});

describe('lines of heartbeat', () => {
  const known: [string, string, string | undefined][] = [
    ['heartbeat: [432]: WARN: node nfs01: is dead', 'peer-dead', 'nfs01'],
    ['heartbeat[432]: WARN: node nfs01: is dead', 'peer-dead', 'nfs01'],
    ['heartbeat: [432]: WARN: Late heartbeat: Node nfs01: interval 6120 ms', 'peer-late', 'nfs01'],
    [
      'heartbeat: [432]: WARN: Late heartbeat: Node nfs01: interval 11000 ms (> deadtime)',
      'peer-late',
      'nfs01',
    ],
    ['heartbeat: [432]: info: Link nfs01:eth1 dead.', 'link-dead', 'nfs01:eth1'],
    ['heartbeat: [432]: info: Link nfs01:eth1 up.', 'link-up', 'nfs01:eth1'],
    ['heartbeat: [432]: info: Link nfs01:/dev/ttyS1 dead.', 'link-dead', 'nfs01:/dev/ttyS1'],
    ['heartbeat: [432]: info: Link nfs01:/dev/ttyS1 up.', 'link-up', 'nfs01:/dev/ttyS1'],
    ['heartbeat: [432]: info: Status update for node nfs01: status active', 'peer-active', 'nfs01'],
    [
      'ResourceManager(default)[911]: info: Acquiring resource group: nfs01 IPaddr::192.168.33.20/24/eth1 drbddisk::r0',
      'takeover-begun',
      'nfs01',
    ],
    [
      'ResourceManager(default)[911]: info: Running /etc/ha.d/resource.d/IPaddr 192.168.33.20/24/eth1 start',
      'resource-starting',
      'IPaddr',
    ],
    [
      'ResourceManager[911]: info: Running /etc/ha.d/resource.d/Filesystem /dev/drbd0 /data ext4 stop',
      'resource-stopping',
      'Filesystem',
    ],
    [
      'ResourceManager(default)[911]: info: Running /etc/ha.d/resource.d/nfs-kernel-server  start',
      'resource-starting',
      'nfs-kernel-server',
    ],
    [
      'ResourceManager(default)[911]: info: Releasing resource group: nfs01 IPaddr::1',
      'release-begun',
      'nfs01',
    ],
    ['nfs-kernel-server: info: nfs-kernel-server serving', 'serving', 'nfs-kernel-server'],
    ['apache2: info: apache2 serving', 'serving', 'apache2'],
    ['iscsi-target: info: iscsi-target serving', 'serving', 'iscsi-target'],
    [
      'ResourceManager(default)[1292]: info: Running /etc/ha.d//resource.d/MailTo admin@sv01.lab.example start',
      'resource-starting',
      'MailTo',
    ],
    [
      'ResourceManager(default)[1292]: info: Running /etc/ha.d//resource.d/apache2  start',
      'resource-starting',
      'apache2',
    ],
    [
      'mach_down(default)[880]: info: mach_down takeover complete for node nfs01.',
      'takeover-complete',
      'nfs01',
    ],
    [
      'ResourceManager(default)[880]: CRIT: Giving up resources due to failure of drbddisk::r0',
      'takeover-failed',
      'drbddisk::r0',
    ],
    ['heartbeat: [432]: info: nfs02 wants to go standby [foreign]', 'standby-requested', 'nfs02'],
    ['heartbeat: [432]: info: Heartbeat shutdown in progress. (432)', 'shutdown-begun', undefined],
  ];
  for (const [line, kind, subject] of known)
    it(`mean ${kind}: ${line.slice(0, 70)}`, () => {
      const event = parseHeartbeatLine(`${stamp} nfs02 ${line}`);
      expect(event).to.include({ source: 'cluster', kind, guestMs: at });
      expect(event?.subject).to.equal(subject);
    });

  it('that warn are told, others are not', () => {
    expect(
      parseHeartbeatLine(
        `${stamp} nfs02 ResourceManager[9]: ERROR: Return code 1 from /etc/ha.d/resource.d/IPaddr`,
      ),
    ).to.include({ kind: 'log' });
    expect(parseHeartbeatLine(`${stamp} nfs02 heartbeat: [432]: info: Heartbeat generation: 3`)).to.equal(
      undefined,
    );
    expect(parseHeartbeatLine('==> /var/log/ha-log <==')).to.equal(undefined);
  });

  it('about a node of another name, or a status of a resource, are no takeover', () => {
    expect(
      parseHeartbeatLine(`${stamp} nfs02 heartbeat: [4]: info: Status update for node nfs01: status init`),
    ).to.equal(undefined);
    expect(
      parseHeartbeatLine(`${stamp} nfs02 IPaddr(IPaddr_192.168.33.20)[9]: INFO:  Resource is stopped`),
    ).to.equal(undefined);
  });
});

describe('lines of the kernel', () => {
  const known: [string, string, string | undefined][] = [
    ['EXT4-fs (drbd0): mounted filesystem with ordered data mode. Quota mode: none.', 'mounted', 'drbd0'],
    ['EXT4-fs (drbd0): mounted filesystem 1c2d r/w with ordered data mode.', 'mounted', 'drbd0'],
    ['EXT4-fs (drbd0): unmounting filesystem.', 'unmounted', 'drbd0'],
    ['block drbd0: Resync done (total 2 sec; paused 0 sec; 10240 K/sec)', 'resync-finished', 'drbd0'],
    ['block drbd0: Online verify  done (total 9 sec; paused 0 sec; 58254 K/sec)', 'verify-finished', 'drbd0'],
    ['drbd r0: PingAck did not arrive in time.', 'replication-silent', 'r0'],
    ['nfs: server 192.168.33.20 not responding, still trying', 'server-silent', '192.168.33.20'],
    ['lockd: failed to reclaim lock for pid 812 (errno 0, status 4)', 'lock-not-reclaimed', undefined],
    ['NFS: __nfs4_reclaim_open_state: Lock reclaim failed!', 'lock-not-reclaimed', undefined],
    ['nfs: server 192.168.33.20 OK', 'server-answers', '192.168.33.20'],
    ['NFSD: starting 90-second grace period (net f0000000)', 'grace-begun', undefined],
    ['NFSD: all clients done reclaiming, ending NFSv4 grace period (net f0000000)', 'grace-ended', undefined],
    ['NFSD: no clients to reclaim, skipping NFSv4 grace period (net f0000000)', 'grace-ended', undefined],
    [
      'connection1:0: ping timeout of 5 secs expired, recv timeout 5, last rx 4294940, last ping 4294941',
      'session-silent',
      'connection1:0',
    ],
    ['connection1:0: detected conn error (1022)', 'session-lost', 'connection1:0'],
    ['session1: session recovery timed out after 120 secs', 'session-given-up', 'session1'],
    ['bond0: (slave eth2): link status definitely down, disabling slave', 'slave-down', 'eth2'],
    ['bond0: (slave eth2): link status definitely up, 1000 Mbps full duplex', 'slave-up', 'eth2'],
  ];
  for (const [line, kind, subject] of known)
    it(`mean ${kind}: ${line.slice(0, 60)}`, () => {
      const event = parseKernelLine(`${stamp} nfs02 kernel: [  123.456789] ${line}`);
      expect(event).to.include({ source: 'kernel', kind, guestMs: at });
      expect(event?.subject).to.equal(subject);
      expect(parseKernelLine(`${stamp} nfs02 kernel: ${line}`)).to.include({ kind });
    });

  it('of other file systems and other programs mean nothing', () => {
    expect(parseKernelLine(`${stamp} nfs02 kernel: [    1.2] 8021q: adding VLAN 0`)).to.equal(undefined);
    expect(parseKernelLine(`${stamp} nfs02 mount: EXT4-fs (drbd0): mounted filesystem`)).to.equal(undefined);
  });
});

describe('lines of iscsid', () => {
  it('tell when a session is back, and what else it says', () => {
    const line = `${stamp} sv01 iscsid: connection1:0 is operational after recovery (5 attempts)`;
    expect(parseInitiatorLine(line)).to.include({
      source: 'cluster',
      kind: 'session-recovered',
      subject: 'connection1:0',
      guestMs: at,
    });
    expect(
      parseInitiatorLine(`${stamp} sv01 iscsid: cannot make a connection to 192.168.33.20:3260 (-1,113)`),
    ).to.include({ kind: 'log' });
  });

  it('are those of no other program', () => {
    expect(
      parseInitiatorLine(`${stamp} sv01 logger: connection1:0 is operational after recovery (5 attempts)`),
    ).to.equal(undefined);
    expect(parseInitiatorLine('iscsid: connection1:0 is operational')).to.equal(undefined);
  });
});

describe('events of DRBD', () => {
  const known: [string, string][] = [
    ['change resource name:r0 role:Primary', 'promoted'],
    ['change resource name:r0 role:Secondary', 'demoted'],
    [
      'change connection name:r0 local:ipv4:192.168.33.22:7788 peer:ipv4:192.168.33.21:7788 connection:NetworkFailure',
      'replication-lost',
    ],
    [
      'change connection name:r0 local:ipv4:192.168.33.22:7788 peer:ipv4:192.168.33.21:7788 connection:Connected role:Secondary',
      'replication-connected',
    ],
    ['change peer-device name:r0 volume:0 replication:SyncTarget', 'resync-started'],
    ['change device name:r0 volume:0 minor:0 disk:UpToDate', 'log'],
  ];
  for (const [line, kind] of known)
    it(`mean ${kind}: ${line.slice(0, 60)}`, () => {
      expect(parseDrbdEvent(`2026-11-21T15:04:05.123456+00:00 ${line}`)).to.include({
        source: 'drbd',
        kind,
        subject: 'r0',
        guestMs: at,
      });
    });

  it('at the beginning tell the role, and nothing else', () => {
    expect(parseDrbdEvent(`${stamp} exists resource name:r0 role:Primary`)).to.include({ kind: 'promoted' });
    expect(parseDrbdEvent(`${stamp} exists resource name:r0 role:Secondary`)).to.include({ kind: 'demoted' });
    expect(parseDrbdEvent(`${stamp} exists connection name:r0 connection:Connected`)).to.equal(undefined);
    expect(parseDrbdEvent(`${stamp} exists -`)).to.equal(undefined);
  });

  it('do not take the role of the peer for the node’s own', () => {
    const event = parseDrbdEvent(`${stamp} change connection name:r0 role:Primary`);
    expect(event?.kind).to.equal('log');
  });
});
