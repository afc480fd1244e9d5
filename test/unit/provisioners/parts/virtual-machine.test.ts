import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { MonitorEvent } from '../../../../lab/stack.ts';
import { parseConsoleLine } from '../../../../provisioners/parts/vm-console.ts';
import { inspectDisk, parseDisk } from '../../../../provisioners/parts/vm-disk.ts';
import {
  guestBoot,
  guestDisk,
  guestInittab,
  guestNetwork,
  guestShutdown,
} from '../../../../provisioners/parts/vm-guest.ts';
import type { Guest } from '../../../../provisioners/parts/vm-guest.ts';
import {
  consoleLogging,
  vmResourceScript,
  vmShutdownProgram,
  vmUnit,
} from '../../../../provisioners/parts/vm-host.ts';
import type { VmHost } from '../../../../provisioners/parts/vm-host.ts';

const guest: Guest = {
  image: '/data/VMs/vm1.img',
  sizeMib: 24,
  address: '192.168.33.20/24',
  port: 80,
  uploads: '/records',
};
const host: VmHost = {
  name: 'vm1',
  image: guest.image,
  memoryMib: 64,
  address: '192.168.33.20',
  port: 80,
  nic: 'eth1',
  tap: 'vm0',
  stopSeconds: 30,
  startSeconds: 180,
};

function checkSyntax(interpreter: string, ...words: string[]): void {
  execFileSync(interpreter, words, { stdio: 'pipe' });
}

describe('the scripts of a virtual machine', () => {
  const disk = guestDisk(guest, {
    server: '/s',
    boot: '/b',
    network: '/n',
    shutdown: '/d',
    inittab: '/i',
  }).join('\n');
  for (const [what, script] of Object.entries({
    boot: guestBoot,
    network: guestNetwork(guest),
    shutdown: guestShutdown,
    'making its disk': disk,
    'the resource of heartbeat': vmResourceScript(host),
    'looking into its disk': inspectDisk("/data/it's one.img", ['/srv/www/a']),
  }))
    it(`are shell: ${what}`, () => {
      checkSyntax('sh', '-n', '-c', script);
    });

  it('are Perl: its shutdown', () => {
    checkSyntax('perl', '-c', '-e', vmShutdownProgram);
  });

  it('check the file system before it can be written to, and serve nothing from one that needs a person', () => {
    const text = guestBoot;
    const at = (part: string): number => text.indexOf(part);
    expect(at('e2fsck -f -p /dev/ubda')).to.be.within(0, at('remount,rw'));
    expect(at('[ "$status" -ge 4 ]')).to.be.within(at('e2fsck'), at('remount,rw'));
    expect(guestNetwork(guest)).to.include('ip addr add 192.168.33.20/24 ');
  });

  it('power it off at Ctrl-Alt-Del', () => {
    expect(guestInittab(guest))
      .to.include('::ctrlaltdel:/bin/poweroff\n')
      .and.include('::shutdown:/etc/shutdown\n');
    expect(vmShutdownProgram).to.include("'cad'").and.include('/run/vm/$name');
  });

  it('write the disk in full, so that its blocks are there when they are needed', () => {
    expect(disk).to.include('dd if=/dev/zero of=/data/VMs/vm1.img bs=1M count=24 ').and.include('nodiscard');
  });

  it('run it as a unit that nothing enables, and kill what does not stop in time', () => {
    const unit = vmUnit(host);
    expect(unit).not.to.include('[Install]');
    expect(unit)
      .to.include('ubd0s=/data/VMs/vm1.img root=/dev/ubda ro ')
      .and.include('mem=64M')
      .and.include('ExecStop=/usr/local/sbin/vm-shutdown vm1\nTimeoutStopSec=30\nKillSignal=SIGKILL\n');
    expect(consoleLogging).to.include('"vm-console" -/var/log/vm-console.log\n& stop\n');
  });

  it('lead its address through the node that runs it, and away when it stops', () => {
    const script = vmResourceScript(host);
    const [start = '', stop = ''] = [/\nstart\)(.*?);;/s, /\nstop\)(.*?);;/s].map(
      (part) => part.exec(script)?.[1] ?? '',
    );
    expect(start).to.match(/connect.*announce.*systemctl start vm\.service.*answers.*say serving/s);
    expect(stop).to.match(/disconnect.*systemctl stop vm\.service.*ip link del dev vm0/s);
    expect(script)
      .to.include('ip route replace 192.168.33.20/32 dev vm0 src "$own"')
      .and.include('for card in eth1 vm0;');
  });
});

