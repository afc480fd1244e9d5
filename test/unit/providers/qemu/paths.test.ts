import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { HostError } from '../../../../lab/errors.ts';
import {
  isOurs,
  machineSockets,
  makePrivate,
  nicSocket,
  runtimeDirectory,
  runtimeRoot,
} from '../../../../lab/providers/qemu/paths.ts';
import { failureOf } from '../../../fakes/failure.ts';
import { newPrivateRuntime, usePrivateRuntime } from '../../../private-runtime.ts';

describe('the runtime folder of a lab', () => {
  const before = process.env['XDG_RUNTIME_DIR'];
  afterEach(() => {
    if (before === undefined) delete process.env['XDG_RUNTIME_DIR'];
    else process.env['XDG_RUNTIME_DIR'] = before;
  });

  it('of a test is never among those of whoever runs it', () => {
    const own = newPrivateRuntime();
    expect(runtimeRoot().startsWith(`${own}/`)).to.equal(true);
    expect(() => {
      usePrivateRuntime(join(tmpdir(), 'x'.repeat(60)));
    }).to.throw('too long for sockets');
  });

  it('is one for each state folder, however that is written', () => {
    expect(runtimeDirectory('/home/a/.lab/one')).to.equal(runtimeDirectory('/home/a/x/../.lab/one/'));
    expect(runtimeDirectory('/home/a/.lab/one')).to.not.equal(runtimeDirectory('/home/b/.lab/one'));
  });

  for (const base of [
    '/run/user/1000',
    '/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/',
    `/${'x'.repeat(200)}`,
    '',
  ]) {
    it(`leaves room for the longest names in the 107 bytes of a socket's path below ${JSON.stringify(base)}`, () => {
      process.env['XDG_RUNTIME_DIR'] = base;
      const runtime = runtimeDirectory('/home/somebody/a/long/way/down/.lab/one');
      const node = 'n'.repeat(31);
      for (const path of [nicSocket(runtime, node, 'eth9'), machineSockets(runtime, node).qmp])
        expect(Buffer.byteLength(path)).to.be.at.most(107);
    });
  }
});

describe('a private folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lab-paths-test-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is closed to others, also when it was open before', async () => {
    const path = join(folder, 'a', 'b');
    await makePrivate(path);
    expect(statSync(path).mode & 0o777).to.equal(0o700);
    chmodSync(path, 0o777);
    await makePrivate(path);
    expect(statSync(path).mode & 0o777).to.equal(0o700);
  });

  it('is not a link that somebody left there', async () => {
    mkdirSync(join(folder, 'target'));
    symlinkSync(join(folder, 'target'), join(folder, 'link'));
    expect(isOurs(join(folder, 'link'))).to.equal(false);
    expect(await failureOf(makePrivate(join(folder, 'link')))).to.be.instanceOf(HostError);
  });

  it('is not ours when it is not there', () => {
    expect(isOurs(join(folder, 'none'))).to.equal(false);
  });
});
