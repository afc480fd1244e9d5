import { expect } from 'chai';
import { diagnoseVirtualbox } from '../../lab/providers/virtualbox/diagnose.ts';

describe('the diagnosis of a real VirtualBox', () => {
  const debianBin = process.env['LAB_TEST_DEBIAN_BIN'] ?? '';

  it('names the kernel module that is not loaded, from the warning that Debian’s VBoxManage prints', async () => {
    const diagnosis = await diagnoseVirtualbox({ PATH: debianBin }, undefined);
    expect(diagnosis).to.include({ found: `${debianBin}/VBoxManage`, usable: false });
    expect(diagnosis.version).to.match(/^\d+\.\d+\.\d+_Debianr\d+$/);
    expect(diagnosis.why).to.contain('/dev/vboxdrv');
    expect(diagnosis.hint).to.contain('modprobe vboxdrv');
  });

  it('refuses this VirtualBox to a Vagrant that is older than it', async () => {
    const refused = await diagnoseVirtualbox(process.env, '2.3.4');
    expect(refused).to.include({ usable: false });
    expect(refused.why).to.match(/^Vagrant 2\.3\.4 .*refuses/);
    expect(await diagnoseVirtualbox(process.env, '2.4.9')).to.include({ usable: true, why: '' });
  });

  it('tells that there is none', async () => {
    expect(await diagnoseVirtualbox({ PATH: '/nowhere' }, '2.4.9')).to.include({
      usable: false,
      found: undefined,
    });
  });
});
