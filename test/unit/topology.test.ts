import { expect } from 'chai';
import { UsageError } from '../../lab/errors.ts';
import {
  addressOn,
  addressesOf,
  clientsOf,
  linkOf,
  parseTopology,
  prefixOf,
  serversOf,
} from '../../lab/topology.ts';

function node(name: string, role: string, address: string) {
  return { name, role, memoryMib: 512, cpus: 1, nics: [{ name: 'eth1', network: 'lan', address }] };
}

function example() {
  return {
    domain: 'example.org',
    networks: [{ name: 'lan', purpose: 'clients and service', cidr: '192.168.33.0/24' }],
    nodes: [node('sv01', 'client', '192.168.33.11/24'), node('nfs01', 'server', '192.168.33.21/24')],
    serviceAddresses: [{ address: '192.168.33.20/24', network: 'lan' }],
  };
}

type Example = ReturnType<typeof example>;

function complaintOf(json: unknown): string {
  try {
    parseTopology(json, 'lab.yaml');
  } catch (error) {
    expect(error).to.be.instanceOf(UsageError);
    return error instanceof Error ? error.message : '';
  }
  throw new Error('it was expected to be refused');
}

const bad: { what: string; change: (topology: Example) => unknown; says: string }[] = [
  {
    what: 'two nodes of one name',
    change: (t) => ({ ...t, nodes: [...t.nodes, node('sv01', 'client', '192.168.33.12/24')] }),
    says: 'nodes[2].name: two nodes are called sv01',
  },
  {
    what: 'two nodes with one address',
    change: (t) => ({ ...t, nodes: [...t.nodes, node('sv02', 'client', '192.168.33.11/24')] }),
    says: 'nodes[2].nics[0].address: 192.168.33.11 is already the address of sv01',
  },
  {
    what: 'a service address that a node has',
    change: (t) => ({ ...t, serviceAddresses: [{ address: '192.168.33.21/24', network: 'lan' }] }),
    says: 'serviceAddresses[0].address: 192.168.33.21 is already the address of nfs01',
  },
  {
    what: 'a network that does not exist',
    change: (t) => ({ ...t, serviceAddresses: [{ address: '192.168.33.20/24', network: 'lam' }] }),
    says: 'serviceAddresses[0].network: no network is called lam; did you mean lan?',
  },
  {
    what: 'an address outside its network',
    change: (t) => ({ ...t, nodes: [node('sv01', 'client', '192.168.34.11/24')] }),
    says: 'nodes[0].nics[0].address: 192.168.34.11/24 is not in lan, which is 192.168.33.0/24',
  },
  {
    what: 'a prefix that is not its network’s',
    change: (t) => ({ ...t, nodes: [node('sv01', 'client', '192.168.33.11/16')] }),
    says: '192.168.33.11/16 is not in lan',
  },
  {
    what: 'an octet over 255',
    change: (t) => ({ ...t, nodes: [node('sv01', 'client', '192.168.33.256/24')] }),
    says: 'nodes[0].nics[0].address: an IPv4 address with prefix length 1 to 32',
  },
  {
    what: 'a role that does not exist',
    change: (t) => ({ ...t, nodes: [node('sv01', 'sever', '192.168.33.11/24')] }),
    says: 'nodes[0].role: "sever" is not allowed; did you mean server?',
  },
  {
    what: 'a role that is no word',
    change: (t) => ({ ...t, nodes: [{ ...node('sv01', '', '192.168.33.11/24'), role: 7 }] }),
    says: 'nodes[0].role: expected one of client, server',
  },
  {
    what: 'a key that does not exist',
    change: (t) => ({ ...t, nodes: [{ ...node('sv01', 'client', '192.168.33.11/24'), memoryMb: 512 }] }),
    says: 'nodes[0]: "memoryMb" is not known here; did you mean memoryMib?',
  },
  {
    what: 'too little memory',
    change: (t) => ({ ...t, nodes: [{ ...node('sv01', 'client', '192.168.33.11/24'), memoryMib: 16 }] }),
    says: 'nodes[0].memoryMib: Too small: expected number to be >=256',
  },
  {
    what: 'a host name with a shell in it',
    change: (t) => ({ ...t, nodes: [node('sv01; reboot', 'client', '192.168.33.11/24')] }),
    says: 'nodes[0].name: a host name of lower-case letters',
  },
  {
    what: 'two networks of one name',
    change: (t) => ({ ...t, networks: [...t.networks, ...t.networks] }),
    says: 'networks[1].name: two networks are called lan',
  },
  {
    what: 'two NICs of one name',
    change: (t) => ({
      ...t,
      nodes: [
        {
          ...node('sv01', 'client', '192.168.33.11/24'),
          nics: [
            { name: 'eth1', network: 'lan' },
            { name: 'eth1', network: 'lan' },
          ],
        },
      ],
    }),
    says: 'nodes[0].nics[1].name: two NICs of sv01 are called eth1',
  },
  { what: 'no topology at all', change: () => 'lan', says: 'expected object' },
  { what: 'null', change: () => null, says: 'expected object' },
];

