import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ServerChannel } from 'ssh2';
import { HostError, InterruptedError, RigError } from '../../../lab/errors.ts';
import { debian12 } from '../../../lab/platforms/debian-12.ts';
import type { Lab, LabRequest, Provider } from '../../../lab/provider.ts';
import { runsOnVagrant, vagrantProvider } from '../../../lab/providers/vagrant.ts';
import { rememberedLabs } from '../../../lab/providers/vagrant/all-labs.ts';
import { eventually, failureOf } from '../../fakes/failure.ts';
import { fakeTopology } from '../../fakes/lab.ts';
import { startSshServer, type SshServer } from '../../fakes/ssh-server.ts';
import { heardProgress } from '../../fakes/stack.ts';
import { fakeHypervisor, type FakeHypervisor } from './vagrant/fake-hypervisor.ts';
import { withPrograms, type FakePrograms } from './vagrant/fake-programs.ts';
import { fakeVagrant } from './vagrant/fake-vagrant.ts';

const never = new AbortController().signal;
const names = fakeTopology.nodes.map(({ name }) => name);
const idOf = (node: string): string =>
  `00000000-0000-4000-8000-${String(names.indexOf(node) + 1).padStart(12, '0')}`;

interface Rig extends FakePrograms, FakeHypervisor {
  provider: Provider;
  request: LabRequest;
  home: string;
  /** Of the lab. */
  directory: string;
  progress: ReturnType<typeof heardProgress>;
  up: (changes?: Partial<LabRequest>, signal?: AbortSignal) => Promise<Lab>;
  /** Makes the fake vagrant fail, or no longer. */
  knob: (name: string, value: string | undefined) => Promise<void>;
  /** The verbs that vagrant was given since the last time. */
  verbs: () => Promise<string[]>;
}

