import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../../../lab/errors.ts';
import type { Topology } from '../../../lab/topology.ts';
import { machineName } from '../../../lab/vagrantfile/names.ts';
import type { VagrantfileRequest } from '../../../lab/vagrantfile/request.ts';
import { vagrantfile } from '../../../Vagrantfile.ts';
import { everythingRequest, goldenRequests, vagrantProviders } from '../../fixtures/vagrant-labs.ts';
import { hostile } from './hostile.ts';
import { readRuby } from './read-ruby.ts';

const golden = fileURLToPath(new URL('../../golden/vagrantfiles/', import.meta.url));

describe('the golden Vagrantfiles', () => {
  for (const { file, request } of goldenRequests())
    it(`${file} is what the generator writes (LAB_UPDATE_GOLDEN=1 writes it anew)`, () => {
      const text = vagrantfile(request);
      if (process.env['LAB_UPDATE_GOLDEN'] === '1') writeFileSync(`${golden}${file}`, text);
      expect(text).to.equal(readFileSync(`${golden}${file}`, 'utf8'));
      expect(vagrantfile(request)).to.equal(text);
    });
});

type Change = (request: VagrantfileRequest, text: string) => VagrantfileRequest;

function changedTopology(
  request: VagrantfileRequest,
  change: (topology: Topology) => void,
): VagrantfileRequest {
  const topology = structuredClone(request.topology);
  change(topology);
  return { ...request, topology };
}

function firstOf<T>(list: readonly T[] | undefined): T {
  const [first] = list ?? [];
  if (first === undefined) throw new Error('the topology that has everything lacks something');
  return first;
}

/** Every place of a request that holds a text, with what of that text has to be in the file as it is. */
const places: { place: string; change: Change; literally?: boolean }[] = [
  { place: 'the name of the lab', change: (request, text) => ({ ...request, lab: text }) },
  {
    place: 'the title of the platform',
    change: (request, text) => ({ ...request, platform: { ...request.platform, title: text } }),
  },
  {
    place: 'an SSH algorithm',
    literally: true,
    change: (request, text) => ({
      ...request,
      platform: { ...request.platform, ssh: { kex: [text], serverHostKey: [text], cipher: [text] } },
    }),
  },
  {
    place: 'the name of a node',
    literally: true,
    change: (request, text) =>
      changedTopology(request, ({ nodes, serialLines }) => {
        const last = nodes[2];
        if (last === undefined) throw new Error('there is no third node');
        last.name = text;
        firstOf(serialLines).between[0] = text;
      }),
  },
  {
    place: 'the name of a network',
    change: (request, text) =>
      changedTopology(request, ({ networks, nodes }) => {
        firstOf(networks).name = text;
        for (const node of nodes) for (const nic of node.nics) if (nic.network === 'lan') nic.network = text;
      }),
  },
  {
    place: 'the purpose of a network',
    change: (request, text) =>
      changedTopology(request, ({ networks }) => {
        firstOf(networks).purpose = text;
      }),
  },
  {
    place: 'the range of a network',
    change: (request, text) =>
      changedTopology(request, ({ networks }) => {
        firstOf(networks).cidr = text;
      }),
  },
  {
    place: 'the address of a NIC',
    change: (request, text) =>
      changedTopology(request, ({ nodes }) => {
        firstOf(firstOf(nodes).nics).address = text;
      }),
  },
  {
    place: 'the address of the service',
    change: (request, text) =>
      changedTopology(request, ({ serviceAddresses }) => {
        firstOf(serviceAddresses).address = text;
      }),
  },
  {
    place: 'the name of a disk',
    change: (request, text) =>
      changedTopology(request, ({ nodes }) => {
        firstOf(nodes[1]?.disks).name = text;
      }),
  },
  {
    place: 'the name of the box',
    literally: true,
    change: (request, text) => ({ ...request, box: { ...request.box, name: text } }),
  },
  {
    place: 'the version of the box',
    literally: true,
    change: (request, text) => ({ ...request, box: { ...request.box, version: text } }),
  },
  {
    place: 'the address of the box',
    literally: true,
    change: (request, text) => ({ ...request, box: { ...request.box, url: text } }),
  },
  {
    place: 'the checksum of the box',
    literally: true,
    change: (request, text) => ({
      ...request,
      box: { ...request.box, checksum: { type: 'md5', value: text } },
    }),
  },
  {
    place: 'the folder of the consoles',
    change: (request, text) => ({
      ...request,
      options: { ...request.options, consoleDirectory: `/x${text}` },
    }),
  },
  {
    place: 'the management network',
    change: (request, text) => ({ ...request, options: { ...request.options, managementCidr: text } }),
  },
  {
    place: 'the name of a phase',
    literally: true,
    change: (request, text) => ({
      ...request,
      options: {
        ...request.options,
        provision: [{ name: text, scripts: new Map([['sv01', { text: 'true' }]]) }],
      },
    }),
  },
  {
    place: 'the file of a script',
    literally: true,
    change: (request, text) => ({
      ...request,
      options: {
        ...request.options,
        provision: [{ name: '01', scripts: new Map([['sv01', { path: text }]]) }],
      },
    }),
  },
];

