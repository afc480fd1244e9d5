import { diesWithParent } from '../../../../lab/host/dies-with-parent.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { killNow, livingProcess, strayProcesses } from '../../../../lab/providers/qemu/process.ts';

describe('the process of a machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lab-process-test-'));
  const pidFile = join(folder, 'nfs01.pid');
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('is the one of its pid file only while its own mark stands on the command line', async () => {
    writeFileSync(pidFile, `${String(process.pid)}\n`);
    expect(await livingProcess(pidFile, process.argv[1] ?? 'mocha')).to.equal(process.pid);
    expect(await livingProcess(pidFile, join(folder, 'nfs01.qmp'))).to.equal(undefined);
  });

  for (const text of ['', 'no number', '0', '1', '-5', '1.5'])
    it(`is nobody for a pid file with ${JSON.stringify(text)}`, async () => {
      writeFileSync(pidFile, text);
      expect(await livingProcess(pidFile, '')).to.equal(undefined);
    });

  it('is gone when killNow returns, even one that ignores signals; twice is harmless', async () => {
    const child = spawn('sh', ['-c', 'trap "" TERM INT; echo up; while :; do sleep 1; done'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    await once(child.stdout, 'data');
    const { pid = 0 } = child;
    const exit = once(child, 'exit');
    const fromMs = performance.now();
    await killNow(pid);
    expect(performance.now() - fromMs).to.be.below(2000);
    await exit;
    await killNow(pid);
  });

  it('is no stray one merely because its arguments name the folder', async () => {
    const child = spawn('sleep', ['60'], { argv0: `not-qemu ${folder}`, stdio: 'ignore' });
    try {
      expect(await strayProcesses(folder)).to.deep.equal([]);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('is ended by the kernel when its parent dies, where that was asked', async () => {
    const [program, ...words] = [...diesWithParent('KILL'), 'sleep', '60'];
    const script = `const c = require('node:child_process').spawn(${JSON.stringify(program)}, ${JSON.stringify(words)}, { stdio: 'ignore' }); c.once('spawn', () => setTimeout(() => console.log(c.pid), 50));`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
    writeFileSync(pidFile, chunk);
    expect(await livingProcess(pidFile, 'sleep')).to.equal(Number(chunk.toString()));
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    const deadline = performance.now() + 2000;
    while ((await livingProcess(pidFile, 'sleep')) !== undefined && performance.now() < deadline);
    expect(await livingProcess(pidFile, 'sleep')).to.equal(undefined);
  });
});
