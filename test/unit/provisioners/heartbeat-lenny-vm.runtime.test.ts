import { expect } from 'chai';
import { RigError } from '../../../lab/errors.ts';
import { resolveSettings } from '../../../lab/settings.ts';
import type { Settings, Takeover } from '../../../lab/stack.ts';
import type { TimelineEvent } from '../../../lab/timeline.ts';
import { heartbeatLennyVm } from '../../../provisioners/heartbeat-lenny-vm.ts';
import { health } from '../../../provisioners/heartbeat-lenny-vm/health.ts';
import { topology } from '../../../provisioners/heartbeat-lenny-vm/layout.ts';
import { readBack } from '../../../provisioners/heartbeat-lenny-vm/read-back.ts';
import { active, stateCommand } from '../../../provisioners/heartbeat-lenny-vm/server-state.ts';
import { budget, patience, phases } from '../../../provisioners/heartbeat-lenny-vm/takeover.ts';
import type { Reachable } from '../../../provisioners/parts/servers.ts';

function settings(overrides: Record<string, string> = {}): Settings {
  return resolveSettings(heartbeatLennyVm, 'current', overrides);
}

interface Shown {
  serving?: boolean;
  link?: string;
  vm?: string;
  mounted?: boolean;
  routed?: boolean;
  role?: string;
}

function stateText({ serving = true, link = 'up', ...shown }: Shown = {}): string {
  const { vm = serving ? 'running' : 'stopped', mounted = serving, routed = serving } = shown;
  const { role = serving ? 'Primary/Secondary' : 'Secondary/Primary' } = shown;
  return [
    '=== peer',
    'active',
    '=== link',
    link,
    '=== vm',
    vm,
    '=== route',
    ...(routed ? ['192.168.33.20 dev vm0 scope link '] : []),
    '=== mounts',
    '/dev/vda / ext4 rw,relatime 0 0',
    ...(mounted ? ['/dev/drbd0 /data ext4 rw,relatime 0 0'] : []),
    '=== drbd',
    'version: 8.4.11 (api:1/proto:86-101)',
    ` 0: cs:Connected ro:${role} ds:UpToDate/UpToDate C r-----`,
    '    ns:1 nr:0 dw:1 dr:1 al:8 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:0',
    '',
  ].join('\n');
}

const report = 'status 0\n/dev/ubda: 83/1024 files (3.6% non-contiguous), 3710/6144 blocks\n';

