import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { HostError, RigError } from '../../../../lab/errors.ts';
import { VBoxManageRefusal } from '../../../../lab/providers/virtualbox/refusal.ts';
import {
  findVBoxManage,
  installedTools,
  runVBoxManage,
  vboxManagePlaces,
} from '../../../../lab/providers/virtualbox/tools.ts';
import { failureOf } from '../../../fakes/failure.ts';

describe('where VBoxManage may be', () => {
  it('is PATH on Linux', () => {
    expect(vboxManagePlaces({ PATH: '/a::/b' }, 'linux')).to.deep.equal(['/a/VBoxManage', '/b/VBoxManage']);
  });

  it('is the folder of the installer on Windows, which is not in PATH', () => {
    const env = { Path: 'C:\\a', VBOX_MSI_INSTALL_PATH: 'C:\\Program Files\\Oracle\\VirtualBox\\' };
    expect(vboxManagePlaces(env, 'win32')).to.deep.equal([
      'C:\\a\\VBoxManage.exe',
      'C:\\Program Files\\Oracle\\VirtualBox\\VBoxManage.exe',
    ]);
  });

  it('is /usr/local/bin on macOS, in PATH or not', () => {
    expect(vboxManagePlaces({}, 'darwin')).to.deep.equal([
      '/usr/local/bin/VBoxManage',
      '/Applications/VirtualBox.app/Contents/MacOS/VBoxManage',
    ]);
  });
});

describe('the programs of VirtualBox', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lab vbox $tools-'));
  const program = join(folder, 'VBoxManage');
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const write = (name: string, script: string): void => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  };

  it('are found as programs only', () => {
    const other = join(folder, 'other');
    mkdirSync(join(other, 'VBoxManage'), { recursive: true });
    expect(findVBoxManage({ PATH: other }, 'linux')).to.equal(undefined);
    write('VBoxManage', 'exit 0');
    expect(findVBoxManage({ PATH: `${other}:${folder}` }, 'linux')).to.equal(program);
    chmodSync(program, 0o644);
    expect(findVBoxManage({ PATH: folder }, 'linux')).to.equal(undefined);
  });

  it('get their arguments as they are, no input and no language', async () => {
    write('VBoxManage', 'printf "%s|" "$@"; cat; echo "$LC_ALL"');
    const odd = '$(touch /tmp/x) "; `id` \\ \n';
    const tools = installedTools({ PATH: folder });
    expect(await tools.manage(['snapshot', odd])).to.equal(`snapshot|${odd}|C.UTF-8`);
  });

  it('end in an error when they fail, take too long, or are not there', async () => {
    write('VBoxManage', 'echo "VBoxManage: error: Could not find a registered machine named x" >&2; exit 1');
    expect(await failureOf(runVBoxManage(program, ['showvminfo', 'x'], 5000)))
      .to.be.instanceOf(VBoxManageRefusal)
      .with.property('what', 'no such machine');
    write('VBoxManage', 'exec sleep 30');
    const late = await failureOf(runVBoxManage(program, ['showvminfo', 'x'], 100));
    expect(late).to.be.instanceOf(RigError);
    expect(late.message).to.contain('did not end within 0.1 s');
    expect(await failureOf(runVBoxManage(join(folder, 'none'), [], 1000))).to.be.instanceOf(HostError);
    expect(await failureOf(installedTools({ PATH: '' }).manage([]))).to.be.instanceOf(HostError);
  });

  it('are not believed when they say that they failed and end with 0', async () => {
    write('VBoxManage', 'echo "VBoxManage: error: Invalid NIC number 9" >&2; exit 0');
    const failure = await failureOf(runVBoxManage(program, ['modifyvm', 'a'], 5000));
    expect(failure).to.be.instanceOf(VBoxManageRefusal);
    expect(failure.message).to.contain('Invalid NIC number 9');
    write('VBoxManage', 'echo "0%...100%" >&2; echo fine; exit 0');
    expect(await runVBoxManage(program, ['snapshot', 'a'], 5000)).to.equal('fine');
  });

  it('start a machine that stands still in a session of its own', async () => {
    const seen = join(folder, 'seen');
    write('VBoxManage', 'exit 0');
    // Field 6 of /proc/PID/stat is the session.
    write(
      'VBoxHeadless',
      `echo "$*" "$$" "$(cut -d' ' -f6 /proc/$$/stat)" > '${seen}'; echo no such machine >&2; exit 1`,
    );
    const starting = await installedTools({ PATH: folder }).startPaused('nfs01');
    expect(await starting.failed).to.equal('no such machine (ended with status 1)');
    starting.release();
    const [, , , pid, session] =
      /^(--startvm) (nfs01) --start-paused (\d+) (\d+)/.exec(readFileSync(seen, 'utf8')) ?? [];
    expect(pid).to.equal(session).and.to.not.equal(undefined);
  });

  it('say so when VBoxHeadless is not there', async () => {
    write('VBoxManage', 'exit 0');
    rmSync(join(folder, 'VBoxHeadless'), { force: true });
    expect(await failureOf(installedTools({ PATH: folder }).startPaused('nfs01'))).to.be.instanceOf(
      HostError,
    );
  });
});
