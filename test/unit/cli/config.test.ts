import { expect } from 'chai';
import { parseConfig, readConfig } from '../../../lab/cli/config.ts';
import { askedProvider } from '../../../lab/cli/provider-choice.ts';
import { bestProvider, type Candidate } from '../../../lab/host/candidates.ts';
import { UsageError } from '../../../lab/errors.ts';
import { inFolder } from './run-lab.ts';

describe('lab.yaml', () => {
  it('may be absent or empty', () =>
    inFolder(async (folder) => {
      expect((await readConfig(folder)).stack).to.equal(undefined);
      expect(parseConfig('').settings).to.equal(undefined);
      expect(parseConfig('# nothing yet\n').stack).to.equal(undefined);
    }));

  it('gives the line of a key, also of a nested one', () => {
    const config = parseConfig('# my cluster\nstack: a\nsettings:\n  x: 1\n  nfs:\n    version: 3\n');
    expect(config.lineOf(['stack'])).to.equal('lab.yaml:2');
    expect(config.lineOf(['settings', 'nfs', 'version'])).to.equal('lab.yaml:6');
  });

  for (const { text, says } of [
    { text: 'stack: a\nprovidr: qemu\n', says: /^lab\.yaml:2: unknown key providr$/ },
    { text: 'stack: [a]\n', says: /^lab\.yaml:1: stack: / },
    { text: '\n\nedition: old\n', says: /^lab\.yaml:3: edition: / },
    { text: 'stack: a\nsettings: 5\n', says: /^lab\.yaml:2: settings: / },
    { text: 'stack: a\nstack: b\n', says: /^lab\.yaml:2: .*unique/ },
    { text: 'stack: "a\n', says: /^lab\.yaml:\d+: / },
    { text: '- a\n', says: /^lab\.yaml/ },
  ])
    it(`refuses ${JSON.stringify(text)} with its line`, () => {
      expect(() => parseConfig(text)).to.throw(UsageError, says);
    });
});

describe('the choice of a provider', () => {
  const file = { provider: 'libvirt' };
  const candidate = (name: 'virtualbox' | 'libvirt', usable: boolean): Candidate => ({
    name,
    usable,
    found: ['Vagrant 2.3.4'],
    why: usable ? 'it answers' : `${name} does not answer`,
    hint: '',
  });

  it('is the one of the flag, then of the environment, then of lab.yaml', () => {
    expect(askedProvider({ provider: 'a' }, {}, file)).to.deep.equal({
      name: 'a',
      why: '--provider says so',
    });
    expect(askedProvider({ provider: 'b' }, { LAB_PROVIDER: 'b' }, file)?.why).to.equal(
      'LAB_PROVIDER says so',
    );
    expect(askedProvider({}, {}, file)).to.deep.equal({ name: 'libvirt', why: 'lab.yaml says so' });
    expect(askedProvider({}, {}, {})).to.equal(undefined);
  });

  it('is else the first that works here, VirtualBox before libvirt, and the embedded one where none does', () => {
    const both = [candidate('virtualbox', true), candidate('libvirt', true)];
    expect(bestProvider(both)).to.deep.equal({
      name: 'virtualbox',
      why: 'nobody says, and it works here (Vagrant 2.3.4)',
    });
    expect(bestProvider([candidate('virtualbox', false), candidate('libvirt', true)]).name).to.equal(
      'libvirt',
    );
    expect(bestProvider([candidate('virtualbox', false), candidate('libvirt', false)])).to.deep.equal({
      name: 'qemu',
      why: 'nobody says, and no other works here: virtualbox does not answer; libvirt does not answer',
    });
  });
});
