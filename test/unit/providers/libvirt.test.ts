import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { HostError } from '../../../lab/errors.ts';
import { debian12 } from '../../../lab/platforms/debian-12.ts';
import { libvirtProvider } from '../../../lab/providers/libvirt.ts';
import { failureOf } from '../../fakes/failure.ts';
import { fakeTopology } from '../../fakes/lab.ts';
import { heardProgress } from '../../fakes/stack.ts';
import { withPrograms } from './vagrant/fake-programs.ts';

const never = new AbortController().signal;

describe('the provider libvirt', () => {
  it('can do all but watch frames from outside, and goes on with what an up left', () => {
    const provider = libvirtProvider({ home: '/nowhere', boxFor: () => undefined });
    expect(provider.name).to.equal('libvirt');
    expect([...provider.capabilities].sort()).to.deep.equal([
      'link',
      'network-rules',
      'pause',
      'power',
      'snapshot',
    ]);
    expect(provider.resumesUp).to.equal(true);
  });

  it('makes machines from the box of the user, where there is one, and builds none', () =>
    withPrograms(async (programs) => {
      const asked: string[] = [];
      const provider = libvirtProvider({
        home: join(programs.folder, '.lab'),
        boxFor: ({ name }) => {
          asked.push(name);
          return { name: 'mine/debian', version: '1.2' };
        },
      });
      const request = { name: 'one', topology: fakeTopology, platform: debian12 };
      await programs.script('vagrant', 'cp "$VAGRANT_CWD/Vagrantfile" "$here/used"; exit 1');
      const progress = heardProgress();
      expect(await failureOf(provider.up(request, progress, never))).to.be.instanceOf(HostError);
      expect(asked).to.include('debian-12');
      expect(await readFile(join(programs.folder, 'used'), 'utf8')).to.include('"mine/debian"');
      expect(progress.steps).to.deep.equal(['vagrant up']);
      expect(await provider.attach(request, never)).to.equal(undefined);
    }));
});
