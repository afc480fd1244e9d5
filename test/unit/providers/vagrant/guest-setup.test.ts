import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { guestSetupCommand, macsCommand, parseMacs } from '../../../../lab/providers/vagrant/guest-setup.ts';

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 lab one';

describe('what a guest of a box is given', () => {
  let guest: string;
  beforeEach(() => {
    guest = mkdtempSync(join(tmpdir(), 'lab-guest-'));
    for (const folder of ['bin', 'root', 'etc', 'proc/sys/kernel'])
      mkdirSync(join(guest, folder), { recursive: true });
    writeFileSync(join(guest, 'proc/sys/kernel/randomize_va_space'), '2\n');
    program('id', 'echo "${LAB_TEST_UID:-0}"');
    program('sudo', `echo "$*" | head -n 1 >> ${guest}/sudo.calls; shift; exec "$@"`);
  });
  afterEach(() => {
    rmSync(guest, { recursive: true });
  });

  function program(name: string, body: string): void {
    writeFileSync(join(guest, 'bin', name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(guest, 'bin', name), 0o755);
  }
  /** Runs a command of the guest with the folder in place of its root. */
  function run(command: string, uid = '0'): { status: number | null; stdout: string } {
    const moved = command.replaceAll(/(?<![\w/])\/(?=(root|etc|proc|sys)\b)/g, `${guest}/`);
    return spawnSync('sh', ['-c', moved], {
      encoding: 'utf8',
      cwd: guest,
      env: { PATH: `${guest}/bin:${process.env['PATH'] ?? ''}`, LAB_TEST_UID: uid },
    });
  }
  const authorized = (): string => readFileSync(join(guest, 'root/.ssh/authorized_keys'), 'utf8');

  it('is a key that lets root in, once, beside those that were there', () => {
    mkdirSync(join(guest, 'root/.ssh'));
    writeFileSync(join(guest, 'root/.ssh/authorized_keys'), `${key} of another\n`);
    for (let i = 0; i < 2; i++) expect(run(guestSetupCommand(key, { emulated: false })).status).to.equal(0);
    expect(authorized()).to.equal(`${key} of another\n${key}\n`);
    expect(existsSync(join(guest, 'sudo.calls'))).to.equal(false);
  });

  it('is for nobody else to read', () => {
    run(guestSetupCommand(key, { emulated: false }));
    expect(statSync(join(guest, 'root/.ssh')).mode & 0o777).to.equal(0o700);
    expect(statSync(join(guest, 'root/.ssh/authorized_keys')).mode & 0o777).to.equal(0o600);
  });

  it('goes through sudo, which never asks, where the user is not root', () => {
    expect(run(guestSetupCommand(key, { emulated: true }), '1000').status).to.equal(0);
    expect(authorized()).to.equal(`${key}\n`);
    expect(readFileSync(join(guest, 'sudo.calls'), 'utf8')).to.match(/^-n sh -c /);
  });

  it('fails where sudo refuses, and where nothing can be written', () => {
    program('sudo', 'exit 1');
    expect(run(guestSetupCommand(key, { emulated: false }), '1000').status).not.to.equal(0);
    writeFileSync(join(guest, 'root/.ssh'), 'a file');
    expect(run(guestSetupCommand(key, { emulated: false })).status).not.to.equal(0);
  });

  it('holds no word that a shell acts on', () => {
    const odd = 'ssh-ed25519 AAAA it\'s $(touch owned) `touch owned` "; touch owned; #';
    for (const uid of ['0', '1000'])
      expect(run(guestSetupCommand(odd, { emulated: false }), uid).status).to.equal(0);
    expect(authorized()).to.equal(`${odd}\n`);
    expect(existsSync(join(guest, 'owned'))).to.equal(false);
  });

  it('is a fixed address space in emulation alone, now and after a boot', () => {
    const now = (): string => readFileSync(join(guest, 'proc/sys/kernel/randomize_va_space'), 'utf8');
    const file = join(guest, 'etc/sysctl.d/90-lab-emulated.conf');
    run(guestSetupCommand(key, { emulated: false }));
    expect([now(), existsSync(file)]).to.deep.equal(['2\n', false]);
    expect(run(guestSetupCommand(key, { emulated: true })).status).to.equal(0);
    expect([now(), readFileSync(file, 'utf8')]).to.deep.equal(['0\n', 'kernel.randomize_va_space=0\n']);
    expect(statSync(file).mode & 0o777).to.equal(0o644);
  });

  it('tells the MAC address of each NIC that it has, and nothing of one that it lacks', () => {
    mkdirSync(join(guest, 'sys/class/net/eth1'), { recursive: true });
    writeFileSync(join(guest, 'sys/class/net/eth1/address'), '52:54:00:ab:cd:01\n');
    const { status, stdout } = run(macsCommand(['eth1', 'eth2']));
    expect(status).to.equal(0);
    expect(parseMacs(stdout)).to.deep.equal({ eth1: '52:54:00:ab:cd:01' });
  });
});

describe('MAC addresses of a guest', () => {
  it('are found between whatever else a login prints', () => {
    expect(
      parseMacs('Welcome to eth1!\neth1 52:54:00:ab:cd:01\n\neth2 52:54:00:ab:cd:02\nlogout'),
    ).to.deep.equal({ eth1: '52:54:00:ab:cd:01', eth2: '52:54:00:ab:cd:02' });
  });

  for (const text of [
    '',
    'eth1',
    'eth1 ',
    'eth1 52:54:00:ab:cd',
    'eth1 52:54:00:ab:cd:01:02',
    'eth1 52:54:00:AB:CD:01',
    'ens3 52:54:00:ab:cd:01',
    ' eth1 52:54:00:ab:cd:01',
  ])
    it(`are not in ${JSON.stringify(text)}`, () => {
      expect(parseMacs(text)).to.deep.equal({});
    });
});
