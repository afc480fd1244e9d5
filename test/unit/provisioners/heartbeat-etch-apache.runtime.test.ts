import { expect } from 'chai';
import { RigError } from '../../../lab/errors.ts';
import { resolveSettings } from '../../../lab/settings.ts';
import type { Settings, Takeover } from '../../../lab/stack.ts';
import type { TimelineEvent } from '../../../lab/timeline.ts';
import { heartbeatEtchApache } from '../../../provisioners/heartbeat-etch-apache.ts';
import { health } from '../../../provisioners/heartbeat-etch-apache/health.ts';
import { onServer, topology } from '../../../provisioners/heartbeat-etch-apache/layout.ts';
import {
  active,
  parseState,
  stateCommand,
} from '../../../provisioners/heartbeat-etch-apache/server-state.ts';
import { budget, phases } from '../../../provisioners/heartbeat-etch-apache/takeover.ts';
import type { Reachable } from '../../../provisioners/parts/servers.ts';

function settings(overrides: Record<string, string> = {}): Settings {
  return resolveSettings(heartbeatEtchApache, 'current', overrides);
}

interface Shown {
  serving?: boolean;
  peer?: string;
  link?: string;
  addresses?: readonly string[];
  apache?: string;
}

function stateText({ serving = true, peer = 'active', link = 'up', ...shown }: Shown = {}): string {
  const { addresses = serving ? ['192.168.33.20', '192.168.33.100'] : [] } = shown;
  const { apache = serving ? 'running' : 'stopped' } = shown;
  const roles = serving ? 'Primary/Secondary' : 'Secondary/Primary';
  return [
    '=== peer',
    peer,
    '=== link0',
    link,
    '=== addresses',
    '3: eth1    inet 192.168.33.21/24 brd 192.168.33.255 scope global eth1\\       valid_lft forever',
    ...addresses.map(
      (address, n) =>
        `3: eth1    inet ${address}/24 brd 192.168.33.255 scope global secondary eth1:${String(n)}\\       valid_lft forever`,
    ),
    '=== apache',
    apache,
    '=== mounts',
    '/dev/vda / ext4 rw,relatime 0 0',
    ...(serving ? ['/dev/drbd0 /mnt/repl ext4 rw,sync,relatime 0 0'] : []),
    '=== drbd',
    'version: 8.4.11 (api:1/proto:86-101)',
    ` 0: cs:Connected ro:${roles} ds:UpToDate/UpToDate C r-----`,
    '    ns:1 nr:0 dw:1 dr:1 al:8 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:0',
    '',
  ].join('\n');
}

/** A lab whose servers answer with a state, or do not answer, and whose clients do what `client` says. */
function answering(
  states: Readonly<Record<string, string>>,
  client: (node: string, command: string) => string = () => '',
): Reachable {
  return {
    topology: topology('current'),
    machine: (node) => ({
      exec: (command) => {
        const stdout = node.startsWith('sv') ? client(node, command) : states[node];
        return stdout === undefined
          ? Promise.reject(new RigError(`${node} does not answer`))
          : Promise.resolve({ stdout, stderr: '', status: 0 });
      },
    }),
  };
}

const well = { nfs01: stateText(), nfs02: stateText({ serving: false }) };

async function failing(lab: Reachable, overrides: Record<string, string> = {}): Promise<string[]> {
  const conditions = await health(lab, settings(overrides), { thorough: false });
  return conditions
    .filter((condition) => !condition.ok)
    .map((condition) => `${condition.what}: ${condition.found}`);
}

