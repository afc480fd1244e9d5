import type { Box } from '../box.ts';
import { kvmDevice } from '../host/capacity.ts';
import type { Platform } from '../platform.ts';
import type { Provider } from '../provider.ts';
import { libvirtHypervisor } from './libvirt/hypervisor.ts';
import { proveAccelerator } from './qemu/accelerator.ts';
import { ensureImage } from './qemu/image.ts';
import { vagrantProvider } from './vagrant.ts';
import { ownBox } from './vagrant/own-box.ts';

/** libvirt through Vagrant and its plugin vagrant-libvirt. */
export function libvirtProvider({
  home,
  boxFor,
}: {
  home: string;
  boxFor: (platform: Platform) => Box | undefined;
}): Provider {
  return vagrantProvider({
    home,
    hypervisor: libvirtHypervisor(),
    emulated: async (platform, progress, signal) => {
      // Only a kernel of ours can be booted for a proof; with a box alone the device must do.
      if (platform.image === undefined || boxFor(platform) !== undefined)
        return (await kvmDevice()) !== 'usable';
      const { kernel } = await ensureImage(platform, progress, signal);
      const proven = await progress.step('prove the accelerator', () => proveAccelerator(kernel));
      progress.note(proven.why);
      return proven.name === 'tcg';
    },
    box: async (platform, progress, signal) =>
      boxFor(platform) ?? (await ownBox(platform, 'libvirt', progress, signal)),
  });
}
