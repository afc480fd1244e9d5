import { ovfDescriptor } from './ovf.ts';

export type BoxProvider = 'libvirt' | 'virtualbox';
export const boxProviders: readonly BoxProvider[] = ['libvirt', 'virtualbox'];

/** What a box of a provider consists of, and how its disk comes to be. */
export interface BoxFormat {
  /** Name of the disk in the box. */
  disk: string;
  /** How `qemu-img convert` writes it: compressed, since a box is downloaded, copied and imported. */
  conversion: readonly string[];
  /** The other files, by name. */
  texts: Readonly<Record<string, string>>;
}

/** An address of VirtualBox's own range; Vagrant gives it to the NIC on NAT, where every machine is alone. */
const baseMac = '0800274C4142';
const vmdk = 'box-disk001.vmdk';

/**
 * @param diskBytes size of the disk as the guest sees it, whole GiB
 * @see https://developer.hashicorp.com/vagrant/docs/boxes/format and https://vagrant-libvirt.github.io/vagrant-libvirt/boxes.html
 */
export function boxFormat(provider: BoxProvider, machineName: string, diskBytes: number): BoxFormat {
  if (provider === 'libvirt')
    return {
      disk: 'box.img',
      conversion: ['-O', 'qcow2', '-c'],
      texts: {
        'metadata.json': json({ provider, format: 'qcow2', virtual_size: diskBytes / 2 ** 30 }),
        Vagrantfile: vagrantfile([]),
      },
    };
  return {
    disk: vmdk,
    conversion: ['-O', 'vmdk', '-o', 'subformat=streamOptimized,adapter_type=lsilogic'],
    texts: {
      'metadata.json': json({ provider }),
      Vagrantfile: vagrantfile([
        `  config.vm.base_mac = "${baseMac}"`,
        '  config.vm.provider :virtualbox do |virtualbox|',
        '    virtualbox.check_guest_additions = false',
        '    virtualbox.functional_vboxsf = false',
        '  end',
      ]),
      'box.ovf': ovfDescriptor({ name: machineName, disk: vmdk, diskBytes, memoryMib: 512 }),
    },
  };
}

/** What holds for every machine of the box, before what its user's Vagrantfile says. */
function vagrantfile(lines: readonly string[]): string {
  return [
    'Vagrant.configure("2") do |config|',
    '  # The guest has neither rsync nor guest additions.',
    '  config.vm.synced_folder ".", "/vagrant", disabled: true',
    ...lines,
    'end',
    '',
  ].join('\n');
}

function json(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