describe('a topology', () => {
  it('is accepted when it holds together', () => {
    const topology = parseTopology(example(), 'lab.yaml');
    expect(serversOf(topology).map((each) => each.name)).to.deep.equal(['nfs01']);
    expect(clientsOf(topology).map((each) => each.name)).to.deep.equal(['sv01']);
    expect(addressOn(topology, 'nfs01', 'lan')).to.equal('192.168.33.21');
    expect(prefixOf('192.168.33.21/24')).to.equal(24);
  });

  it('may have a NIC without an address', () => {
    const topology = example();
    const nics = [{ name: 'eth2', network: 'lan' }];
    expect(() =>
      parseTopology({ ...topology, nodes: [{ ...topology.nodes[0], nics }] }, 'lab.yaml'),
    ).not.to.throw();
  });

  for (const { what, change, says } of bad) {
    it(`is refused with ${what}`, () => {
      const complaint = complaintOf(change(example()));
      expect(complaint).to.match(/^lab\.yaml: not a valid topology:/);
      expect(complaint).to.include(says);
    });
  }

  it('is refused with every complaint at once', () => {
    const complaint = complaintOf({ ...example(), domain: 'A B', nodes: [] });
    expect(complaint.split('\n')).to.have.length(3);
  });

  it('has no address for a node that is not on a network', () => {
    const topology = parseTopology(example(), 'lab.yaml');
    expect(() => addressOn(topology, 'nfs01', 'san')).to.throw(TypeError, 'nfs01 has no address on san');
  });
});

describe('a bond', () => {
  function bonded(change: Record<string, unknown> = {}, nics: unknown[] = []) {
    return {
      ...example(),
      networks: [...example().networks, { name: 'other', purpose: 'another one', cidr: '10.0.0.0/24' }],
      nodes: [
        node('sv01', 'client', '192.168.33.11/24'),
        {
          name: 'nfs01',
          role: 'server',
          memoryMib: 512,
          cpus: 1,
          nics: [
            { name: 'eth1', network: 'lan' },
            { name: 'eth2', network: 'lan' },
            { name: 'eth3', network: 'other', address: '10.0.0.1/24' },
            ...nics,
          ],
          bonds: [
            {
              name: 'bond0',
              slaves: ['eth1', 'eth2'],
              network: 'lan',
              address: '192.168.33.21/24',
              ...change,
            },
          ],
        },
      ],
    };
  }

  it('has the address of its node on its network', () => {
    const topology = parseTopology(bonded(), 'lab.yaml');
    expect(addressOn(topology, 'nfs01', 'lan')).to.equal('192.168.33.21');
    expect(serversOf(topology).map(addressesOf)).to.deep.equal([
      [
        { name: 'eth3', network: 'other', address: '10.0.0.1/24' },
        { name: 'bond0', network: 'lan', address: '192.168.33.21/24' },
      ],
    ]);
  });

  it('loses its link with all of its cables, a NIC outside with its own', () => {
    const [server] = serversOf(parseTopology(bonded(), 'lab.yaml'));
    if (server === undefined) throw new Error('no server');
    expect(linkOf(server, 'eth2')).to.deep.equal(['eth1', 'eth2']);
    expect(linkOf(server, 'eth3')).to.deep.equal(['eth3']);
  });

  const refused: [string, unknown, string][] = [
    [
      'a slave that is not there',
      bonded({ slaves: ['eth1', 'eth7'] }),
      'no NIC is called eth7; did you mean eth1',
    ],
    ['one slave twice', bonded({ slaves: ['eth1', 'eth1'] }), 'eth1 is in a bond already'],
    ['no slave', bonded({ slaves: [] }), 'nodes[1].bonds[0].slaves'],
    [
      'a slave on another network',
      bonded({ slaves: ['eth1', 'eth4'] }, [{ name: 'eth4', network: 'other' }]),
      'nodes[1].bonds[0].slaves: eth4 is on other, bond0 on lan',
    ],
    [
      'a slave with an address',
      bonded({ slaves: ['eth1', 'eth4'] }, [{ name: 'eth4', network: 'lan', address: '192.168.33.9/24' }]),
      'eth4 has an address of its own, 192.168.33.9/24',
    ],
    [
      'the address of another node',
      bonded({ address: '192.168.33.11/24' }),
      '192.168.33.11 is already the address of sv01',
    ],
    ['a name of something else', bonded({ name: 'team0' }), 'bond0 to bond9'],
  ];
  for (const [what, json, says] of refused)
    it(`is refused with ${what}`, () => {
      expect(complaintOf(json)).to.include(says);
    });

  it('shares no slave with another one', () => {
    const json = bonded();
    const twice = structuredClone(json) as { nodes: { bonds?: { name: string }[] }[] };
    const own = twice.nodes[1]?.bonds;
    own?.push({ ...structuredClone(own[0]), name: 'bond1' });
    expect(complaintOf(twice)).to.include('nodes[1].bonds[1].slaves: eth1 is in a bond already');
  });
});
