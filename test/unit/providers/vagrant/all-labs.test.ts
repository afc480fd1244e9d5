import { existsSync } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { forgetLab, rememberLab, rememberedLabs } from '../../../../lab/providers/vagrant/all-labs.ts';
import { withPrograms } from './fake-programs.ts';

const index = (folder: string): string => join(folder, 'lab', 'vagrant-labs');

describe('the list of all labs that Vagrant made', () => {
  it('has each lab once, wherever its folder is, until it is forgotten', () =>
    withPrograms(async ({ folder }) => {
      expect(await rememberedLabs()).to.deep.equal([]);
      const odd = join(folder, 'it\'s "one" #{1}\n$(x)');
      await rememberLab({ directory: odd, provider: 'virtualbox' });
      await rememberLab({ directory: '/a/.lab/one', provider: 'libvirt' });
      await rememberLab({ directory: '/a/b/../.lab/one/', provider: 'libvirt' });
      expect(await rememberedLabs()).to.have.deep.members([
        { directory: odd, provider: 'virtualbox' },
        { directory: '/a/.lab/one', provider: 'libvirt' },
      ]);
      await forgetLab('/a/.lab/one/');
      await forgetLab('/a/.lab/one');
      expect(await rememberedLabs()).to.deep.equal([{ directory: odd, provider: 'virtualbox' }]);
      expect((await stat(index(join(folder, 'XDG_STATE_HOME')))).mode & 0o777).to.equal(0o700);
    }));

  it('keeps whole paths, and the provider that came last', () =>
    withPrograms(async () => {
      await rememberLab({ directory: '.lab/one', provider: 'libvirt' });
      await rememberLab({ directory: '.lab/one', provider: 'virtualbox' });
      expect(await rememberedLabs()).to.deep.equal([
        { directory: join(process.cwd(), '.lab/one'), provider: 'virtualbox' },
      ]);
    }));

  it('leaves out what is no entry', () =>
    withPrograms(async ({ folder }) => {
      await rememberLab({ directory: '/a/.lab/one', provider: 'libvirt' });
      const kept = index(join(folder, 'XDG_STATE_HOME'));
      await mkdir(join(kept, 'folder.json'));
      for (const [name, text] of [
        ['torn.json', '{"directory":"/a'],
        ['other.json', '{"directory":"/b","provider":"qemu"}'],
        ['more.json', '{"directory":"/b","provider":"libvirt","owner":"me"}'],
        ['null.json', 'null'],
      ] as const)
        await writeFile(join(kept, name), text);
      expect(await rememberedLabs()).to.deep.equal([{ directory: '/a/.lab/one', provider: 'libvirt' }]);
    }));

  it('is kept under the home where XDG_STATE_HOME is no whole path', () =>
    withPrograms(async ({ folder }) => {
      const home = process.env['HOME'];
      process.env['HOME'] = folder;
      process.env['XDG_STATE_HOME'] = 'state';
      try {
        await rememberLab({ directory: '/a/.lab/one', provider: 'libvirt' });
        expect(await readdir(index(join(folder, '.local', 'state')))).to.have.length(1);
        expect(existsSync('state')).to.equal(false);
      } finally {
        if (home === undefined) delete process.env['HOME'];
        else process.env['HOME'] = home;
      }
    }));
});