describe('the state of heartbeat-etch-apache', () => {
  it('is healthy when one server holds everything and the other nothing, whichever it is', async () => {
    expect(await failing(answering(well))).to.deep.equal([]);
    expect(await failing(answering({ nfs01: well.nfs02, nfs02: well.nfs01 }))).to.deep.equal([]);
  });

  it('wants the first server to hold it where it fails back', async () => {
    const moved = answering({ nfs01: well.nfs02, nfs02: well.nfs01 });
    expect(await failing(moved, { autoFailback: 'on' })).to.have.length(2);
  });

  const ill: [string, Record<string, string>, RegExp][] = [
    [
      'half of its addresses',
      { ...well, nfs01: stateText({ addresses: ['192.168.33.20'] }) },
      /^nfs01 holds the service: has 192.168.33.20, lacks 192.168.33.100, /,
    ],
    [
      'an address that only begins like one of them',
      { ...well, nfs01: stateText({ addresses: ['192.168.33.20', '192.168.33.10'] }) },
      /lacks 192.168.33.100/,
    ],
    ['no Apache', { ...well, nfs01: stateText({ apache: 'stopped' }) }, /Apache does not run/],
    [
      'Apache on the standby',
      { ...well, nfs02: stateText({ serving: false, apache: 'running' }) },
      /no part/,
    ],
    ['a dead cable', { ...well, nfs02: stateText({ serving: false, link: 'dead' }) }, /link eth2 dead/],
    ['a server that is gone', { nfs01: well.nfs01 }, /^nfs02 answers: nfs02 does not answer/],
  ];
  for (const [what, states, says] of ill)
    it(`is not healthy with ${what}`, async () => {
      const found = await failing(answering(states));
      expect(found).to.have.length(1);
      expect(found[0]).to.match(says);
    });

  it('looks at the links of the medium that heartbeat uses', () => {
    expect(stateCommand('nfs02', ['eth1', '/dev/ttyS1']))
      .to.include("echo '=== link0'; cl_status hblinkstatus nfs02 eth1 ")
      .and.include("echo '=== link1'; cl_status hblinkstatus nfs02 /dev/ttyS1 ");
    const text = well.nfs01.replace('=== addresses', '=== link1\ndead\n=== addresses');
    expect(parseState(text, ['eth1', '/dev/ttyS1']).links).to.deep.equal([
      { name: 'eth1', state: 'up' },
      { name: '/dev/ttyS1', state: 'dead' },
    ]);
  });

  it('names the servers that serve', async () => {
    expect(await active(answering(well))).to.deep.equal(['nfs01']);
    expect(await active(answering({ nfs01: stateText(), nfs02: stateText() }))).to.deep.equal([
      'nfs01',
      'nfs02',
    ]);
    expect(await active(answering({}))).to.deep.equal([]);
  });

  describe('looked at thoroughly', () => {
    const subject = (server: string): string =>
      `Subject: Resource Group Takeover in progress at Sat Nov 21 20:28:24 UTC 2026 on ${server}\n`;
    /** Clients whose uploads are kept, unless they get lost, and a mailbox. */
    const clients = (mail: string, { lost = false } = {}): ((node: string, command: string) => string) => {
      const kept = new Map<string, string>();
      return (_node, command) => {
        if (command.includes('/var/mail/admin')) return mail;
        const requests = [...command.matchAll(/' (GET|PUT) (\S+) 80 (\S+) (\S+)/g)];
        return requests
          .map(([, method, address, path = '', body = '']) => {
            expect(address).to.equal(method === 'PUT' ? '192.168.33.20' : '192.168.33.100');
            if (method === 'PUT') kept.set(path, body);
            return `${Buffer.from(lost ? 'else' : (kept.get(path) ?? '')).toString('base64')}\n`;
          })
          .join('');
      };
    };
    const thorough = async (client: (node: string, command: string) => string): Promise<string[]> =>
      (await health(answering(well, client), settings(), { thorough: true }))
        .filter((condition) => !condition.ok)
        .map((condition) => `${condition.what}: ${condition.found}`);

    it('needs uploads over one address that are read over the other one, and the alert', async () => {
      expect(await thorough(clients(subject('nfs01')))).to.deep.equal([]);
    });

    it('is not content with another body', async () => {
      const found = await thorough(clients(subject('nfs01'), { lost: true }));
      expect(found).to.deep.equal([
        'sv01 reads from 192.168.33.100 what every client uploaded: not the file of sv01, not the file of sv02',
        'sv02 reads from 192.168.33.100 what every client uploaded: not the file of sv01, not the file of sv02',
      ]);
    });

    it('is not content with no alert, or that of another takeover', async () => {
      expect((await thorough(clients('')))[0]).to.include('nfs01 serves, the last mail is none');
      expect((await thorough(clients(subject('nfs02'))))[0]).to.include('Takeover in progress');
    });
  });
});

const lost: Takeover = { cause: 'node-lost', from: 'nfs01', to: 'nfs02', emulated: true };
const planned: Takeover = { cause: 'planned', from: 'nfs02', to: 'nfs01', emulated: true };

describe('the budget of heartbeat-etch-apache', () => {
  it('has deadtime and the patience of the clients in it', () => {
    const seconds = (overrides: Record<string, string> = {}, takeover = lost): number =>
      budget(takeover, settings(overrides)).seconds;
    expect(seconds()).to.be.within(70, 110);
    expect(seconds() - seconds({ deadtime: '30' })).to.equal(30);
    expect(seconds({ 'http.timeoutSeconds': '15' }) - seconds()).to.equal(10);
    expect(seconds({}, planned)).to.equal(seconds({ deadtime: '30' }, planned));
  });
});

describe('the phases of heartbeat-etch-apache', () => {
  const event = (kind: string, subject?: string): TimelineEvent => ({
    atMs: 0,
    uncertaintyMs: 0,
    source: 'cluster',
    node: 'nfs02',
    kind,
    text: '',
    ...(subject === undefined ? {} : { subject }),
  });

  it('end in the order of haresources', () => {
    const run = [
      event('peer-dead', 'nfs01'),
      event('resource-starting', 'IPaddr'),
      event('resource-starting', 'IPaddr'),
      event('resource-starting', 'drbddisk'),
      event('promoted', 'repl'),
      event('resource-starting', 'Filesystem'),
      event('mounted', 'drbd0'),
      event('resource-starting', 'apache2'),
      event('serving'),
    ];
    let after = -1;
    const ends = phases(lost, settings())
      .slice(0, -1)
      .map((marker) => {
        after = run.findIndex((each, n) => n > after && marker.matches(each));
        return `${marker.name} ${String(after)}`;
      });
    expect(ends).to.deep.equal(['detect 0', 'address 3', 'promote 4', 'mount 6', 'serve 8']);
  });

  it('name what governs the last one', () => {
    expect(phases(lost, settings({ 'http.timeoutSeconds': '2' })).at(-1)?.governedBy).to.equal(
      'http.timeoutSeconds=2',
    );
  });
});

describe('a file of a writer', () => {
  it('is below the document root of the active server', () => {
    expect(onServer('/lab/records-sv01-0a')).to.equal('/mnt/repl/www/lab/records-sv01-0a');
  });
});
