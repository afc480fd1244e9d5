import { expect } from 'chai';
import { vagrantCandidates } from '../../../lab/cli/candidates.ts';
import { askedProvider } from '../../../lab/cli/provider-choice.ts';
import { bestProvider, type Candidate } from '../../../lab/host/candidates.ts';
import { withPrograms } from '../providers/vagrant/fake-programs.ts';

describe('the provider that is asked for', () => {
  it('is that of --provider, before LAB_PROVIDER, before lab.yaml, each with who said so', () => {
    const config = { provider: 'virtualbox' as const };
    expect(askedProvider({ provider: 'qemu' }, {}, config)).to.deep.equal({
      name: 'qemu',
      why: '--provider says so',
    });
    expect(askedProvider({ provider: 'libvirt' }, { LAB_PROVIDER: 'libvirt' }, config)).to.deep.equal({
      name: 'libvirt',
      why: 'LAB_PROVIDER says so',
    });
    expect(askedProvider({}, {}, config)).to.deep.equal({ name: 'virtualbox', why: 'lab.yaml says so' });
    expect(askedProvider({}, {}, {})).to.equal(undefined);
  });
});

describe('the provider that is taken where nobody says', () => {
  const candidate = (name: Candidate['name'], usable: boolean): Candidate => ({
    name,
    usable,
    found: ['Vagrant 2.3.4', `${name} 1`],
    why: usable ? 'it answers' : `no ${name}`,
    hint: '',
  });

  it('is the first that works, with what was found', () => {
    expect(bestProvider([candidate('virtualbox', true), candidate('libvirt', true)])).to.deep.equal({
      name: 'virtualbox',
      why: 'nobody says, and it works here (Vagrant 2.3.4, virtualbox 1)',
    });
    expect(bestProvider([candidate('virtualbox', false), candidate('libvirt', true)]).name).to.equal(
      'libvirt',
    );
  });

  it('is the embedded one where none works, with every reason once', () => {
    expect(bestProvider([candidate('virtualbox', false), candidate('libvirt', false)])).to.deep.equal({
      name: 'qemu',
      why: 'nobody says, and no other works here: no virtualbox; no libvirt',
    });
    const same = { ...candidate('virtualbox', false), why: 'vagrant is not in PATH' };
    expect(bestProvider([same, { ...same, name: 'libvirt' }]).why).to.match(/here: vagrant is not in PATH$/);
  });
});

describe('the providers through Vagrant', () => {
  const found = (): ReturnType<typeof vagrantCandidates> => vagrantCandidates({ PATH: process.env['PATH'] });

  it('are both of no use without Vagrant, and nothing is started to find out', () =>
    withPrograms(
      async ({ calls, script }) => {
        await script('virsh', 'exit 0');
        const candidates = await found();
        expect(candidates.map(({ name, usable, why }) => [name, usable, why])).to.deep.equal([
          ['virtualbox', false, 'vagrant is not in PATH'],
          ['libvirt', false, 'vagrant is not in PATH'],
        ]);
        expect(await calls()).to.deep.equal([]);
      },
      { alone: true },
    ));

  it('are judged each by itself, the preferred one first', () =>
    withPrograms(
      async ({ script }) => {
        await script(
          'vagrant',
          `case $1 in --version) echo 'Vagrant 2.3.4' ;; *) echo 'vagrant-libvirt (0.11.2, system)' ;; esac`,
        );
        await script('virsh', "echo 'Using library: libvirt 9.0.0'");
        const without = await found();
        expect(without.map(({ name, usable }) => [name, usable])).to.deep.equal([
          ['virtualbox', false],
          ['libvirt', true],
        ]);
        expect(without[0]?.why).to.include('VirtualBox is not installed');
        expect(without[1]?.found).to.deep.equal(['Vagrant 2.3.4', 'libvirt 9.0.0', 'vagrant-libvirt 0.11.2']);

        await script('VBoxManage', "echo '7.0.20r163906'");
        const [virtualbox] = await found();
        expect(virtualbox).to.include({ name: 'virtualbox', usable: true });
        expect(virtualbox?.found).to.deep.equal(['Vagrant 2.3.4', 'VirtualBox 7.0.20r163906']);

        await script('VBoxManage', "echo '7.2.22r175245'");
        expect((await found())[0]).to.include({ name: 'virtualbox', usable: false });
      },
      { alone: true },
    ));
});
