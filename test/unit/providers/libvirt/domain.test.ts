import { expect } from 'chai';
import { RigError } from '../../../../lab/errors.ts';
import { parseDomain } from '../../../../lab/providers/libvirt/domain.ts';

const nic = (mac: string, more = ''): string =>
  `<interface type='network'><mac address='${mac}'/><source network='vagrant-libvirt'/>${more}</interface>`;
const domain = (devices: string, { type = "type='kvm'", name = '<name>lab_nfs01</name>' } = {}): string =>
  `<domain ${type} id='3' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  ${name}<uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>
  <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
  <!-- <interface><mac address='no'/></interface> -->${devices}</devices></domain>`;
const mac = '52:54:00:ab:cd:01';

describe('the definition of a domain of libvirt', () => {
  it('has its NICs in their order, plugged where nothing else is said', () => {
    const text = domain(
      [
        nic(mac),
        nic('52:54:00:ab:cd:02', "<link state='down'/>"),
        nic('52:54:00:ab:cd:03', "<link state='up'/>"),
      ].join('\n'),
    );
    expect(parseDomain(text)).to.deep.equal({
      name: 'lab_nfs01',
      type: 'kvm',
      nics: [
        { mac, link: 'up' },
        { mac: '52:54:00:ab:cd:02', link: 'down' },
        { mac: '52:54:00:ab:cd:03', link: 'up' },
      ],
    });
  });

  it('may have one NIC, or none', () => {
    expect(parseDomain(domain(nic(mac))).nics).to.deep.equal([{ mac, link: 'up' }]);
    expect(parseDomain(domain('')).nics).to.deep.equal([]);
  });

  it('has a name that stays text, whatever it is', () => {
    const named = (name: string): string => parseDomain(domain('', { name: `<name>${name}</name>` })).name;
    expect(named('007')).to.equal('007');
    expect(named('a &amp; b &lt;c&gt;')).to.equal('a & b <c>');
  });

  const unfit: [string, string][] = [
    ['nothing', ''],
    ['words', 'error: failed to get domain'],
    ['torn off', domain(nic(mac)).slice(0, -20)],
    ['another thing', "<network type='kvm'><name>lab0</name></network>"],
    ['without a type', domain('', { type: '' })],
    ['without a name', domain('', { name: '' })],
    ['without devices', "<domain type='kvm'><name>x</name></domain>"],
    ['with a NIC without an address', domain("<interface type='network'></interface>")],
    ['with an address that is none', domain(nic('52:54:00:ab:cd; down'))],
    ['with a cable that is neither in nor out', domain(nic(mac, "<link state='default'/>"))],
  ];
  for (const [what, text] of unfit)
    it(`is refused when it is ${what}`, () => {
      expect(() => parseDomain(text)).to.throw(RigError, /libvirt's definition of a domain/);
    });
});
