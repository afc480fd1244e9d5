import type { Box } from '../box.ts';
import type { Platform } from '../platform.ts';
import type { Provider } from '../provider.ts';
import { vagrantProvider } from './vagrant.ts';
import { ownBox } from './vagrant/own-box.ts';
import type { Hypervisor } from './vagrant/hypervisor.ts';
import { virtualboxHypervisor } from './virtualbox/hypervisor.ts';
import { installedTools } from './virtualbox/tools.ts';

/** VirtualBox through Vagrant. */
export function virtualboxProvider({
  home,
  boxFor,
}: {
  home: string;
  boxFor: (platform: Platform) => Box | undefined;
}): Provider {
  return vagrantProvider({
    home,
    hypervisor: installedHypervisor(),
    emulated: () => Promise.resolve(false),
    box: async (platform, progress, signal) =>
      boxFor(platform) ?? (await ownBox(platform, 'virtualbox', progress, signal)),
  });
}

/** The VirtualBox of this host. */
export function installedHypervisor(): Hypervisor {
  return virtualboxHypervisor(installedTools(process.env));
}
