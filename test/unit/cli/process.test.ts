import { expect } from 'chai';
import { execa } from 'execa';
import { chmod, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inFolder } from './run-lab.ts';

const bin = fileURLToPath(new URL('../../../bin/lab.js', import.meta.url));

describe('bin/lab.js as a process', () => {
  it('works through a symbolic link in a folder with spaces, from anywhere, and ends with the exit code', () =>
    inFolder(async (folder) => {
      const link = join(folder, 'a lab');
      await symlink(bin, link);
      const options = { cwd: folder, reject: false };
      const [version, usage] = await Promise.all([
        execa(link, ['--version'], options),
        execa(link, ['scenario', 'hard-hlt'], options),
      ]);
      expect(version).to.include({ exitCode: 0, stderr: '' });
      expect(version.stdout).to.match(/^\d+\.\d+\.\d+$/);
      expect(usage).to.include({ exitCode: 64, stdout: '' });
      expect(usage.stderr).to.contain('hint: did you mean hard-halt?');
    }));

  it('does not crash when its reader goes away', () =>
    inFolder(async (folder) => {
      const { stdout, stderr } = await execa(
        'bash',
        ['-c', '"$LAB" list settings --stack heartbeat-sarge | true; echo "${PIPESTATUS[0]}"'],
        { cwd: folder, env: { LAB: bin }, reject: false },
      );
      expect(stderr).to.equal('');
      expect(stdout).to.equal('0');
    }));

  it('tells the host as JSON and nothing else, with exit 0 or 69 as the JSON says', () =>
    inFolder(async (folder) => {
      const { stdout, stderr, exitCode } = await execa(bin, ['doctor', '--json', '--quiet'], {
        cwd: folder,
        env: { XDG_CACHE_HOME: join(folder, 'cache'), NO_COLOR: '1' },
        reject: false,
      });
      const told = JSON.parse(stdout) as { ready: boolean; rows: { what: string; verdict: string }[] };
      expect(stderr).to.equal('');
      expect(exitCode).to.equal(told.ready ? 0 : 69);
      const names = told.rows.map((row) => row.what);
      for (const what of [
        'Node.js',
        'qemu-system-x86_64',
        'mmdebstrap',
        'memory',
        'accelerator',
        'libvirt through Vagrant',
      ])
        expect(names).to.include(what);
    })).timeout(30_000);

  it('heals and cleans up at the first Ctrl-C, and leaves at once with 130 at the second', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'vagrant'), '#!/bin/sh\nexec sleep 4\n');
      await chmod(join(folder, 'vagrant'), 0o755);
      const running = execa(bin, ['doctor'], {
        cwd: folder,
        env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, XDG_CACHE_HOME: join(folder, 'cache') },
        reject: false,
      });
      let told = '';
      running.stderr.on('data', (chunk: Buffer) => {
        const before = told;
        told += chunk.toString();
        for (const sign of ['probe this host', 'once more leaves at once'])
          if (!before.includes(sign) && told.includes(sign)) running.kill('SIGINT');
      });
      const { exitCode, stdout, stderr } = await running;
      expect(stderr).to.contain('lab: interrupted; healing and cleaning up');
      expect(stdout).to.equal('');
      expect(exitCode).to.equal(130);
    }));
});
