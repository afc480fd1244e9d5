import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { LabDescription } from '../../../lab/labs.ts';
import { rememberLab, rememberedLabs } from '../../../lab/providers/vagrant/all-labs.ts';
import { fakeVirsh, type FakeVirsh } from '../providers/libvirt/fake-virsh.ts';
import { withPrograms, type FakePrograms } from '../providers/vagrant/fake-programs.ts';
import { fakeVagrant } from '../providers/vagrant/fake-vagrant.ts';
import { runLab, type Outcome } from './run-lab.ts';

const ids = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'] as const;

interface Rig extends FakePrograms {
  virsh: FakeVirsh;
  /** The working folder. */
  cwd: string;
  home: string;
  lab: (argv: readonly string[], env?: NodeJS.ProcessEnv) => Promise<Outcome>;
  /** A lab on libvirt whose two machines run; without `whole`, it was never provisioned. */
  make: (name: string, options?: { whole?: boolean; home?: string }) => Promise<string>;
  /** Verbs that vagrant was given. */
  vagrant: () => Promise<string[]>;
}

const onRig = (work: (rig: Rig) => Promise<void>) => (): Promise<void> =>
  withPrograms(
    async (programs) => {
      await fakeVagrant(programs, { port: 1, privateKey: '' });
      const virsh = await fakeVirsh(programs, ids);
      const cwd = join(programs.folder, 'work');
      const home = join(cwd, '.lab');
      await mkdir(home, { recursive: true });
      await work({
        ...programs,
        virsh,
        cwd,
        home,
        lab: (argv, env) => runLab(cwd, argv, { PATH: process.env['PATH'], ...env }),
        vagrant: async () =>
          (await programs.calls())
            .filter((call) => call.startsWith('vagrant '))
            .map((call) => call.split(' ')[1] ?? ''),
        make: async (name, { whole = true, home: place = home } = {}) => {
          const directory = join(place, name);
          for (const [n, id] of ids.entries()) {
            const folder = join(directory, '.vagrant', 'machines', `nfs0${String(n + 1)}`, 'libvirt');
            await mkdir(folder, { recursive: true });
            await writeFile(join(folder, 'id'), id);
          }
          await writeFile(join(directory, 'Vagrantfile'), '');
          await rememberLab({ directory, provider: 'libvirt' });
          const description: LabDescription = {
            schema: 1,
            name,
            stack: 'heartbeat-sarge',
            edition: 'current',
            provider: 'libvirt',
            settings: {},
            createdAt: '2024-05-01T12:00:00.000Z',
            snapshot: null,
          };
          if (whole) await writeFile(join(directory, 'lab.json'), JSON.stringify(description));
          return directory;
        },
      });
    },
    { alone: true },
  );