describe('the console of a virtual machine', () => {
  const parse = (text: string, tag = 'vm-console[812]'): MonitorEvent | undefined =>
    parseConsoleLine(`2026-11-21T20:00:00.250000+00:00 nfs01 ${tag}: ${text}`, 'vm-console');

  const told: [string, string][] = [
    ['Core dump limits :', 'vm-started'],
    ['EXT4-fs (ubda): recovery complete', 'vm-journal-replayed'],
    ['vm: Linux 6.1.176 is up, its root still read-only', 'vm-up'],
    ['vm: fsck: /dev/ubda: 83/1024 files (3.6% non-contiguous), 3710/6144 blocks', 'log'],
    ['vm: fsck ended with status 0', 'vm-checked'],
    ['vm: serving', 'vm-serving'],
    ['vm: shutting down', 'vm-stopping'],
    ['vm: root is read-only', 'vm-stopped'],
    ['Kernel panic - not syncing: VFS: Unable to mount root fs', 'log'],
    ['EXT4-fs error (device ubda): ext4_lookup:1855', 'log'],
  ];
  for (const [text, kind] of told)
    it(`tells ${kind} from "${text.slice(0, 40)}"`, () => {
      expect(parse(text)).to.deep.equal({
        source: 'console',
        kind,
        text,
        guestMs: Date.parse('2026-11-21T20:00:00.250Z'),
      });
    });

  it('leaves out what a kernel says of itself, and the lines of others', () => {
    expect(parse('NET: Registered PF_INET protocol family')).to.equal(undefined);
    expect(parse('vm: serving', 'heartbeat')).to.equal(undefined);
    expect(parseConsoleLine('vm: serving', 'vm-console')).to.equal(undefined);
  });
});

describe('a look into the disk of a virtual machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vm-disk-'));
  const image = join(folder, 'one disk.img');
  const look = (): ReturnType<typeof parseDisk> =>
    parseDisk(
      'nfs01',
      execFileSync('sh', ['-c', inspectDisk(image, ['/a', '/none'])], { encoding: 'utf8' }),
      2,
    );

  before(() => {
    const tree = join(folder, 'tree');
    execFileSync('sh', [
      '-c',
      `mkdir '${tree}' && printf 'a record\\n' > '${tree}/a' && truncate -s 8M '${image}' && mke2fs -q -F -t ext4 -d '${tree}' '${image}'`,
    ]);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('finds a sound file system and the files', () => {
    const { check, texts } = look();
    expect(check.sound).to.equal(true);
    expect(check.found).to.match(/^e2fsck ended with status 0: .*blocks$/);
    expect(texts).to.deep.equal(['a record\n', '']);
  });

  it('finds a file system that is none', () => {
    writeFileSync(join(folder, 'broken'), Buffer.alloc(8 << 20));
    const broken = inspectDisk(join(folder, 'broken'), ['/a']);
    const found = parseDisk('nfs02', execFileSync('sh', ['-c', broken], { encoding: 'utf8' }), 1);
    expect(found.check.sound).to.equal(false);
    expect(found.texts).to.deep.equal(['']);
  });

  it('finds damage', () => {
    execFileSync('debugfs', ['-w', '-R', 'clri /a', image], { stdio: 'pipe' });
    expect(look().check).to.have.property('sound', false);
  });

  it('does not take silence for a sound disk', () => {
    expect(parseDisk('nfs01', '', 1)).to.deep.equal({
      node: 'nfs01',
      check: { sound: false, found: 'e2fsck did not run' },
      texts: [''],
    });
  });
});
