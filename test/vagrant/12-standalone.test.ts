import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stacks } from '../../lab/cli/registry.ts';
import type { ProvisionPhase } from '../../lab/vagrantfile/request.ts';
import { vagrantfile } from '../../Vagrantfile.ts';
import { everythingRequest, standaloneRequest } from '../fixtures/vagrant-labs.ts';
import { inVagrantFolder } from './vagrant.ts';
import type { VagrantFolder } from './vagrant.ts';

/**
 * A provider whose machines are there as soon as they are asked for, and which brings them up side by side as libvirt does;
 * what is uploaded to one as a script goes to a log, and fails where it says so and no file `mended` is there.
 */
const noMachines = `
class NoMachines < Vagrant.plugin("2", :provider)
  def self.usable?(raise_error = false) = true
  def initialize(machine) = @machine = machine
  def ssh_info = { host: "127.0.0.1", port: 9 }

  def state
    id = @machine.id ? :running : :not_created
    Vagrant::MachineState.new(id, id.to_s, id.to_s)
  end

  def action(name)
    Vagrant::Action::Builder.new.tap do |builder|
      builder.use Vagrant::Action::Builtin::Provision if [:up, :provision].include?(name)
      builder.use Create if name == :up
    end
  end

  class Create
    def initialize(app, env) = @app = app

    def call(env)
      machine = env[:machine]
      machine.id ||= machine.name.to_s + "-made"
      File.open(machine.env.root_path.join("log"), "a") { |log| log.puts("up " + machine.name.to_s) }
      @app.call(env)
    end
  end
end

class NoCommunication < Vagrant.plugin("2", :communicator)
  def self.match?(machine) = true
  def initialize(machine) = @machine = machine
  def ready? = true
  def wait_for_ready(timeout) = true
  def reset! = nil
  def test(*, **) = true
  def sudo(*, **) = 0
  def execute(*, **) = 0

  def upload(from, to)
    root = @machine.env.root_path
    script = File.read(from)
    raise Vagrant::Errors::CommunicatorNotFound, comm: "broken" if script.include?("FAIL") && !root.join("mended").file?

    File.open(root.join("log"), "a") { |log| log.puts(@machine.name.to_s + ": " + script.lines.last.strip) }
  end
end

class NothingReal < Vagrant.plugin("2")
  name "nothing-real"
  provider("nothing", parallel: true, box_optional: true) { NoMachines }
  communicator("nothing") { NoCommunication }
end

Vagrant.configure("2") { |config| config.vm.communicator = "nothing" }
`;

async function up(folder: VagrantFolder): Promise<{ status: number; output: string }> {
  return await folder.vagrant(['up', '--provider=nothing']);
}

async function logOf(folder: VagrantFolder): Promise<string[]> {
  const text = await readFile(join(folder.directory, 'log'), 'utf8');
  return text.trimEnd().split('\n');
}

const says = (text: string) => ({ text: `#!/bin/sh\necho ${text}\n` });
const phases: readonly ProvisionPhase[] = [
  {
    name: '01-first',
    scripts: new Map([
      ['sv01', says('1')],
      ['nfs02', says('1')],
    ]),
  },
  {
    name: '02-second',
    scripts: new Map([
      ['nfs01', says('2')],
      ['nfs02', says('2 FAIL')],
    ]),
  },
  { name: '03-third', scripts: new Map([['sv01', says('3')]]) },
];
const machinesUp = ['up sv01', 'up nfs01', 'up nfs02'];
const built = ['sv01: echo 1', 'nfs02: echo 1', 'nfs01: echo 2', 'nfs02: echo 2 FAIL', 'sv01: echo 3'];

async function inLab(work: (folder: VagrantFolder) => Promise<void>): Promise<void> {
  const request = everythingRequest('libvirt');
  await inVagrantFolder(async (folder) => {
    await folder.writeHome(noMachines);
    await folder.write('Vagrantfile', vagrantfile({ ...request, options: { provision: phases } }));
    await work(folder);
  });
}

describe('vagrant up of a Vagrantfile that stands alone', () => {
  it('provisions phase by phase when all machines are up, and once', () =>
    inLab(async (folder) => {
      await folder.write('mended', '');
      const first = await up(folder);
      expect(first.status, first.output).to.equal(0);
      expect(await logOf(folder)).to.deep.equal([...machinesUp, ...built]);
      const second = await up(folder);
      expect(second.status, second.output).to.equal(0);
      expect(await logOf(folder)).to.deep.equal([...machinesUp, ...built, ...machinesUp]);
    }));

  it('goes on where it broke off', () =>
    inLab(async (folder) => {
      const broken = await up(folder);
      expect(broken.status).to.not.equal(0);
      expect(await logOf(folder)).to.deep.equal([...machinesUp, ...built.slice(0, 3)]);
      await folder.write('mended', '');
      const mended = await up(folder);
      expect(mended.status, mended.output).to.equal(0);
      expect(await logOf(folder)).to.deep.equal([
        ...machinesUp,
        ...built.slice(0, 3),
        ...machinesUp,
        ...built.slice(3),
      ]);
    }));

  it('says what is missing when only the last machine is asked for', () =>
    inLab(async (folder) => {
      const { status, output } = await folder.vagrant(['up', 'nfs02', '--provider=nothing']);
      expect(status, output).to.equal(0);
      expect(output).to.contain('the cluster is built when these are up, too: sv01, nfs01');
      expect(await logOf(folder)).to.deep.equal(['up nfs02']);
    }));

  for (const stack of stacks)
    it(`hands every script of ${stack.name} to its node`, async () => {
      const { request, scripts } = standaloneRequest(stack, 'current', 'virtualbox');
      await inVagrantFolder(async (folder) => {
        await folder.writeHome(noMachines);
        await folder.write('Vagrantfile', vagrantfile(request));
        for (const { path, text } of scripts) await folder.write(path, text);
        const { status, output } = await up(folder);
        expect(status, output).to.equal(0);
        const steps = (await logOf(folder)).filter((line) => !line.startsWith('up '));
        expect(steps).to.have.length(scripts.length);
      });
    });
});
