import { expect } from 'chai';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inFolder, runLab } from './run-lab.ts';

async function printed(folder: string, argv: readonly string[]): Promise<string> {
  const { stdout, stderr, code } = await runLab(folder, ['vagrantfile', 'heartbeat-sarge', ...argv]);
  expect(stderr).to.equal('');
  expect(code).to.equal(0);
  return stdout;
}

describe('lab vagrantfile', () => {
  it('prints a Vagrantfile for VirtualBox, with the public box', () =>
    inFolder(async (folder) => {
      const text = await printed(folder, []);
      expect(text).to.contain('config.vm.box = "debian/bookworm64"');
      expect(text).to.contain('vb.name = "heartbeat-sarge-nfs02"');
      expect(text).to.not.contain('provision');
    }));

  it('prints one for libvirt, with the name and the box that were asked for', () =>
    inFolder(async (folder) => {
      const text = await printed(folder, [
        ...['--provider', 'libvirt', '--name', 'second'],
        ...['--box', 'me/mine', '--box-version', '~> 1.0', '--box-url', 'file:///srv/mine.box'],
      ]);
      expect(text).to.contain('config.vm.box = "me/mine"');
      expect(text).to.contain('config.vm.box_version = "~> 1.0"');
      expect(text).to.contain('config.vm.box_url = "file:///srv/mine.box"');
      expect(text).to.contain('libvirt.default_prefix = "second-"');
    }));

  it('takes the box of the platform from lab.yaml, without its checksum for another version', () =>
    inFolder(async (folder) => {
      const checksum = 'ab'.repeat(32);
      await writeFile(
        join(folder, 'lab.yaml'),
        `provider: libvirt\nboxes:\n  debian-12:\n    name: our/bookworm\n    version: 1.2.3\n    checksum: {type: sha256, value: ${checksum}}\n`,
      );
      const text = await printed(folder, []);
      expect(text).to.contain('config.vm.provider "libvirt"');
      expect(text).to.contain('config.vm.box = "our/bookworm"');
      expect(text).to.contain(`config.vm.box_download_checksum = "${checksum}"`);
      const other = await printed(folder, ['--box-version', '2.0']);
      expect(other).to.contain('config.vm.box = "our/bookworm"');
      expect(other).to.contain('config.vm.box_version = "2.0"');
      expect(other).to.not.contain('checksum');
    }));

  it('refuses settings that need what no provider through Vagrant can do', () =>
    inFolder(async (folder) => {
      for (const provider of ['virtualbox', 'libvirt']) {
        const argv = ['vagrantfile', 'pacemaker-centos7', '--provider', provider, '--set', 'fencing=host'];
        const { code, stderr, stdout } = await runLab(folder, argv);
        expect([code, stdout]).to.deep.equal([69, '']);
        expect(stderr).to.contain(`${provider} cannot fence, and fencing=host of pacemaker-centos7 needs it`);
        expect((await runLab(folder, argv.slice(0, -2))).code).to.equal(0);
      }
    }));

  it('prints the files as JSON', () =>
    inFolder(async (folder) => {
      const result = JSON.parse(await printed(folder, ['--json'])) as { provider: string; files: unknown[] };
      expect(result.provider).to.equal('virtualbox');
      expect(result.files).to.have.length(1);
    }));

  it('writes scripts beside a Vagrantfile that stands alone, with secrets that only their owner can read', () =>
    inFolder(async (folder) => {
      const out = join(folder, 'with space');
      const stdout = await printed(folder, ['--standalone', '--out', out]);
      const scripts = await readdir(join(out, 'scripts'));
      expect(stdout.trim().split('\n').sort()).to.deep.equal(
        [join(out, 'Vagrantfile'), ...scripts.map((name) => join(out, 'scripts', name))].sort(),
      );
      const vagrantfile = await readFile(join(out, 'Vagrantfile'), 'utf8');
      for (const name of scripts) {
        expect(vagrantfile).to.contain(`path: "scripts/${name}"`);
        expect((await stat(join(out, 'scripts', name))).mode & 0o777).to.equal(0o600);
      }
      const texts = await Promise.all(scripts.map((name) => readFile(join(out, 'scripts', name), 'utf8')));
      expect(texts.filter((text) => /^1 sha1 [0-9a-f]{32}$/m.test(text))).to.have.length(2);
    }));

  it('puts the scripts into the Vagrantfile when it is printed, with fresh secrets each time', () =>
    inFolder(async (folder) => {
      const one = await printed(folder, ['--standalone']);
      expect(one).to.contain("inline: <<~'SCRIPT'");
      expect(one).to.not.contain('path:');
      expect(await printed(folder, ['--standalone'])).to.not.equal(one);
    }));

  it('leaves a different file alone, unless it is forced', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'out', 'Vagrantfile');
      const out = join(folder, 'out');
      await printed(folder, ['--out', out]);
      await printed(folder, ['--out', 'out']);
      await writeFile(file, '# mine\n');
      const refused = await runLab(folder, ['vagrantfile', 'heartbeat-sarge', '--out', out]);
      expect(refused.code).to.equal(64);
      expect(refused.stderr).to.match(/is there already, and different\nhint: --force replaces it/);
      expect(await readFile(file, 'utf8')).to.equal('# mine\n');
      await printed(folder, ['--out', out, '--force']);
      expect(await readFile(file, 'utf8')).to.contain('Vagrant.configure("2")');
    }));

  for (const { argv, says } of [
    {
      argv: ['--edition', 'period'],
      says: /no public box of Debian 3\.1 \(sarge\)\nhint: --box .*debian-sarge/,
    },
    { argv: ['--provider', 'qemu'], says: /no Vagrantfile for the provider "qemu"\nhint: .*without Vagrant/ },
    { argv: ['--provider', 'virtualbx'], says: /"virtualbx"\nhint: did you mean virtualbox\?/ },
    { argv: ['--box', 'a b'], says: /not a valid box:\n {2}name: / },
    { argv: ['--name', '../x'], says: /cannot be the name of a lab/ },
    { argv: ['--set', 'deadtine=3'], says: /did you mean deadtime/ },
  ])
    it(`refuses ${argv.join(' ')}`, () =>
      inFolder(async (folder) => {
        const { code, stderr, stdout } = await runLab(folder, ['vagrantfile', 'heartbeat-sarge', ...argv]);
        expect(stderr).to.match(says);
        expect(stdout).to.equal('');
        expect(code).to.equal(64);
      }));

  it('takes a box for the period edition', () =>
    inFolder(async (folder) => {
      const text = await printed(folder, ['--edition', 'period', '--box', 'me/sarge']);
      expect(text).to.contain('config.vm.box = "me/sarge"');
      expect(text).to.contain('diffie-hellman-group1-sha1');
      expect(text).to.contain('vb.default_nic_type = "82540EM"');
    }));

  for (const { text, says } of [
    {
      text: 'boxes:\n  debian-13: {name: a}\n',
      says: /^lab: lab\.yaml:2: .*"debian-13"\nhint: did you mean debian-12/,
    },
    {
      text: 'boxes:\n  debian-12: {nmae: a}\n',
      says: /lab\.yaml:2: boxes\.debian-12: not a valid box:[^]*"nmae" is not known here; did you mean name/,
    },
    { text: 'boxes:\n  debian-12: {name: a, version: 12.1}\n', says: /version: / },
    { text: 'boxes: 3\n', says: /lab\.yaml:1: boxes: / },
  ])
    it(`refuses a lab.yaml of ${JSON.stringify(text)}`, () =>
      inFolder(async (folder) => {
        await writeFile(join(folder, 'lab.yaml'), text);
        const { code, stderr } = await runLab(folder, ['vagrantfile', 'heartbeat-sarge']);
        expect(stderr).to.match(says);
        expect(code).to.equal(64);
      }));
});
