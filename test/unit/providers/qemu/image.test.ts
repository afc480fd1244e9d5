import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import type { Platform } from '../../../../lab/platform.ts';
import { debian12 } from '../../../../lab/platforms/debian-12.ts';
import { guestFiles, guestSetup, interfacesFile } from '../../../../lab/providers/qemu/image-content.ts';
import { imageId } from '../../../../lab/providers/qemu/image.ts';

describe('the id of an image', () => {
  const { image } = debian12;
  if (image === undefined) throw new Error('the platform has no image');
  const changed: [string, Platform][] = [
    ['the release', { ...debian12, image: { ...image, suite: 'trixie' } }],
    ['a package', { ...debian12, image: { ...image, packages: [...image.packages, 'vim'] } }],
    ['a module', { ...debian12, image: { ...image, initrdModules: image.initrdModules.slice(1) } }],
  ];

  it('is the same for the same definition', () => {
    expect(imageId(structuredClone(debian12))).to.equal(imageId(debian12));
    expect(imageId(debian12)).to.match(/^[0-9a-f]{16}$/);
  });

  for (const [what, platform] of changed)
    it(`changes with ${what}`, () => {
      expect(imageId(platform)).to.not.equal(imageId(debian12));
    });

  it('does not change with what is not inside the image', () => {
    expect(imageId({ ...debian12, title: 'another title' })).to.equal(imageId(debian12));
  });
});

describe('what is inside an image', () => {
  it('lets root in by key only, and shows keys to root alone', () => {
    const files = guestFiles('ssh-ed25519 AAAA', 'PRIVATE');
    const named = (path: string) => files.find((file) => file.path === path);
    expect(named('etc/ssh/sshd_config.d/lab.conf')?.content).to.include('PasswordAuthentication no');
    expect(named('etc/ssh/ssh_host_ed25519_key')?.mode).to.equal(0o600);
    expect(named('root/.ssh/authorized_keys')?.mode).to.equal(0o600);
  });

  it('is set up by a script that a shell can read', () => {
    execFileSync('sh', ['-n'], { input: guestSetup });
  });

  it('configures the NICs that have an address', () => {
    const text = interfacesFile([{ name: 'eth1', address: '10.1.1.1/24' }, { name: 'eth2' }]);
    expect(text)
      .to.include('auto eth1\niface eth1 inet static\n  address 10.1.1.1/24\n')
      .and.not.include('eth2');
  });
});
