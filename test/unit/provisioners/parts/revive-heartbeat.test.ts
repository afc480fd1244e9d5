import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { heartbeatAnatomy } from '../../../../provisioners/parts/anatomy.ts';

describe('heartbeat that is to be a part of the cluster again', () => {
  const { command, timeoutMs } = heartbeatAnatomy({ initdead: 30 }).revive('nfs02');
  let path: string;
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'lab-revive-'));
  });
  afterEach(() => {
    rmSync(path, { recursive: true, force: true });
  });

  /** Runs the order where heartbeat is seen so many times before it has ended. @returns what systemctl was told */
  function revivedAfter(looks: number): string {
    for (const name of ['looks', 'clock', 'told']) rmSync(join(path, name), { force: true });
    const program = (name: string, body: string): void => {
      writeFileSync(join(path, name), `#!/bin/sh\n${body}\n`);
      chmodSync(join(path, name), 0o755);
    };
    program('pgrep', `echo >> ${path}/looks; [ "$(wc -l < ${path}/looks)" -le ${String(looks)} ]`);
    program('sleep', ':');
    // Each look at the clock is ten seconds after the one before.
    program('cut', `echo >> ${path}/clock; echo $(($(wc -l < ${path}/clock) * 10))`);
    program('systemctl', `echo "$@" >> ${path}/told`);
    execFileSync('sh', ['-c', command], { env: { PATH: `${path}:/usr/bin:/bin` }, timeout: 20_000 });
    return existsSync(join(path, 'told')) ? readFileSync(join(path, 'told'), 'utf8') : '';
  }

  it('is started at once where it has ended, and after it has where it still ends', () => {
    expect(revivedAfter(0)).to.equal('start heartbeat\n');
    expect(revivedAfter(3)).to.equal('start heartbeat\n');
  });

  it('is left alone where it stays, which is looked at for as long as it may take to end', () => {
    expect(revivedAfter(1000)).to.equal('');
    expect(readFileSync(join(path, 'clock'), 'utf8')).to.have.length(7);
    expect(timeoutMs).to.be.above(2 * 60_000);
  });
});