/** A lab whose servers show a state, whose clients get a report of the boot, and whose disks are as given. */
function answering(
  states: Readonly<Record<string, string>>,
  { boot = report, disk = '=== check\n0\nvm1.img: clean\n' } = {},
  commands: string[] = [],
): Reachable {
  const uploaded = new Map<string, string>();
  const client = (command: string): string =>
    [...command.matchAll(/' (GET|PUT) 192\.168\.33\.20 80 (\S+) (\S+)/g)]
      .map(([, method, path = '', body = '']) => {
        if (method === 'PUT') uploaded.set(path, body);
        return `${Buffer.from(path === '/boot' ? boot : (uploaded.get(path) ?? '')).toString('base64')}\n`;
      })
      .join('');
  const server = (node: string, command: string): string | undefined => {
    commands.push(`${node}: ${command}`);
    if (command.includes('e2fsck')) return disk;
    if (command.includes('verify')) return stateText();
    return states[node];
  };
  return {
    topology: topology('current'),
    machine: (node) => ({
      exec: (command) => {
        const stdout = node.startsWith('sv') ? client(command) : server(node, command);
        return stdout === undefined
          ? Promise.reject(new RigError(`${node} does not answer`))
          : Promise.resolve({ stdout, stderr: '', status: 0 });
      },
    }),
  };
}

const well = { nfs01: stateText(), nfs02: stateText({ serving: false }) };

async function failing(
  lab: Reachable,
  { overrides = {}, thorough = false }: { overrides?: Record<string, string>; thorough?: boolean } = {},
): Promise<string[]> {
  const conditions = await health(lab, settings(overrides), { thorough });
  return conditions
    .filter((condition) => !condition.ok)
    .map((condition) => `${condition.what}: ${condition.found}`);
}

describe('the state of heartbeat-lenny-vm', () => {
  it('is healthy when the first server runs the virtual machine and the other one nothing', async () => {
    expect(await failing(answering(well))).to.deep.equal([]);
    expect(await failing(answering(well), { thorough: true })).to.deep.equal([]);
  });

  it('may be turned round where it does not fail back', async () => {
    const moved = answering({ nfs01: well.nfs02, nfs02: well.nfs01 });
    expect(await failing(moved)).to.have.length(2);
    expect(await failing(moved, { overrides: { autoFailback: 'off' } })).to.deep.equal([]);
  });

  const ill: [string, Record<string, string>, RegExp][] = [
    [
      'no virtual machine',
      { ...well, nfs01: stateText({ vm: 'stopped' }) },
      /vm1 does not run, DRBD Primary$/,
    ],
    ['no way to it', { ...well, nfs01: stateText({ routed: false }) }, /lacks the way to 192\.168\.33\.20/],
    ['nothing mounted', { ...well, nfs01: stateText({ mounted: false }) }, /\/data not mounted/],
    [
      'a second virtual machine',
      { ...well, nfs02: stateText({ serving: false, vm: 'running' }) },
      /^nfs02 holds no part of the service: .*vm1 runs/,
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

  const boots: [string, string][] = [
    ['had to be repaired', 'status 1\nFixed.\n'],
    ['was not checked', ''],
  ];
  for (const [what, boot] of boots)
    it(`is not healthy when the file system ${what} at boot`, async () => {
      const found = await failing(answering(well, { boot }));
      expect(found).to.have.length(1);
      expect(found[0]).to.include('e2fsck found its file system in order when it booted');
    });

  it('is not healthy, looked at thoroughly, when a replica holds a damaged file system', async () => {
    const disk = '=== check\n4\nvm1.img: ********** WARNING: Filesystem still has errors **********\n';
    const found = await failing(answering(well, { disk }), { thorough: true });
    expect(found).to.have.length(1);
    expect(found[0]).to.match(/on nfs01 e2fsck ended with status 4.*on nfs02 e2fsck ended with status 4/);
  });

  it('looks at the link of the cable', () => {
    expect(stateCommand('nfs02')).to.include('cl_status hblinkstatus nfs02 eth2 ');
  });

  it('names the servers that serve', async () => {
    expect(await active(answering(well))).to.deep.equal(['nfs01']);
    expect(await active(answering({ nfs01: stateText(), nfs02: stateText() }))).to.deep.equal([
      'nfs01',
      'nfs02',
    ]);
    expect(await active(answering({ nfs01: stateText({ role: 'Secondary/Secondary' }) }))).to.deep.equal([]);
  });
});

describe('reading back from heartbeat-lenny-vm', () => {
  const probe = { client: 'sv01', path: '/records/a', intervalMs: 100, samples: [], ledger: [] };
  const read = (lab: Reachable): ReturnType<typeof readBack> =>
    readBack(lab, [probe], new AbortController().signal);

  it('asks the clients, then both replicas while nothing is written, and thaws', async () => {
    const commands: string[] = [];
    const text = Buffer.from('lab1 text').toString('base64');
    const disk = `=== check\n0\nclean\n=== file0\n${text}\n`;
    const { texts, replicas } = await read(answering(well, { disk }, commands));
    expect(texts.map(({ reader }) => reader)).to.deep.equal([
      'client sv01',
      'client sv02',
      'replica nfs01',
      'replica nfs02',
    ]);
    expect(texts.slice(2).map((each) => each.text)).to.deep.equal(['lab1 text', 'lab1 text']);
    expect(replicas).to.deep.include({ identical: true });
    const at = (part: RegExp): number => commands.findIndex((command) => part.test(command));
    expect(at(/^nfs01: fsfreeze -f \/data/)).to.be.below(at(/e2fsck/));
    expect(at(/^nfs02: .*VMs\/vm1\.img.*e2fsck/s)).to.be.within(0, at(/^nfs01: fsfreeze -u \/data/));
    expect(commands.find((command) => command.startsWith('nfs02: set -e'))).to.include(
      'cat /srv/www/records/a',
    );
  });

  it('leaves the replicas alone when two servers run the virtual machine', async () => {
    const { texts, replicas } = await read(answering({ nfs01: stateText(), nfs02: stateText() }));
    expect(texts).to.have.length(2);
    expect(replicas).to.equal(null);
  });
});

const lost: Takeover = { cause: 'node-lost', from: 'nfs01', to: 'nfs02', emulated: true };
const planned: Takeover = { cause: 'planned', from: 'nfs02', to: 'nfs01', emulated: true };

describe('the budget of heartbeat-lenny-vm', () => {
  const seconds = (overrides: Record<string, string> = {}, takeover = lost): number =>
    budget(takeover, settings(overrides)).seconds;

  it('has deadtime, the boot and the patience of the clients in it', () => {
    expect(seconds() - seconds({ deadtime: '20' })).to.equal(10);
    expect(seconds({ 'http.timeoutSeconds': '15' }) - seconds()).to.equal(10);
    expect(budget(lost, settings()).terms.map(({ name }) => name)).to.include('boot of the virtual machine');
    expect(seconds({}, { ...lost, emulated: false })).to.be.below(60);
  });

  it('has the shutdown of the virtual machine in it when it moves in good order', () => {
    expect(seconds({ 'vm.stopSeconds': '50' }, planned) - seconds({}, planned)).to.equal(20);
    expect(seconds({ 'vm.stopSeconds': '50' })).to.equal(seconds());
  });

  it('says that nothing boots it where nothing does', () => {
    const { terms } = budget(lost, settings({ 'vm.autostart': 'off' }));
    expect(terms.map(({ from }) => from).join('\n')).to.include('vm.autostart=off, so nothing boots it');
  });

  it('leaves a bound to every wait, also where DRBD chooses the rate', () => {
    for (const bound of Object.values(patience(settings({ 'drbd.resyncRate': '0' }))))
      expect(bound).to.be.within(1, 3_600_000);
  });
});

describe('the phases of heartbeat-lenny-vm', () => {
  const event = (kind: string, subject?: string): TimelineEvent => ({
    atMs: 0,
    uncertaintyMs: 0,
    source: 'cluster',
    node: 'nfs02',
    kind,
    text: '',
    ...(subject === undefined ? {} : { subject }),
  });

  it('end in the order of haresources, then of the boot', () => {
    const run = [
      event('peer-dead', 'nfs01'),
      event('resource-starting', 'drbddisk'),
      event('promoted', 'r0'),
      event('resource-starting', 'Filesystem'),
      event('mounted', 'drbd0'),
      event('resource-starting', 'vm'),
      event('address-announced', '192.168.33.20'),
      event('vm-started'),
      event('vm-journal-replayed'),
      event('vm-up'),
      event('vm-checked'),
      event('vm-serving'),
    ];
    let after = -1;
    const ends = phases(lost, settings())
      .slice(0, -1)
      .map((marker) => {
        after = run.findIndex((each, n) => n > after && marker.matches(each));
        return `${marker.name} ${String(after)}`;
      });
    expect(ends).to.deep.equal([
      'detect 0',
      'promote 2',
      'mount 4',
      'address 6',
      'boot 9',
      'fsck 10',
      'serve 11',
    ]);
  });

  it('begin with the release where the service is handed back', () => {
    const [heldUp, release] = phases(planned, settings());
    expect(heldUp?.name).to.equal('held-up');
    expect(release).to.deep.include({
      name: 'release',
      governedBy: 'autoFailback=on',
    });
  });
});
