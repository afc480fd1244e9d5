import { expect } from 'chai';
import { HostError } from '../../../../../lab/errors.ts';
import {
  changeFileSystem,
  editCommands,
} from '../../../../../lab/providers/vagrant/box/change-filesystem.ts';
import type { BoxChanges } from '../../../../../lab/providers/vagrant/box/changes.ts';
import { boxChanges } from '../../../../../lab/providers/vagrant/box/changes.ts';
import { guestFiles } from '../../../../../lab/providers/qemu/image-content.ts';
import { ask, withTinyImage } from './tiny-image.ts';

const signal = new AbortController().signal;
const nothing: BoxChanges = { removed: [], folders: [], files: [], links: [] };

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('what a box has otherwise than its image', () => {
  const changes = boxChanges('debian-12');
  const content = (path: string) => changes.files.find((file) => file.path === path)?.content;

  it('is every key of the image', () => {
    const secret = guestFiles('PUBLIC', 'PRIVATE').filter(({ content: text }) => /PUBLIC|PRIVATE/.test(text));
    expect(secret.map((file) => `/${file.path}`)).to.have.members([...changes.removed]);
  });

  it('is what ties the image to the embedded provider', () => {
    expect(content('/etc/fstab')).to.match(/^LABEL=lab-root \/ ext4 /);
    expect(content('/etc/network/interfaces')).to.contain('auto eth0\niface eth0 inet dhcp\n');
    expect(content('/etc/hostname')).to.equal('debian-12\n');
    expect(content('/boot/grub/grub.cfg')).to.match(/^linux \/vmlinuz root=LABEL=lab-root .*net\.ifnames=0/);
    expect(content('/boot/grub/grub.cfg')).not.to.contain('/dev/vda');
  });

  it('has the serial console last, and another for machines without one', () => {
    expect(content('/boot/grub/grub.cfg')?.match(/console=\S+/g)).to.deep.equal([
      'console=tty0',
      'console=ttyS0',
    ]);
  });
});

describe('the changing of a file system', () => {
  it('is done as said, in a file system that is sound afterwards', () =>
    withTinyImage(async (folder, image) => {
      await changeFileSystem(folder, 'image.raw', boxChanges('debian-12'), signal);
      expect(ask(image, 'ls -p /etc/ssh')).not.to.contain('ssh_host');
      expect(ask(image, 'ls -p /root/.ssh')).not.to.contain('authorized_keys');
      expect(ask(image, 'cat /etc/hostname')).to.equal('debian-12\n');
      expect(ask(image, 'cat /home/vagrant/.ssh/authorized_keys')).to.match(/^ssh-rsa .*\nssh-ed25519 .*\n$/);
      expect(ask(image, 'stat /home/vagrant/.ssh')).to.match(
        /directory +Mode: +0700[^]*User: +1000 +Group: +1000/,
      );
      expect(ask(image, 'stat /home/vagrant/.ssh/authorized_keys')).to.match(
        /regular +Mode: +0600[^]*User: +1000 +Group: +1000/,
      );
      expect(ask(image, 'stat /etc/sudoers.d/vagrant')).to.match(/Mode: +0440[^]*User: +0 +Group: +0/);
      expect(ask(image, 'stat /etc/systemd/system/ssh.service.wants/lab-host-key.service')).to.contain(
        '../lab-host-key.service',
      );
    }));

  it('fails when one of the changes cannot be made', () =>
    withTinyImage(async (folder) => {
      const error = await failureOf(
        changeFileSystem(folder, 'image.raw', { ...nothing, removed: ['/not/there'] }, signal),
      );
      expect(error).to.be.instanceOf(HostError);
      expect(error)
        .to.have.property('message')
        .that.matches(/debugfs failed on .*File not found/);
    }));

  it('fails for what is no file system', () =>
    withTinyImage(async (folder) => {
      const error = await failureOf(changeFileSystem(folder, 'tree', boxChanges('x'), signal));
      expect(error).to.be.instanceOf(HostError);
    }));

  it('takes plain paths only', () => {
    for (const path of ['/a b', '/a\nrm /etc/passwd', '/a"b'])
      expect(() => editCommands({ ...nothing, removed: [path] }, 'contents')).to.throw(
        TypeError,
        /plain path/,
      );
    const link = { path: '/a', target: 'b c' };
    expect(() => editCommands({ ...nothing, links: [link] }, 'contents')).to.throw(TypeError, /plain path/);
  });
});
