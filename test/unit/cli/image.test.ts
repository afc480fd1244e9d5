import { expect } from 'chai';
import { inFolder, runLab } from './run-lab.ts';

const box = ['image', 'box'];
const usageErrors: { argv: string[]; says: RegExp }[] = [
  { argv: ['image'], says: /missing required argument 'product'/ },
  { argv: ['image', 'bx', '--provider', 'libvirt'], says: /did you mean box\?/ },
  { argv: box, says: /a box for which provider\?\nhint: --provider libvirt or virtualbox/ },
  { argv: [...box, '--provider', 'qemu'], says: /qemu starts from the image itself/ },
  { argv: [...box, '--provider', 'vmware'], says: /no boxes for the provider "vmware"/ },
  { argv: [...box, '--provider', 'libvirt', '--platform', 'debian-21'], says: /did you mean debian-12/ },
  { argv: [...box, '--provider', 'libvirt', '--platform', 'debian-sarge'], says: /no image that a box/ },
  { argv: [...box, '--provider', 'libvirt', '--out', '.'], says: /is a folder/ },
];

describe('lab image', () => {
  for (const { argv, says } of usageErrors)
    it(`ends with 64 and a hint after: lab ${argv.join(' ')}`, () =>
      inFolder(async (folder) => {
        const { code, stdout, stderr } = await runLab(folder, argv);
        expect(stderr).to.match(says);
        expect(stderr).to.match(/^lab: .*\nhint: .*\n$/s);
        expect(stdout).to.equal('');
        expect(code).to.equal(64);
      }));
});
