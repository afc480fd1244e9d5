import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { HostError, RigError } from '../../../../lab/errors.ts';
import { virsh } from '../../../../lab/providers/libvirt/virsh.ts';
import { failureOf } from '../../../fakes/failure.ts';
import { withPrograms } from '../vagrant/fake-programs.ts';

describe('virsh', () => {
  it('speaks to the system’s libvirt, or to that of LIBVIRT_DEFAULT_URI, in English', () =>
    withPrograms(async ({ script, calls }) => {
      await script('virsh', 'echo "LC_ALL=$LC_ALL"');
      expect(await virsh(['list'])).to.equal('LC_ALL=C');
      process.env['LIBVIRT_DEFAULT_URI'] = 'qemu:///session';
      await virsh(['list']);
      expect(await calls()).to.deep.equal([
        'virsh -q -c qemu:///system list',
        'virsh -q -c qemu:///session list',
      ]);
    }));

  it('gets words as they are', () =>
    withPrograms(async ({ folder, script }) => {
      await script('virsh', 'printf "%s|" "$@"');
      const odd = `a b;'"$(touch ${folder}/owned)`;
      expect(await virsh(['domstate', odd])).to.equal(`-q|-c|qemu:///system|domstate|${odd}|`);
      expect(existsSync(join(folder, 'owned'))).to.equal(false);
    }));

  it('says that it is not installed', () =>
    withPrograms(
      async () => {
        const error = await failureOf(virsh(['list']));
        expect(error).to.be.instanceOf(HostError).and.to.include({ message: 'virsh is not installed' });
      },
      { alone: true },
    ));

  it('says that no daemon answers, where, and how to start one', () =>
    withPrograms(async ({ script }) => {
      await script(
        'virsh',
        `echo 'error: failed to connect to the hypervisor' >&2
echo "error: Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory" >&2
exit 1`,
      );
      const error = await failureOf(virsh(['list']));
      expect(error).to.be.instanceOf(HostError).and.to.have.property('exitCode', 69);
      expect(error.message).to.equal(
        "libvirt does not answer at qemu:///system: failed to connect to the hypervisor; Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory",
      );
      expect(error).to.have.property('hint').that.includes('systemctl start libvirtd');
    }));

  it('refuses in the words of virsh, or with its status where it has none', () =>
    withPrograms(async ({ script }) => {
      await script('virsh', "echo output; echo 'error: Failed' >&2; echo 'error: it is busy' >&2; exit 1");
      const error = await failureOf(virsh(['start', 'x']));
      expect(error).to.be.instanceOf(RigError);
      expect(error.message).to.equal('virsh start x: Failed\nit is busy');
      await script('virsh', 'exit 3');
      expect((await failureOf(virsh(['start', 'x']))).message).to.equal('virsh start x: status 3');
    }));

  it('is ended when it takes too long', () =>
    withPrograms(async ({ script }) => {
      await script('virsh', 'exec sleep 30');
      const error = await failureOf(virsh(['list'], 200));
      expect(error).to.be.instanceOf(RigError);
      expect(error.message).to.equal('virsh list did not end within 0.2 s');
    }));
});
