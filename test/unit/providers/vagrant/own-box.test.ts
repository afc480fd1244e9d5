import { expect } from 'chai';
import { parseMessage } from '../../../../lab/providers/vagrant/command.ts';
import { hasBox } from '../../../../lab/providers/vagrant/own-box.ts';

/** As `vagrant box list --machine-readable` of Vagrant 2.3.4 prints them. */
const listed = [
  '1,,ui,info,debian/bookworm64      (libvirt%!(VAGRANT_COMMA) 12.20240905.1)',
  '2,,box-name,debian/bookworm64',
  '3,,box-provider,virtualbox',
  '4,,box-version,12.20240905.1',
  '5,,box-name,lab/debian-12-0123456789ab',
  '6,,box-provider,libvirt',
  '7,,box-version,0',
].flatMap((line) => parseMessage(line) ?? []);

describe('the boxes that Vagrant has', () => {
  it('are known by name and provider together', () => {
    expect(hasBox(listed, 'lab/debian-12-0123456789ab', 'libvirt')).to.equal(true);
    expect(hasBox(listed, 'debian/bookworm64', 'virtualbox')).to.equal(true);
  });

  const absent: [string, string, string][] = [
    ['one of another provider', 'lab/debian-12-0123456789ab', 'virtualbox'],
    ['one that only begins so', 'lab/debian-12', 'libvirt'],
    ['one whose provider is that of the next', 'debian/bookworm64', 'libvirt'],
    ['one of no name', '', 'libvirt'],
  ];
  for (const [what, name, provider] of absent)
    it(`are not ${what}`, () => {
      expect(hasBox(listed, name, provider)).to.equal(false);
    });

  it('are none where there are none', () => {
    const none = parseMessage('1,,ui,warn,There are no installed boxes! Use `vagrant box add` to add some.');
    expect(hasBox(none === undefined ? [] : [none], 'lab/debian-12', 'libvirt')).to.equal(false);
  });
});