describe('a lab through Vagrant, on the command line', () => {
  const noDaemon = "fail 'failed to connect to the hypervisor' 'Failed to connect socket'";

  it(
    'runs when one of its machines does, and is stopped when libvirt does not answer',
    onRig(async ({ make, lab, virsh, cwd }) => {
      await make('one');
      const state = async (): Promise<unknown> =>
        (JSON.parse((await lab(['list', 'labs', '--json'])).stdout) as { state: string }[])[0]?.state;
      await virsh.write(ids[0], 'state', 'shut off');
      expect(await state()).to.equal('running');
      await virsh.write(ids[1], 'state', 'shut off');
      expect(await state()).to.equal('stopped');
      await virsh.write(ids[1], 'state', 'running');
      await virsh.before(noDaemon);
      expect(await state()).to.equal('stopped');
      await rm(join(cwd, '..', 'path', 'virsh'));
      expect(await state()).to.equal('stopped');
    }),
  );

  it(
    'keeps its provider: another one is refused, whole or half-made',
    onRig(async ({ make, lab }) => {
      await make('one');
      await make('two', { whole: false });
      for (const name of ['one', 'two']) {
        const { code, stderr } = await lab([
          'up',
          'heartbeat-sarge',
          '--name',
          name,
          '--provider',
          'virtualbox',
        ]);
        expect(stderr).to.include(`there is a lab ${name} on libvirt already, and virtualbox is asked for`);
        expect(stderr).to.match(/hint: lab down \w+ --purge removes it/);
        expect(code).to.equal(64);
      }
    }),
  );

  it(
    'is known by the provider whose machines its folder holds',
    onRig(async ({ make, home }) => {
      const { providerOfLab } = await import('../../../lab/cli/known-labs.ts');
      await make('whole');
      await make('half', { whole: false });
      await mkdir(join(home, 'embedded'));
      await writeFile(join(home, 'embedded', 'machines.json'), '{}');
      await mkdir(join(home, 'empty', '.vagrant', 'machines', 'nfs01', 'libvirt'), { recursive: true });
      await mkdir(join(home, 'other', '.vagrant', 'machines', 'nfs01', 'virtualbox'), { recursive: true });
      await writeFile(join(home, 'other', '.vagrant', 'machines', 'nfs01', 'virtualbox', 'id'), ids[0]);
      const known = await Promise.all(
        ['whole', 'half', 'embedded', 'other', 'empty', 'none'].map((name) => providerOfLab(home, name)),
      );
      expect(known).to.deep.equal(['libvirt', 'libvirt', 'qemu', 'virtualbox', undefined, undefined]);
    }),
  );

  const unready: [string, (rig: Rig) => Promise<void>, string, RegExp][] = [
    [
      'there is no Vagrant',
      ({ cwd }) => rm(join(cwd, '..', 'path', 'vagrant')),
      'libvirt',
      /libvirt cannot run labs here: vagrant is not in PATH\nhint: install Vagrant/,
    ],
    [
      'Vagrant is too old',
      ({ script }) => script('vagrant', "echo 'Vagrant 2.1.0'"),
      'libvirt',
      /Vagrant 2\.1\.0 is older than 2\.3\nhint: update Vagrant/,
    ],
    [
      'Vagrant lacks the plugin',
      ({ script }) =>
        script(
          'vagrant',
          'if [ "$1" = --version ]; then echo "Vagrant 2.3.4"; else echo "No plugins installed."; fi',
        ),
      'libvirt',
      /no plugin vagrant-libvirt\nhint: apt-get install vagrant-libvirt/,
    ],
    [
      'no daemon answers',
      ({ virsh }) => virsh.before(noDaemon),
      'libvirt',
      /no libvirt daemon answers at qemu:\/\/\/system\nhint: sudo systemctl start libvirtd/,
    ],
    [
      'there is no VirtualBox',
      () => Promise.resolve(),
      'virtualbox',
      /virtualbox cannot run labs here: VirtualBox is not installed.*\nhint: install it/,
    ],
  ];
  for (const [what, change, provider, says] of unready)
    it(
      `is not begun where ${what}: exit 69, the reason and what to do`,
      onRig(async (rig) => {
        await change(rig);
        const { code, stderr } = await rig.lab(['up', 'heartbeat-sarge', '--provider', provider]);
        expect(stderr).to.match(says).and.not.include('    at ');
        expect(code).to.equal(69);
        expect(await rig.vagrant()).not.to.include('up');
      }),
    );

  it(
    'is on the provider of LAB_PROVIDER, unless a flag says otherwise',
    onRig(async ({ lab, cwd }) => {
      await rm(join(cwd, '..', 'path', 'vagrant'));
      const before = process.env['LAB_PROVIDER'];
      process.env['LAB_PROVIDER'] = 'libvirt';
      try {
        const env = { LAB_PROVIDER: 'libvirt' };
        const asked = await lab(['up', 'heartbeat-sarge'], env);
        expect(asked.stderr).to.include('provider: libvirt, because LAB_PROVIDER says so');
        const flag = await lab(['up', 'heartbeat-sarge', '--provider', 'virtualbox'], env);
        expect(flag.stderr).to.include('provider: virtualbox, because --provider says so');
        expect([asked.code, flag.code]).to.deep.equal([69, 69]);
      } finally {
        if (before === undefined) delete process.env['LAB_PROVIDER'];
        else process.env['LAB_PROVIDER'] = before;
      }
    }),
  );

  it(
    'is taken down by its name, and purged when that is asked or when it was never whole',
    onRig(async ({ make, lab, virsh, vagrant }) => {
      const one = await make('one');
      expect(await lab(['down', 'one'])).to.deep.include({ code: 0, stdout: 'down: one\n' });
      expect((await virsh.done()).sort()).to.deep.equal(ids.map((id) => `destroy ${id}`));
      expect(await vagrant()).to.deep.equal([]);
      expect(existsSync(join(one, 'lab.json'))).to.equal(true);

      expect(await lab(['down', 'one', '--purge', '--json'])).to.deep.include({ code: 0 });
      expect([existsSync(one), await vagrant()]).to.deep.equal([false, ['destroy']]);

      const half = await make('half', { whole: false });
      expect((await lab(['down', 'half'])).code).to.equal(0);
      expect([existsSync(half), await vagrant()]).to.deep.equal([false, ['destroy', 'destroy']]);
      expect(await rememberedLabs()).to.deep.equal([]);
    }),
  );

  it(
    'stays, with exit 69 and Vagrant’s reason, when its machines cannot be removed',
    onRig(async ({ make, lab, folder }) => {
      const one = await make('one');
      await writeFile(join(folder, 'destroy-fails'), 'it is locked');
      const { code, stderr } = await lab(['down', 'one', '--purge']);
      expect(stderr).to.match(/vagrant destroy --force failed: it is locked\nhint: another vagrant command/);
      expect(code).to.equal(69);
      expect(existsSync(join(one, '.vagrant', 'machines', 'nfs01', 'libvirt', 'id'))).to.equal(true);
    }),
  );

  it(
    'is ended by down --all wherever its folder is, and forgotten where that is gone',
    onRig(async ({ make, lab, virsh, folder, vagrant }) => {
      const elsewhere = join(folder, 'elsewhere', '.lab');
      const far = await make('far', { home: elsewhere });
      const gone = await make('gone', { home: elsewhere });
      await rm(gone, { recursive: true });
      const { code, stdout } = await lab(['down', '--all']);
      expect({ code, stdout }).to.deep.equal({ code: 0, stdout: `down: ${far}\n` });
      expect(await virsh.read(ids[0], 'state')).to.equal('shut off');
      expect([existsSync(far), await vagrant()]).to.deep.equal([true, []]);
      expect((await rememberedLabs()).map(({ directory }) => directory)).to.deep.equal([far]);
      expect((await lab(['down', '--all'])).stdout).to.equal('no lab was up\n');
    }),
  );

  it(
    'is purged by down --all --purge in this folder alone, half-made ones too, running or not',
    onRig(async ({ make, lab, virsh, folder }) => {
      const far = await make('far', { home: join(folder, 'elsewhere', '.lab') });
      const whole = await make('whole');
      const half = await make('half', { whole: false });
      for (const id of ids) await virsh.write(id, 'state', 'shut off');
      const { code } = await lab(['down', '--all', '--purge']);
      expect(code).to.equal(0);
      expect([far, whole, half].map((directory) => existsSync(directory))).to.deep.equal([
        true,
        false,
        false,
      ]);
    }),
  );
});
