import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import type { ServerChannel } from 'ssh2';
import { HostError, InterruptedError, RigError, TimeoutError, UsageError } from '../../../../lab/errors.ts';
import { debian12 } from '../../../../lab/platforms/debian-12.ts';
import { silent } from '../../../../lab/progress.ts';
import type { Lab } from '../../../../lab/provider.ts';
import { consoleFile, openVagrantLab, type VagrantPlace } from '../../../../lab/providers/vagrant/lab.ts';
import type { VagrantState } from '../../../../lab/providers/vagrant/state.ts';
import { eventually, failureOf } from '../../../fakes/failure.ts';
import { fakeTopology } from '../../../fakes/lab.ts';
import { startSshServer, type SshServer } from '../../../fakes/ssh-server.ts';
import { fakeHypervisor, type FakeHypervisor } from './fake-hypervisor.ts';

const never = new AbortController().signal;
const names = fakeTopology.nodes.map(({ name }) => name);

describe('a lab on machines that Vagrant made', () => {
  let server: SshServer;
  let directory: string;
  let commands: string[];
  let answers: (command: string, channel: ServerChannel) => void;
  const opened: Lab[] = [];

  before(async () => {
    server = await startSshServer((command, channel) => {
      commands.push(command);
      answers(command, channel);
    });
  });
  after(() => server.close());
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lab-vagrant-lab-'));
    commands = [];
    answers = (_command, channel) => {
      channel.exit(0);
      channel.end();
    };
  });
  afterEach(async () => {
    for (const lab of opened.splice(0)) lab.close();
    await rm(directory, { recursive: true });
  });

  function state(): VagrantState {
    const { host, port, privateKey, hostKey } = server.endpoint;
    return {
      schema: 1,
      provider: 'libvirt',
      box: 'lab/debian-12',
      versions: { vagrant: '2.3.4' },
      privateKey,
      nodes: Object.fromEntries(
        names.map((name) => [name, { ssh: { host, port }, hostKey, macs: { eth1: '52:54:00:00:00:01' } }]),
      ),
    };
  }
  function open(
    fake: FakeHypervisor = fakeHypervisor(),
    { watch = false, place = {} }: { watch?: boolean; place?: Partial<VagrantPlace> } = {},
  ): Lab {
    const lab = openVagrantLab(
      {
        name: 'one',
        topology: fakeTopology,
        platform: debian12,
        directory,
        state: state(),
        hypervisor: fake.hypervisor,
        ids: new Map(names.map((name) => [name, `id-${name}`])),
        accelerator: 'tcg',
        hostFacts: { vagrant: '2.3.4' },
        ...place,
      },
      { watch },
    );
    opened.push(lab);
    return lab;
  }

  it('says what it is, and that the guests themselves watch its network', () => {
    const lab = open();
    expect(lab).to.include({ name: 'one', provider: 'libvirt', accelerator: 'tcg', fabric: undefined });
    expect(lab.network.witness).to.equal('guests');
    expect(lab.machines.map(({ name }) => name)).to.deep.equal(names);
  });

  it('does to a machine by its id what is asked of its node', async () => {
    const fake = fakeHypervisor();
    const lab = open(fake);
    await lab.pause('nfs01');
    expect(await lab.powerState('nfs01')).to.equal('paused');
    await lab.resume('nfs01');
    await lab.link('nfs02', 'eth1', 'down');
    expect(fake.done).to.deep.equal(['pause id-nfs01', 'resume id-nfs01', 'link nfs02 id-nfs02 eth1 down']);
  });

  it('knows a machine that is off, saved or gone as off', async () => {
    const fake = fakeHypervisor();
    const lab = open(fake);
    for (const seen of ['off', 'saved', 'missing'] as const) {
      fake.states.set('id-nfs01', seen);
      expect(await lab.powerState('nfs01')).to.equal('off');
    }
    expect(await lab.powerState('nfs02')).to.equal('running');
  });

  it('fails at once to reach a node whose power it cut, and reaches it again when it is awaited', async () => {
    const fake = fakeHypervisor();
    const lab = open(fake);
    await lab.machine('nfs01').exec('true');
    await lab.power('nfs01', 'off');
    expect((await failureOf(lab.machine('nfs01').exec('true'))).message).to.include('its power is off');
    await lab.power('nfs01', 'on');
    expect(fake.done).to.deep.equal(['off id-nfs01', 'off id-nfs01', 'on id-nfs01']);
    await lab.reachable('nfs01', 2000, never);
    expect(commands.at(-1)).to.match(/^date -u -s @\d+\.\d{3} /);
    await lab.machine('nfs01').exec('true');
  });

  it('forgets what it knew of the clocks of a node that booted', async () => {
    const lab = open();
    const { wallClock, monotonicClock } = lab.machine('nfs01');
    for (const clock of [wallClock, monotonicClock]) clock.add({ sentMs: 1, receivedMs: 2, guestMs: 3 });
    await lab.reachable('nfs01', 2000);
    expect([wallClock.count, monotonicClock.count]).to.deep.equal([0, 0]);
  });

  it('waits in bounds for a node that does not answer, and can be interrupted', async () => {
    const lab = open();
    answers = (_command, channel) => {
      channel.stderr.write('no clock');
      channel.exit(1);
      channel.end();
    };
    const error = await failureOf(lab.reachable('nfs01', 1000));
    expect(error).to.be.instanceOf(TimeoutError);
    expect(error.message).to.include('nfs01 to answer SSH').and.include('no clock');
    const controller = new AbortController();
    const waiting = failureOf(lab.reachable('nfs01', 60_000, controller.signal));
    controller.abort();
    expect(await waiting).to.be.instanceOf(InterruptedError);
  });

  const unknown: [string, (lab: Lab, node: string) => unknown][] = [
    ['machine', (lab, node) => lab.machine(node)],
    ['power', (lab, node) => lab.power(node, 'off')],
    ['powerState', (lab, node) => lab.powerState(node)],
    ['pause', (lab, node) => lab.pause(node)],
    ['resume', (lab, node) => lab.resume(node)],
    ['link', (lab, node) => lab.link(node, 'eth1', 'down')],
    ['reachable', (lab, node) => lab.reachable(node, 100)],
  ];
  for (const [what, call] of unknown)
    it(`names the nearest node when ${what} is asked of one that is not there`, async () => {
      const fake = fakeHypervisor();
      const lab = open(fake);
      const error = await failureOf((async () => await call(lab, 'nsf01'))());
      expect(error).to.be.instanceOf(UsageError).and.to.have.property('hint').that.includes('nfs01');
      expect(fake.done).to.deep.equal([]);
    });

  it('hands out what a shell of one’s own needs, root and the one key of the host', async () => {
    const { host, port, privateKey, hostKey } = server.endpoint;
    expect(await open().shellAccess?.('nfs01')).to.deep.equal({
      host,
      port,
      user: 'root',
      privateKey,
      hostKey,
    });
  });

  it('refuses a machine that shows another host key than the one that was learned', async () => {
    const other = state();
    const known = other.nodes['nfs01'];
    if (known === undefined) throw new Error('no node');
    known.hostKey = `${known.hostKey.slice(0, -8)}AAAAAAAA`;
    const lab = open(fakeHypervisor(), { place: { state: other } });
    expect(await failureOf(lab.machine('nfs01').exec('true'))).to.be.instanceOf(RigError);
    await lab.machine('nfs02').exec('true');
  });

  it('tells the end of a console, however long it is, and nothing of one that never was', async () => {
    const lab = open();
    expect(await lab.console('nfs01', 5)).to.equal('');
    const file = consoleFile(directory, 'nfs01');
    await mkdir(dirname(file), { recursive: true });
    await appendFile(file, Array.from({ length: 60_000 }, (_, n) => `line ${String(n)}\n`).join(''));
    expect(await lab.console('nfs01', 2)).to.equal('line 59998\nline 59999');
    await appendFile(file, 'reboot: System halted');
    expect(await lab.console('nfs01', 1)).to.equal('reboot: System halted');
    expect((await lab.console('nfs01', 1_000_000)).split('\n').at(-1)).to.equal('reboot: System halted');
  });

  it('keeps a snapshot of all nodes, says so in its folder, and awaits the nodes', async () => {
    const fake = fakeHypervisor();
    const lab = open(fake);
    await lab.snapshot('healthy', silent, never);
    expect(fake.done).to.deep.equal(['snapshot healthy of sv01+sv02+nfs01+nfs02']);
    expect(existsSync(join(directory, 'snapshots', 'healthy', 'complete'))).to.equal(true);
    expect(commands.filter((command) => command.startsWith('date'))).to.have.length(4);
  });

  it('does not claim a snapshot that failed', async () => {
    const lab = open(fakeHypervisor({ takeSnapshot: () => Promise.reject(new RigError('no space')) }));
    expect((await failureOf(lab.snapshot('healthy', silent, never))).message).to.equal('no space');
    expect(existsSync(join(directory, 'snapshots'))).to.equal(false);
  });

  it('is broken by a machine that ends by itself or a hypervisor that falls silent, not by a power cut', async () => {
    const dying = fakeHypervisor();
    const cut = fakeHypervisor();
    const file = consoleFile(directory, 'nfs02');
    await mkdir(dirname(file), { recursive: true });
    await appendFile(file, 'Kernel panic - not syncing\n');
    const lab = open(dying, { watch: true });
    const other = open(cut, { watch: true });
    const mute = open(fakeHypervisor({ state: () => Promise.reject(new HostError('the daemon is gone')) }), {
      watch: true,
    });
    const told: string[] = [];
    other.broken.catch((error: unknown) => told.push(String(error)));
    await other.power('nfs02', 'off');
    dying.states.set('id-nfs02', 'off');
    dying.states.set('id-nfs01', 'paused');
    const error = await failureOf(lab.broken);
    expect(error).to.be.instanceOf(RigError);
    expect(error.message).to.match(/^the machine of nfs02 is off; .*Kernel panic/s);
    await eventually('the other one was looked at', () => cut.looks.has('id-nfs01'));
    expect([told, cut.looks.has('id-nfs02')]).to.deep.equal([[], false]);
    expect((await failureOf(mute.broken)).message).to.equal('libvirt does not answer: the daemon is gone');
  });

  it('reaches nothing after it was closed', async () => {
    const lab = open();
    await lab.machine('nfs01').exec('true');
    lab.close();
    lab.close();
    expect((await failureOf(lab.machine('nfs01').exec('true'))).message).to.include('was closed');
  });
});
