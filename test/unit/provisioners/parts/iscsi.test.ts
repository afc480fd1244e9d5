import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { diskPath, initiatorTerms, iscsidConf } from '../../../../provisioners/parts/iscsi-initiator.ts';
import {
  parseTarget,
  targetConf,
  targetDropIn,
  targetFaults,
  targetResourceScript,
} from '../../../../provisioners/parts/iscsi-target.ts';

const iqn = 'iqn.2001-04.com.example:storage';
const target = { iqn, files: ['/data/LUN0', '/data/LUN1'], writeCache: false };

/** `tgtadm --lld iscsi --op show --mode target` of tgt 1.0.85. */
function shown({ state = 'ready', online = 'Yes', second = '/data/LUN1', name = iqn } = {}): string {
  const lun = (n: number, path: string, isOnline = 'Yes'): string[] => [
    `        LUN: ${String(n)}`,
    `            Type: ${path === 'None' ? 'controller' : 'disk'}`,
    `            SCSI ID: IET     0001000${String(n)}`,
    `            Size: 17 MB, Block size: 512`,
    `            Online: ${isOnline}`,
    '            Backing store type: rdwr',
    `            Backing store path: ${path}`,
    '            Backing store flags: ',
  ];
  return [
    `Target 1: ${name}`,
    '    System information:',
    '        Driver: iscsi',
    `        State: ${state}`,
    '    I_T nexus information:',
    '        I_T nexus: 1',
    '            Initiator: iqn.1993-08.org.debian:01:sv01 alias: sv01',
    '            Connection: 0',
    '                IP Address: 192.168.33.11',
    '    LUN information:',
    ...lun(0, 'None'),
    ...lun(1, '/data/LUN0', online),
    ...lun(2, second),
    '    Account information:',
    '    ACL information:',
    '        ALL',
    '',
  ].join('\n');
}

describe('an iSCSI target', () => {
  it('has its files from LUN 1 on, under one number on either server, without a write cache', () => {
    expect(targetConf(target).split('\n')).to.deep.equal([
      'default-driver iscsi',
      `<target ${iqn}>`,
      '    controller_tid 1',
      '    allow-in-use yes',
      '    write-cache off',
      '    <backing-store /data/LUN0>',
      '        lun 1',
      '    </backing-store>',
      '    <backing-store /data/LUN1>',
      '        lun 2',
      '    </backing-store>',
      '</target>',
      '',
    ]);
    expect(targetConf({ ...target, writeCache: true })).to.include('write-cache on\n');
  });

  it('is well when it is ready with every file under its number', () => {
    expect(targetFaults(parseTarget(shown()), target)).to.deep.equal([]);
  });

  const ill: [string, string, string][] = [
    ['a state that lets nobody in', shown({ state: 'offline' }), 'it is not ready'],
    ['a LUN that is offline', shown({ online: 'No' }), 'no LUN 1 from /data/LUN0'],
    ['another file', shown({ second: '/data/LUN2' }), 'no LUN 2 from /data/LUN1'],
    [
      'another name',
      shown({ name: 'iqn.2001-04.com.example:other' }),
      'it is called iqn.2001-04.com.example:other',
    ],
    [
      'no daemon',
      'tgtadm: failed to send request hdr to tgt daemon, Transport endpoint is not connected',
      'no target',
    ],
  ];
  for (const [what, text, says] of ill)
    it(`is not well with ${what}`, () => {
      expect(targetFaults(parseTarget(text), target)).to.deep.equal([says]);
    });

  it('listens for clients last, and ends at once', () => {
    const lines = targetDropIn('192.168.33.20').split('\n');
    const at = (part: string): number => lines.findIndex((line) => line.includes(part));
    expect(at('tgtd -f --iscsi portal=127.0.0.1:3260')).to.equal(lines.indexOf('ExecStart=') + 1);
    expect(lines[at('ExecStartPost=')]).to.include('--mode portal --param portal=192.168.33.20:3260');
    expect(lines).to.include.members(['ExecStop=', 'KillSignal=SIGKILL', 'SuccessExitStatus=SIGKILL']);
  });

  it('has a resource script that a shell can read and that says words heartbeat knows', () => {
    execFileSync('sh', ['-n'], { input: targetResourceScript, stdio: ['pipe', 'pipe', 'pipe'] });
    expect(targetResourceScript).to.include('echo running').and.include('info: iscsi-target $1');
  });
});

describe('an iSCSI initiator', () => {
  const times = { replacementTimeout: 120, noopInterval: 5, noopTimeout: 5, loginTimeout: 15 };

  it('is told its times', () => {
    expect(iscsidConf(times).split('\n')).to.include.members([
      'node.session.timeo.replacement_timeout = 120',
      'node.conn[0].timeo.login_timeout = 15',
      'node.conn[0].timeo.noop_out_interval = 5',
      'node.conn[0].timeo.noop_out_timeout = 5',
    ]);
  });

  it('sees a disk under the path to its LUN', () => {
    expect(diskPath({ iqn, address: '192.168.33.20' }, 2)).to.equal(
      `/dev/disk/by-path/ip-192.168.33.20:3260-iscsi-${iqn}-lun-2`,
    );
  });

  it('waits for its pings only as far as they outlast the outage, and for an attempt that began in vain', () => {
    const seconds = (awaySeconds: number, change = {}): number[] =>
      initiatorTerms(awaySeconds, { ...times, ...change }, false).map((term) => term.seconds);
    expect(seconds(4)).to.deep.equal([6, 15, 3]);
    expect(seconds(40)).to.deep.equal([0, 15, 3]);
    expect(seconds(40, { noopInterval: 30, noopTimeout: 30 })).to.deep.equal([20, 15, 3]);
    expect(seconds(40, { noopInterval: 0, noopTimeout: 0 })).to.deep.equal([40, 15, 3]);
    expect(seconds(400, { noopInterval: 0, noopTimeout: 0 })).to.deep.equal([120, 15, 3]);
    expect(seconds(40, { loginTimeout: 1 })).to.deep.equal([0, 3, 3]);
  });
});
