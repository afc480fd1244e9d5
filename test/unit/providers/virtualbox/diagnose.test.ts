import { expect } from 'chai';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diagnoseVirtualbox, judge } from '../../../../lab/providers/virtualbox/diagnose.ts';
import { acceptedSeries, refusedBy } from '../../../../lab/providers/virtualbox/releases.ts';
import { parseVersion } from '../../../../lab/providers/virtualbox/version.ts';

const warning = `WARNING: The character device /dev/vboxdrv does not exist.
\t Please install the virtualbox-dkms package and the appropriate
\t headers, most likely linux-headers-generic.

\t You will not be able to start VMs until this problem is fixed.`;

describe('the version of VirtualBox', () => {
  for (const [what, stdout, version] of [
    ['Oracle’s', '7.0.20r163906\n', '7.0.20r163906'],
    ['Debian’s', '7.2.22_Debianr175245\n', '7.2.22_Debianr175245'],
    ['one after a warning', `${warning}\n7.2.22_Debianr175245\n`, '7.2.22_Debianr175245'],
    ['one with the line ends of Windows', '7.1.4r165100\r\n', '7.1.4r165100'],
    ['none', 'usage: ...\n', undefined],
    ['none in nothing', '', undefined],
  ] as const)
    it(`is read: ${what}`, () => {
      expect(parseVersion(stdout).version).to.equal(version);
    });

  it('stands after what VirtualBox warns of', () => {
    expect(parseVersion(`${warning}\n7.2.22\n`).warning).to.match(/^WARNING: .*\/dev\/vboxdrv.* is fixed\.$/);
    expect(parseVersion('7.2.22\n').warning).to.equal(undefined);
  });
});

describe('a Vagrant and a VirtualBox', () => {
  for (const [virtualbox, vagrant] of [
    ['6.1.50r161033', '2.2.7'],
    ['7.0.20r163906', '2.3.4'],
    ['7.1.4r165100', '2.4.2'],
    ['7.2.22_Debianr175245', '2.4.9'],
    ['7.3.0r1', '2.5.0'],
  ] as const)
    it(`go together: ${vagrant} and ${virtualbox}`, () => {
      expect(refusedBy(virtualbox, vagrant)).to.equal(undefined);
    });

  for (const [virtualbox, vagrant, hint] of [
    ['7.1.4r165100', '2.3.4', 'Vagrant 2.4.2 or newer, or install VirtualBox 7.0'],
    ['7.2.22_Debianr175245', '2.3.4', 'Vagrant 2.4.9 or newer, or install VirtualBox 7.0'],
    ['7.2.0r170228', '2.4.8', 'Vagrant 2.4.9 or newer, or install VirtualBox 7.1'],
    ['7.0.20r163906', '2.2.6', 'Vagrant 2.3.2 or newer'],
    ['7.3.0r1', '2.4.8', 'the newest Vagrant, or install VirtualBox 7.1'],
    ['5.2.44r139111', '2.4.9', 'VirtualBox 7.2'],
  ] as const)
    it(`do not: ${vagrant} and ${virtualbox}`, () => {
      const refusal = refusedBy(virtualbox, vagrant);
      expect(refusal?.why).to.contain(virtualbox.slice(0, 3));
      expect(refusal?.hint).to.contain(hint);
    });

  it('are in the table with where it is from, the oldest first', () => {
    expect(acceptedSeries.map(({ series }) => series)).to.deep.equal(['6.1', '7.0', '7.1', '7.2']);
    for (const { source, checked } of acceptedSeries) {
      expect(source).to.match(/GH-\d+/);
      expect(checked).to.not.equal('');
    }
  });
});

describe('the diagnosis of VirtualBox', () => {
  it('is content with one that Vagrant accepts', () => {
    expect(judge('/usr/bin/VBoxManage', '7.0.20r163906\n', '2.3.4')).to.deep.equal({
      found: '/usr/bin/VBoxManage',
      version: '7.0.20r163906',
      usable: true,
      why: '',
      hint: '',
    });
  });

  it('names a kernel module that is not loaded', () => {
    const diagnosis = judge('VBoxManage', `${warning}\n7.0.20\n`, '2.3.4');
    expect(diagnosis).to.include({ usable: false, version: '7.0.20' });
    expect(diagnosis.why).to.contain('kernel module is not loaded');
    expect(diagnosis.hint).to.contain('modprobe vboxdrv').and.to.contain('/sbin/vboxconfig');
  });

  it('names a Vagrant that refuses it', () => {
    expect(judge('VBoxManage', '7.2.22_Debianr175245\n', '2.3.4').why).to.equal(
      'Vagrant 2.3.4 refuses VirtualBox 7.2',
    );
  });

  it('does not believe a program that tells no version', () => {
    expect(judge('VBoxManage', 'hello\n', '2.4.9')).to.include({ usable: false });
  });

  describe('of programs', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lab-vbox-test-'));
    after(() => {
      rmSync(folder, { recursive: true });
    });

    it('starts the VBoxManage of PATH', async () => {
      const program = join(folder, 'VBoxManage');
      writeFileSync(program, '#!/bin/sh\n[ "$*" = --version ] && echo 7.0.20r163906\n');
      chmodSync(program, 0o755);
      expect(await diagnoseVirtualbox({ PATH: folder }, '2.3.4')).to.include({
        usable: true,
        found: program,
      });
      writeFileSync(program, '#!/bin/sh\necho broken >&2; exit 3\n');
      const diagnosis = await diagnoseVirtualbox({ PATH: folder }, '2.3.4');
      expect(diagnosis).to.include({ usable: false });
      expect(diagnosis.why).to.contain('broken');
    });

    it('says when there is none', async () => {
      const diagnosis = await diagnoseVirtualbox({ PATH: join(folder, 'nothing') }, '2.3.4');
      expect(diagnosis).to.include({ usable: false, found: undefined });
      expect(diagnosis.hint).to.contain('virtualbox.org');
    });
  });
});