/** A script may be written as a literal or as a here-document: its length in lines is its own affair. */
function withScript(request: VagrantfileRequest, text: string): VagrantfileRequest {
  return {
    ...request,
    options: { ...request.options, provision: [{ name: '01', scripts: new Map([['sv01', { text }]]) }] },
  };
}

for (const provider of vagrantProviders)
  describe(`a Vagrantfile for ${provider}`, () => {
    const request = everythingRequest(provider);

    for (const { place, change, literally } of places)
      it(`lets nothing become code that is given as ${place}`, () => {
        const harmless = readRuby(vagrantfile(change(request, 'harmless')));
        for (const text of hostile) {
          const reading = readRuby(vagrantfile(change(request, text)));
          expect(reading.code).to.equal(harmless.code, JSON.stringify(text));
          if (literally === true)
            expect(reading.texts.some((each) => each.includes(text))).to.equal(true, JSON.stringify(text));
        }
      });

    it('hands every script to its node byte for byte', () => {
      for (const text of [...hostile, ...hostile.map((each) => `#!/bin/sh\n${each}\n`)]) {
        const harmless = readRuby(vagrantfile(withScript(request, text.includes('\r') ? 'a\r' : 'a')));
        const reading = readRuby(vagrantfile(withScript(request, text)));
        expect(reading.code).to.equal(harmless.code, JSON.stringify(text));
        expect(reading.texts).to.include(text);
      }
    });

    it('takes NICs in the order of their names', () => {
      const { texts } = readRuby(vagrantfile(request));
      expect(texts.indexOf('10.20.0.21')).to.be.below(texts.indexOf('172.16.5.1'));
    });

    it('refuses a NIC that no guest would number so', () => {
      const gap = changedTopology(request, ({ nodes }) => {
        firstOf(firstOf(nodes).nics).name = 'eth2';
      });
      expect(() => vagrantfile(gap)).to.throw(UsageError, 'sv01 has a NIC eth2, but no eth1');
    });

    it('gives two labs of one stack other machines and other wires', () => {
      const [one, other] = ['one', 'other'].map((lab) => readRuby(vagrantfile({ ...request, lab })).texts);
      const ofLab = (texts: readonly string[] | undefined): string[] =>
        (texts ?? []).filter((text) => /-(lan|crossover|bonded)$/.test(text));
      expect(ofLab(one)).to.have.length.greaterThan(3);
      expect(ofLab(one).filter((text) => ofLab(other).includes(text))).to.deep.equal([]);
    });

    it('says nothing of consoles, phases and a way out where nobody asked', () => {
      const { options: _options, ...plain } = request;
      const text = vagrantfile(plain);
      for (const word of ['console.log', 'provision', 'trigger', 'management', 'NO_PARALLEL'])
        expect(text).to.not.contain(word);
      expect(text).to.contain('config.vm.boot_timeout = 600');
    });
  });

describe('the name of a machine', () => {
  it('begins with that of its lab', () => {
    expect(machineName('heartbeat-sarge', 'nfs01')).to.equal('heartbeat-sarge-nfs01');
  });

  it('holds only what libvirt domains may be called', () => {
    expect(machineName("x' y/../z", '<b>')).to.equal('xy..z-b');
  });
});

describe('the reader of Ruby in these tests', () => {
  for (const source of [
    'x = "#{system}"',
    'x = "a',
    "x = 'a'",
    'x = `ls`',
    'x = %w[a]',
    'x = "\\q"',
    "f <<~'A'\n  x\n",
  ])
    it(`refuses ${JSON.stringify(source)}`, () => {
      expect(() => readRuby(source)).to.throw(Error);
    });

  it('sees code that stands beside a text', () => {
    expect(readRuby('name = "a"; system("b") # c').code).to.equal('name = S; system(S) ');
  });
});
