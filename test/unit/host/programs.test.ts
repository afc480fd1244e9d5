import { expect } from 'chai';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  findProgram,
  isAtLeast,
  outdatedRequirements,
  missingRequirements,
  thisHost,
  versionOf,
} from '../../../lab/host/programs.ts';
import { mendCommand, packageManagerOf, requirements } from '../../../lab/host/requirements.ts';
import type { Requirement } from '../../../lab/host/requirements.ts';
import { debian, fedora, inFakeHost, mint } from './fake-host.ts';

function made(name: string, who: Requirement['who'] = 'everyone'): Requirement {
  const packages = { debian: `${name}-package`, fedora: null, homebrew: null };
  return { kind: 'program', name, why: 'is needed', who, packages };
}

describe('the search for programs', () => {
  it('finds executable files only', () =>
    inFakeHost(async (host) => {
      await host.script('lab-one', 'true');
      await writeFile(join(host.path, 'lab-two'), 'not executable');
      await mkdir(join(host.path, 'lab-three'));
      expect(findProgram('lab-one', host.path)).to.equal(join(host.path, 'lab-one'));
      expect(findProgram('lab-two', host.path)).to.equal(undefined);
      expect(findProgram('lab-three', host.path)).to.equal(undefined);
      expect(findProgram('lab-one', '')).to.equal(undefined);
    }));

  it('names what is missing, and asks root for less', () =>
    inFakeHost(async (host) => {
      await host.script('lab-one', 'true');
      const wanted = [made('lab-one'), made('lab-two'), made('lab-map', 'not root')];
      const names = (root: boolean): string[] =>
        missingRequirements({ ...host, root }, wanted).map((each) => each.name);
      expect(names(true)).to.deep.equal(['lab-two']);
      expect(names(false)).to.deep.equal(['lab-two', 'lab-map']);
    }));

  it('takes less than 100 ms for all requirements', () => {
    const startedMs = performance.now();
    missingRequirements(thisHost(process.env), requirements);
    expect(performance.now() - startedMs).to.be.lessThan(100);
  });
});

describe('the version of a program', () => {
  it('is the first dotted number on either stream, whatever the status', () =>
    inFakeHost(async (host) => {
      await host.script('one', 'echo "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg)"');
      await host.script('two', 'echo "mke2fs 1.47.0 (5-Feb-2023)" >&2; exit 1');
      await host.script('three', 'echo "no number"');
      expect(await versionOf(join(host.path, 'one'), '--version')).to.equal('7.2.22');
      expect(await versionOf(join(host.path, 'two'), '-V')).to.equal('1.47.0');
      expect(await versionOf(join(host.path, 'three'), '--version')).to.equal(undefined);
      expect(await versionOf(join(host.path, 'absent'), '--version')).to.equal(undefined);
    }));

  it('is told when it is older than it must be', () =>
    inFakeHost(async (host) => {
      await host.script('lab-old', 'echo "old 7.1.9"');
      await host.script('lab-new', 'echo "new 7.2"');
      const version = { least: '7.2', argument: '--version' };
      const wanted = ['lab-old', 'lab-new', 'lab-absent'].map((name) => ({ ...made(name), version }));
      const outdated = await outdatedRequirements(host, wanted);
      expect(outdated.map((each) => [each.requirement.name, each.version])).to.deep.equal([
        ['lab-old', '7.1.9'],
      ]);
    }));

  it('is compared by number', () => {
    expect(isAtLeast('7.2.22', '7.2')).to.equal(true);
    expect(isAtLeast('7.10', '7.2')).to.equal(true);
    expect(isAtLeast('10.0', '7.2')).to.equal(true);
    expect(isAtLeast('7.1.99', '7.2')).to.equal(false);
    expect(isAtLeast('7', '7.0')).to.equal(true);
  });
});

describe('the command that brings what is missing', () => {
  const two = [made('a'), made('b'), made('a')];

  it('is in the words of the host', () => {
    expect(packageManagerOf(debian, 'linux')).to.equal('apt');
    expect(packageManagerOf(mint, 'linux')).to.equal('apt');
    expect(packageManagerOf(fedora, 'linux')).to.equal('dnf');
    expect(packageManagerOf('ID=void\n', 'linux')).to.equal('unknown');
    expect(packageManagerOf('', 'darwin')).to.equal('homebrew');
    expect(mendCommand(two, 'apt', { root: true })).to.equal(
      'apt-get install -y --no-install-recommends a-package b-package',
    );
    expect(mendCommand(two, 'apt', { root: false })).to.match(/^sudo apt-get install /);
    expect(mendCommand(two, 'homebrew', { root: false })).to.contain('Homebrew has no a, b');
    expect(mendCommand(two, 'unknown', { root: true })).to.contain('a-package, b-package');
  });
});
