import { expect } from 'chai';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HostError, InterruptedError } from '../../../lab/errors.ts';
import { ensureHostPackages, logFileIn } from '../../../lab/host/install.ts';
import type { InstallOptions } from '../../../lab/host/install.ts';
import type { Requirement } from '../../../lab/host/requirements.ts';
import type { Progress } from '../../../lab/progress.ts';
import { waitFor } from '../../../lab/wait.ts';
import { fedora, inFakeHost } from './fake-host.ts';
import type { FakeHost } from './fake-host.ts';

const wanted: Requirement[] = ['lab-emulator', 'lab-builder'].map((name) => ({
  kind: 'program',
  name,
  why: `runs ${name}`,
  who: 'everyone',
  packages: { debian: `${name}-package`, fedora: `${name}-rpm`, homebrew: null },
}));

/** An apt-get that records its arguments and "installs" by making the programs. */
const install =
  'for p in lab-emulator lab-builder; do echo "#!/bin/sh" > "$HERE/$p"; /bin/chmod +x "$HERE/$p"; done';
const record = 'echo "$DEBIAN_FRONTEND $*" >> "$HERE/calls"';

const parameters =
  'install -y --no-install-recommends -o DPkg::Lock::Timeout=300 lab-emulator-package lab-builder-package';

function recorder(): { progress: Progress; told: string[] } {
  const told: string[] = [];
  const progress: Progress = {
    step: (title, work) => {
      told.push(title);
      return work(progress);
    },
    note: (text) => told.push(text),
  };
  return { progress, told };
}

async function optionsFor(host: FakeHost, lists: 'fresh' | 'absent' = 'fresh'): Promise<InstallOptions> {
  const aptLists = join(host.folder, 'lists');
  await mkdir(aptLists);
  if (lists === 'fresh') await writeFile(join(aptLists, 'mirror_Packages'), '');
  return {
    host,
    wanted,
    env: { HERE: host.path },
    folder: join(host.folder, 'cache'),
    progress: recorder().progress,
    signal: new AbortController().signal,
    aptLists,
  };
}

async function callsOf(host: FakeHost): Promise<string[]> {
  return (await readFile(join(host.path, 'calls'), 'utf8').catch(() => '')).split('\n').slice(0, -1);
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('host packages', () => {
  it('are installed by root on Debian, after saying which and why', () =>
    inFakeHost(async (host) => {
      await host.script('apt-get', `${record}\n${install}`);
      const { progress, told } = recorder();
      const options = { ...(await optionsFor(host)), progress };
      await ensureHostPackages(options);
      expect(await callsOf(host)).to.deep.equal([`noninteractive ${parameters}`]);
      expect(told.join('\n')).to.contain('lab-emulator is missing: it runs lab-emulator');
      await ensureHostPackages(options);
      expect(await callsOf(host)).to.have.length(1);
    }));

  it('come after an update where there are no package lists', () =>
    inFakeHost(async (host) => {
      await host.script('apt-get', `${record}\ncase $1 in install) ${install} ;; esac`);
      await ensureHostPackages(await optionsFor(host, 'absent'));
      expect(await callsOf(host)).to.deep.equal(['noninteractive update', `noninteractive ${parameters}`]);
    }));

  it('are tried once more with new lists when the mirror does not know the old ones', () =>
    inFakeHost(async (host) => {
      await host.script(
        'apt-get',
        `${record}\ncase $1 in update) : > "$HERE/updated" ;; install) [ -e "$HERE/updated" ] || { echo "E: 404 Not Found"; exit 100; }; ${install} ;; esac`,
      );
      await ensureHostPackages(await optionsFor(host));
      expect((await callsOf(host)).map((call) => call.split(' ')[1])).to.deep.equal([
        'install',
        'update',
        'install',
      ]);
    }));

  it('are asked for with the exact command where lab is not root', () =>
    inFakeHost(async (host) => {
      await host.script('apt-get', record);
      const error = await failureOf(
        ensureHostPackages({ ...(await optionsFor(host)), host: { ...host, root: false } }),
      );
      expect(error).to.be.instanceOf(HostError);
      expect(error).to.include({
        hint: 'sudo apt-get install -y --no-install-recommends lab-emulator-package lab-builder-package',
      });
      expect(await callsOf(host)).to.deep.equal([]);
    }));

  it('are only told on other systems', () =>
    inFakeHost(async (host) => {
      const error = await failureOf(
        ensureHostPackages({ ...(await optionsFor(host)), host: { ...host, osRelease: fedora } }),
      );
      expect(error).to.include({ hint: 'dnf install lab-emulator-rpm lab-builder-rpm' });
    }));

  it('fail with the end of the output, and leave all of it in the log', () =>
    inFakeHost(async (host) => {
      await host.script('apt-get', 'echo "E: You have held broken packages."; exit 100');
      const options = await optionsFor(host);
      const error = await failureOf(ensureHostPackages(options));
      expect(error).to.be.instanceOf(HostError);
      expect(error).to.have.property('message').that.contains('held broken packages');
      expect(error).to.have.property('message').that.contains('status 100');
      expect(await readFile(logFileIn(options.folder), 'utf8')).to.contain('held broken packages');
    }));

  it('fail when apt-get claims success and the program is still not there', () =>
    inFakeHost(async (host) => {
      await host.script('apt-get', 'exit 0');
      const error = await failureOf(ensureHostPackages(await optionsFor(host)));
      expect(error).to.have.property('message').that.contains('still there is no lab-emulator, lab-builder');
    }));

  it('are installed once by two processes at the same time', () =>
    inFakeHost(async (host) => {
      await host.script('apt-get', `${record}\n/bin/sleep 0.3\n${install}`);
      const options = await optionsFor(host);
      await Promise.all([ensureHostPackages(options), ensureHostPackages(options)]);
      expect(await callsOf(host)).to.have.length(1);
    }));

  it('end apt-get and give up when interrupted', () =>
    inFakeHost(async (host) => {
      await host.script('apt-get', `echo $$ > "$HERE/pid"\nexec /bin/sleep 60`);
      const controller = new AbortController();
      const installing = failureOf(
        ensureHostPackages({ ...(await optionsFor(host)), signal: controller.signal }),
      );
      const pid = await waitFor(
        'apt-get to start',
        async () => {
          const text = await readFile(join(host.path, 'pid'), 'utf8');
          return text.endsWith('\n') ? { done: true, value: Number(text) } : { done: false, state: text };
        },
        { timeoutMs: 5000, everyMs: 20 },
      );
      controller.abort();
      expect(await installing).to.be.instanceOf(InterruptedError);
      expect(() => process.kill(pid, 0)).to.throw(/ESRCH/);
    }));
});
