import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { expect } from 'chai';
import { apacheResourceScript } from '../../../../provisioners/parts/apache.ts';
import { parseHeartbeatLine } from '../../../../provisioners/parts/heartbeat-log.ts';

describe('the resource script of Apache', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lab-apache-test-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** The script with programs, pid file and port of the test's own. */
  function script(port: number, programs: Record<string, string>): string {
    for (const [name, body] of Object.entries(programs)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    const file = join(folder, 'apache2');
    const hex = port.toString(16).toUpperCase().padStart(4, '0');
    writeFileSync(
      file,
      apacheResourceScript
        .replaceAll('/run/apache2/apache2.pid', join(folder, 'pid'))
        .replace(':0050 ', `:${hex} `),
    );
    return file;
  }

  function run(file: string, action: string): { status: number | null; stdout: string } {
    const { status, stdout } = spawnSync('sh', [file, action], {
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
      timeout: 20_000,
    });
    return { status, stdout };
  }

  it('says running of a process that lives, in words that heartbeat looks for', () => {
    const file = script(1, {});
    expect(run(file, 'status')).to.deep.equal({ status: 3, stdout: 'stopped\n' });
    writeFileSync(join(folder, 'pid'), `${String(process.pid)}\n`);
    expect(run(file, 'status')).to.deep.equal({ status: 0, stdout: 'running\n' });
    const dead = execFileSync('sh', ['-c', 'echo $$']).toString();
    writeFileSync(join(folder, 'pid'), dead);
    expect(run(file, 'status')).to.deep.equal({ status: 3, stdout: 'stopped\n' });
  });

  it('starts, and serves once the port is open', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const file = script((server.address() as AddressInfo).port, {
        systemctl: `echo "$@" >> ${join(folder, 'asked')}`,
        logger: `echo "$@" >> ${join(folder, 'logged')}`,
      });
      expect(run(file, 'start').status).to.equal(0);
      expect(run(file, 'stop').status).to.equal(0);
    } finally {
      server.close();
    }
    expect(readFileSync(join(folder, 'asked'), 'utf8')).to.equal(
      'start apache2.service\nstop apache2.service\n',
    );
    const [serving] = readFileSync(join(folder, 'logged'), 'utf8').split('\n');
    expect(serving).to.equal('-t apache2 -p local0.info info: apache2 serving');
    expect(
      parseHeartbeatLine('2026-11-21T15:04:05.123456+00:00 nfs02 apache2: info: apache2 serving'),
    ).to.include({ kind: 'serving' });
  });

  it('fails where systemd does, and says nothing of serving', () => {
    const file = script(1, { systemctl: 'exit 1', logger: `touch ${join(folder, 'logged')}` });
    expect(run(file, 'start').status).to.equal(1);
    expect(() => readFileSync(join(folder, 'logged'))).to.throw('ENOENT');
    expect(run(file, 'reload').status).to.equal(1);
  });
});
