import { expect } from 'chai';
import { boxFormat } from '../../../../../lab/providers/vagrant/box/formats.ts';
import { ovfDescriptor } from '../../../../../lab/providers/vagrant/box/ovf.ts';

describe('the box for libvirt', () => {
  const format = boxFormat('libvirt', 'debian-12', 4 * 2 ** 30);

  it('tells the size of its disk in GiB', () => {
    expect(JSON.parse(format.texts['metadata.json'] ?? '')).to.deep.equal({
      provider: 'libvirt',
      format: 'qcow2',
      virtual_size: 4,
    });
    expect(format.disk).to.equal('box.img');
  });
});

describe('the box for VirtualBox', () => {
  const format = boxFormat('virtualbox', 'debian-12', 4 * 2 ** 30);
  const ovf = format.texts['box.ovf'] ?? '';

  it('names its disk in the descriptor, with its size', () => {
    expect(ovf)
      .to.contain(`ovf:href="${format.disk}"`)
      .and.contain(`ovf:capacity="${String(4 * 2 ** 30)}"`);
    expect(JSON.parse(format.texts['metadata.json'] ?? '')).to.deep.equal({ provider: 'virtualbox' });
  });

  it('gives the MAC address that Vagrant wants to know', () => {
    expect(format.texts['Vagrantfile']).to.match(/config\.vm\.base_mac = "080027[0-9A-F]{6}"/);
  });
});

describe('an OVF descriptor', () => {
  const ovf = ovfDescriptor({ name: 'debian-12', disk: 'd.vmdk', diskBytes: 1, memoryMib: 512 });

  it('closes every element that it opens', () => {
    const open: string[] = [];
    for (const [, end, name = '', , empty] of ovf.matchAll(
      /<(\/?)([\w:]+)((?:\s+[\w:]+="[^"<]*")*)\s*(\/?)>/g,
    )) {
      if (end === '/') expect(open.pop()).to.equal(name);
      else if (empty !== '/') open.push(name);
    }
    expect(open).to.deep.equal([]);
    expect(ovf.replaceAll(/<[^<>]*>/g, '')).not.to.match(/[<>&]/);
  });

  it('has the properties of each item in alphabetical order', () => {
    const items = [...ovf.matchAll(/<Item>([^]*?)<\/Item>/g)].map(([, item = '']) =>
      [...item.matchAll(/<rasd:(\w+)>/g)].map(([, name]) => name),
    );
    expect(items).to.have.length(5);
    for (const names of items) expect(names).to.deep.equal([...names].sort());
  });

  it('hangs the disk on the controller', () => {
    const controller = /<rasd:InstanceID>(\d+)<\/rasd:InstanceID>\s*<rasd:ResourceSubType>AHCI/.exec(
      ovf,
    )?.[1];
    expect(controller).to.be.a('string');
    expect(/<rasd:Parent>(\d+)</.exec(ovf)?.[1]).to.equal(controller);
  });
});