describe('the provider through Vagrant', () => {
  let server: SshServer;
  let commands: string[];
  let answers: (command: string, channel: ServerChannel) => void;
  const opened: Lab[] = [];

  function end(channel: ServerChannel, status: number, stdout = ''): void {
    channel.write(stdout);
    channel.exit(status);
    channel.end();
  }
  before(async () => {
    server = await startSshServer((command, channel) => {
      commands.push(command);
      answers(command, channel);
    });
  });
  after(() => server.close());
  beforeEach(() => {
    commands = [];
    answers = (command, channel) => {
      end(channel, 0, command.includes('/sys/class/net') ? 'eth1 52:54:00:00:00:01\n' : '');
    };
  });
  afterEach(() => {
    for (const lab of opened.splice(0)) lab.close();
  });

  const onRig = (work: (rig: Rig) => Promise<void>) => (): Promise<void> =>
    withPrograms(async (programs) => {
      await fakeVagrant(programs, server.endpoint);
      const fake = fakeHypervisor();
      const home = join(programs.folder, '.lab');
      const request = { name: 'one', topology: fakeTopology, platform: debian12 };
      const progress = heardProgress();
      const provider = vagrantProvider({
        home,
        hypervisor: fake.hypervisor,
        emulated: () => Promise.resolve(true),
        box: () => Promise.resolve({ name: 'lab/debian-12', version: '1.0' }),
      });
      let seen = 0;
      await work({
        ...programs,
        ...fake,
        provider,
        request,
        home,
        directory: join(home, 'one'),
        progress,
        up: async (changes = {}, signal = never) => {
          const lab = await provider.up({ ...request, ...changes }, progress, signal);
          opened.push(lab);
          return lab;
        },
        knob: async (name, value) => {
          if (value === undefined) await rm(join(programs.folder, name), { force: true });
          else await writeFile(join(programs.folder, name), value);
        },
        verbs: async () => {
          const calls = await programs.calls();
          const fresh = calls.slice(seen).map((call) => call.split(' ')[1] ?? '');
          seen = calls.length;
          return fresh.filter((verb) => verb !== '--version');
        },
      });
    });

  it(
    'makes bare machines, lets root in on each, and keeps what it learned of them for its owner alone',
    onRig(async ({ up, calls, directory, progress }) => {
      const lab = await up();
      expect((await calls()).filter((call) => !call.includes('--version'))).to.deep.equal([
        'vagrant up --provider=libvirt --no-provision --machine-readable',
        'vagrant ssh-config --machine-readable',
      ]);
      expect(lab).to.include({ name: 'one', provider: 'libvirt', accelerator: 'tcg' });
      expect(lab.hostFacts).to.include({ vagrant: '2.3.4', libvirt: '9.0.0', box: 'lab/debian-12 1.0' });
      expect(commands.filter((command) => command.includes('authorized_keys'))).to.have.length(4);
      expect(commands.filter((command) => command.startsWith('date'))).to.have.length(4);
      expect(progress.notes).to.include('sv01: Machine booted and ready!');
      expect((await stat(join(directory, 'vagrant.json'))).mode & 0o777).to.equal(0o600);
      const access = await lab.shellAccess?.('nfs01');
      expect(access).to.include({ user: 'root', host: '127.0.0.1', port: server.endpoint.port });
      expect(access?.hostKey).to.equal(server.endpoint.hostKey.split(' ').slice(0, 2).join(' '));
      expect(await rememberedLabs()).to.deep.equal([{ directory, provider: 'libvirt' }]);
      for (const name of names) expect(existsSync(join(directory, 'nodes', name))).to.equal(true);
      expect(existsSync(join(directory, 'Vagrantfile.new'))).to.equal(false);
    }),
  );

  it(
    'attaches a lab that runs, without vagrant, and none that does not',
    onRig(async ({ provider, request, up, states, verbs }) => {
      expect(await provider.attach(request, never)).to.equal(undefined);
      (await up()).close();
      await verbs();
      const lab = await provider.attach(request, never);
      expect(lab?.machines).to.have.length(4);
      lab?.close();
      for (const state of ['off', 'paused', 'saved', 'missing'] as const) {
        states.set(idOf('nfs02'), state);
        expect(await provider.attach(request, never), state).to.equal(undefined);
      }
      expect(await verbs()).to.deep.equal([]);
    }),
  );

  it(
    'goes on where a vagrant up died, with what it had made',
    onRig(async ({ provider, request, up, knob, verbs, directory }) => {
      await knob('up-dies-at', 'nfs01');
      const error = await failureOf(up());
      expect(error).to.be.instanceOf(HostError).and.to.have.property('hint').that.includes('lab up goes on');
      expect(error.message).to.include('Timed out while waiting for the machine to boot');
      expect(provider.resumesUp).to.equal(true);
      expect(existsSync(join(directory, '.vagrant/machines/sv02/libvirt/id'))).to.equal(true);
      expect(existsSync(join(directory, 'vagrant.json'))).to.equal(false);
      expect(await rememberedLabs()).to.have.length(1);
      expect(await provider.attach(request, never)).to.equal(undefined);
      await knob('up-dies-at', undefined);
      await up();
      expect(await verbs()).to.deep.equal(['up', 'up', 'ssh-config']);
    }),
  );

  it(
    'removes machines of another Vagrantfile first, with that one',
    onRig(async ({ up, knob, verbs, directory, folder }) => {
      await knob('up-dies-at', 'nfs01');
      await failureOf(up());
      const before = await readFile(join(directory, 'Vagrantfile'), 'utf8');
      await knob('up-dies-at', undefined);
      await up({ topology: { ...fakeTopology, nodes: fakeTopology.nodes.slice(0, 3) } });
      expect(await verbs()).to.deep.equal(['up', 'destroy', 'up', 'ssh-config']);
      expect(await readFile(join(folder, 'destroyed-with'), 'utf8')).to.equal(before);
      expect(await readFile(join(directory, 'Vagrantfile'), 'utf8')).not.to.equal(before);
    }),
  );

  it(
    'keeps the other Vagrantfile when its machines cannot be removed',
    onRig(async ({ up, knob, directory }) => {
      await knob('up-dies-at', 'nfs01');
      await failureOf(up());
      const before = await readFile(join(directory, 'Vagrantfile'), 'utf8');
      await knob('destroy-fails', 'it is locked');
      const fewer = { ...fakeTopology, nodes: fakeTopology.nodes.slice(0, 3) };
      const error = await failureOf(up({ topology: fewer }));
      expect(error.message).to.equal('vagrant destroy --force failed: it is locked');
      expect(await readFile(join(directory, 'Vagrantfile'), 'utf8')).to.equal(before);
    }),
  );

  it(
    'makes machines anew that were made to the end: they may not be bare any more',
    onRig(async ({ up, verbs, progress }) => {
      (await up()).close();
      await verbs();
      await up();
      expect(await verbs()).to.deep.equal(['destroy', 'up', 'ssh-config']);
      expect(progress.steps).to.include('remove the machines of before');
    }),
  );

  it(
    'neither attaches nor restores a lab of which a machine is gone behind Vagrant’s back, and makes it anew',
    onRig(async ({ provider, request, up, states, snapshots, verbs, progress, done }) => {
      (await up()).close();
      snapshots.add('healthy');
      states.set(idOf('nfs01'), 'missing');
      expect(await provider.attach(request, never)).to.equal(undefined);
      expect(await provider.restore(request, 'healthy', progress, never)).to.equal(undefined);
      expect(done).to.deep.equal([]);
      await verbs();
      states.clear();
      await up();
      expect(await verbs()).to.deep.equal(['destroy', 'up', 'ssh-config']);
    }),
  );

  it(
    'says so when vagrant up ends well without a machine',
    onRig(async ({ up, knob, directory }) => {
      await knob('without-id', 'nfs02');
      const error = await failureOf(up());
      expect(error).to.be.instanceOf(RigError);
      expect(error.message).to.include(`not every machine is there in ${directory}`);
    }),
  );

  it(
    'says so when vagrant does not tell how to reach a node, and knows none of the lab then',
    onRig(async ({ up, knob, directory }) => {
      await knob('without-ssh', 'nfs02');
      const error = await failureOf(up());
      expect(error).to.be.instanceOf(RigError);
      expect(error.message).to.equal('vagrant ssh-config says nothing of nfs02');
      expect(existsSync(join(directory, 'vagrant.json'))).to.equal(false);
    }),
  );

  it(
    'refuses a box whose user cannot become root',
    onRig(async ({ up }) => {
      answers = (_command, channel) => {
        channel.stderr.write('sudo: a password is required');
        end(channel, 1);
      };
      const error = await failureOf(up());
      expect(error).to.be.instanceOf(HostError).and.to.have.property('hint').that.includes('sudo');
      expect(error.message).to.match(/^\w+: vagrant cannot become root: .*a password is required/s);
    }),
  );

  it(
    'refuses a box whose guest names its NICs otherwise',
    onRig(async ({ up }) => {
      answers = (_command, channel) => {
        end(channel, 0);
      };
      const error = await failureOf(up());
      expect(error).to.be.instanceOf(HostError).and.to.have.property('hint').that.includes('net.ifnames=0');
      expect(error.message).to.match(/^\w+ has no eth1$/);
    }),
  );

  it(
    'does not take a node that cannot be reached for a box without sudo',
    onRig(async ({ up, knob }) => {
      await knob('port', '1');
      const error = await failureOf(up());
      expect(error).to.be.instanceOf(RigError);
      expect(error.message).to.include('ECONNREFUSED').and.not.include('root');
    }),
  );

  it(
    'is interrupted while vagrant runs, and while it settles the guests, and goes on after both',
    onRig(async ({ up, script, folder, verbs, progress, directory }) => {
      await cp(join(folder, 'path', 'vagrant'), join(folder, 'path', 'real-vagrant'));
      await script(
        'vagrant',
        `if [ "$1" != up ]; then exec real-vagrant "$@"; fi
real-vagrant "$@"
echo '1,,ui,info,all but done'
exec sleep 30`,
      );
      const first = new AbortController();
      const making = failureOf(up({}, first.signal));
      await eventually('it makes machines', () => progress.notes.includes('all but done'));
      first.abort();
      expect(await making).to.be.instanceOf(InterruptedError);
      await fakeVagrant({ folder, script, calls: () => Promise.resolve([]) }, server.endpoint);

      const second = new AbortController();
      const usual = answers;
      answers = () => undefined;
      commands = [];
      const settling = failureOf(up({}, second.signal));
      await eventually('it settles guests', () => commands.length === 4);
      second.abort();
      expect(await settling).to.be.instanceOf(InterruptedError);
      expect(existsSync(join(directory, 'vagrant.json'))).to.equal(false);

      answers = usual;
      await up();
      expect(await verbs()).not.to.include('destroy');
    }),
  );

  it(
    'restores a snapshot that every machine has, and awaits the nodes',
    onRig(async ({ provider, request, up, states, snapshots, progress, done }) => {
      expect(await provider.restore(request, 'healthy', progress, never)).to.equal(undefined);
      (await up()).close();
      expect(await provider.restore(request, 'healthy', progress, never)).to.equal(undefined);
      snapshots.add('healthy');
      states.set(idOf('nfs01'), 'off');
      commands = [];
      const lab = await provider.restore(request, 'healthy', progress, never);
      expect(done).to.deep.equal(['restore healthy of sv01+sv02+nfs01+nfs02']);
      expect(commands.filter((command) => command.startsWith('date'))).to.have.length(4);
      lab?.close();
    }),
  );

  it(
    'ends a lab by cutting its power, and keeps its machines',
    onRig(async ({ provider, home, up, verbs, done, hypervisor, directory, states }) => {
      expect(await runsOnVagrant(home, 'one', hypervisor)).to.equal(false);
      (await up()).close();
      await verbs();
      expect(await runsOnVagrant(home, 'one', hypervisor)).to.equal(true);
      for (let i = 0; i < 2; i++) await provider.destroy('one', { purge: false });
      expect(done.slice(0, 4)).to.have.members(names.map((name) => `off ${idOf(name)}`));
      expect(await verbs()).to.deep.equal([]);
      expect(await runsOnVagrant(home, 'one', hypervisor)).to.equal(false);
      expect([existsSync(join(directory, 'vagrant.json')), (await rememberedLabs()).length]).to.deep.equal([
        true,
        1,
      ]);
      states.set(idOf('sv02'), 'paused');
      expect(await runsOnVagrant(home, 'one', hypervisor)).to.equal(true);
    }),
  );

  it(
    'leaves nothing of a lab that is purged, half-made or whole, once or twice',
    onRig(async ({ provider, up, knob, directory, verbs }) => {
      (await up()).close();
      for (let i = 0; i < 2; i++) await provider.destroy('one', { purge: true });
      expect([existsSync(directory), await rememberedLabs()]).to.deep.equal([false, []]);
      await knob('up-dies-at', 'nfs01');
      await failureOf(up());
      await provider.destroy('one', { purge: true });
      expect([existsSync(directory), await rememberedLabs()]).to.deep.equal([false, []]);
      expect(await verbs()).to.deep.equal(['up', 'ssh-config', 'destroy', 'up', 'destroy']);
    }),
  );

  it(
    'keeps the folder of a lab whose machines cannot be removed, so that they can be found again',
    onRig(async ({ provider, up, knob, directory }) => {
      (await up()).close();
      await knob('destroy-fails', 'it is locked');
      expect(await failureOf(provider.destroy('one', { purge: true }))).to.be.instanceOf(HostError);
      expect(existsSync(join(directory, '.vagrant/machines/nfs01/libvirt/id'))).to.equal(true);
      expect(await rememberedLabs()).to.have.length(1);
      await knob('destroy-fails', undefined);
      await provider.destroy('one', { purge: true });
      expect(existsSync(directory)).to.equal(false);
    }),
  );

  it(
    'purges machines whose Vagrantfile somebody removed, and makes no Ruby of a folder that is none of its nodes',
    onRig(async ({ provider, up, directory, folder, verbs }) => {
      (await up()).close();
      await rm(join(directory, 'Vagrantfile'));
      await mkdir(join(directory, '.vagrant', 'machines', 'a"; system("true"); "'));
      await verbs();
      await provider.destroy('one', { purge: true });
      expect(await verbs()).to.deep.equal(['destroy']);
      expect(existsSync(directory)).to.equal(false);
      const ruby = await readFile(join(folder, 'destroyed-with'), 'utf8');
      expect(ruby.match(/define ".*"/g)).to.have.members(names.map((name) => `define "${name}"`));
      expect(ruby).not.to.contain('system');
    }),
  );

  it(
    'does not touch machines of another hypervisor in the folder',
    onRig(async ({ provider, directory, done, hypervisor, home }) => {
      const folder = join(directory, '.vagrant/machines/nfs01/virtualbox');
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'id'), idOf('nfs01'));
      await provider.destroy('one', { purge: false });
      expect(done).to.deep.equal([]);
      expect(await runsOnVagrant(home, 'one', hypervisor)).to.equal(false);
    }),
  );
});
