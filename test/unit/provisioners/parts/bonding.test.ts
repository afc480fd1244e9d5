import { expect } from 'chai';
import { bondFaults, bondInterface, bondSteps, parseBond } from '../../../../provisioners/parts/bonding.ts';

const bond = {
  name: 'bond0',
  slaves: ['eth1', 'eth2'],
  network: 'cluster',
  address: '192.168.33.21/24',
};
const options = { mode: 'balance-rr', miimonMs: 100, updelayMs: 200, downdelayMs: 300 };

/** /proc/net/bonding/bond0 of Linux 6.1. */
function shown({ mode = 'load balancing (round-robin)', bondStatus = 'up', eth2 = 'up' } = {}): string {
  return [
    'Ethernet Channel Bonding Driver: v6.1.0-40-amd64',
    '',
    `Bonding Mode: ${mode}`,
    `MII Status: ${bondStatus}`,
    'MII Polling Interval (ms): 100',
    'Up Delay (ms): 200',
    'Down Delay (ms): 200',
    'Peer Notification Delay (ms): 0',
    '',
    'Slave Interface: eth1',
    'MII Status: up',
    'Speed: Unknown',
    'Link Failure Count: 0',
    '',
    'Slave Interface: eth2',
    `MII Status: ${eth2}`,
    'Link Failure Count: 1',
    '',
  ].join('\n');
}

describe('a bond', () => {
  it('is made by ip(8), every card taken down before it is joined', () => {
    expect(bondInterface(bond, options).split('\n')).to.deep.equal([
      'auto bond0',
      'iface bond0 inet static',
      '  address 192.168.33.21/24',
      '  pre-up ip link add bond0 type bond mode balance-rr miimon 100 updelay 200 downdelay 300',
      '  pre-up ip link set dev eth1 down',
      '  pre-up ip link set dev eth1 master bond0',
      '  pre-up ip link set dev eth2 down',
      '  pre-up ip link set dev eth2 master bond0',
      '  post-down ip link del bond0',
      '',
    ]);
  });

  it('is made on the nodes that have one, each with its own address', () => {
    const node = (name: string, address: string) => ({
      name,
      role: 'server' as const,
      memoryMib: 512,
      cpus: 1,
      nics: [],
      bonds: [{ ...bond, address }],
    });
    const steps = bondSteps([node('nfs01', '10.0.0.1/24'), node('nfs02', '10.0.0.2/24')], options);
    expect(steps.map((step) => [step.kind, step.nodes.join('+')])).to.deep.equal([
      ['file', 'nfs01+nfs02'],
      ['file', 'nfs01'],
      ['file', 'nfs02'],
      ['run', 'nfs01+nfs02'],
    ]);
  });

  it('is well when it is up in its mode with every card', () => {
    expect(bondFaults(parseBond(shown()), bond, 'balance-rr')).to.deep.equal([]);
  });

  const ill: [string, string, string[]][] = [
    ['a card without carrier', shown({ eth2: 'down' }), ['eth2 is not up in bond0']],
    ['a card that comes up', shown({ eth2: 'going back' }), ['eth2 is not up in bond0']],
    ['no carrier at all', shown({ bondStatus: 'down' }), ['bond0 is down']],
    [
      'another mode',
      shown({ mode: 'fault-tolerance (active-backup)' }),
      ['mode fault-tolerance (active-backup)'],
    ],
    ['no bond', '', ['no bond0']],
  ];
  for (const [what, text, faults] of ill)
    it(`is not well with ${what}`, () => {
      expect(bondFaults(parseBond(text), bond, 'balance-rr')).to.deep.equal(faults);
    });

  it('lacks a card that was never joined', () => {
    const three = { ...bond, slaves: [...bond.slaves, 'eth3'] };
    expect(bondFaults(parseBond(shown()), three, 'balance-rr')).to.deep.equal(['eth3 is not up in bond0']);
  });

  it('is in no mode that is not known', () => {
    expect(bondFaults(parseBond(shown()), bond, 'toString')).to.have.length(1);
  });
});
