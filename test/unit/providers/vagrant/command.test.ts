import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { HostError, InterruptedError, RigError } from '../../../../lab/errors.ts';
import { parseMessage, vagrant, vagrantVersion } from '../../../../lab/providers/vagrant/command.ts';
import { eventually, failureOf } from '../../../fakes/failure.ts';
import { heardProgress } from '../../../fakes/stack.ts';
import { withPrograms, type FakePrograms } from './fake-programs.ts';

/** Prints these lines as they are. */
async function printing(programs: FakePrograms, lines: readonly string[], status = 0): Promise<void> {
  await writeFile(join(programs.folder, 'output'), lines.map((line) => `${line}\n`).join(''));
  await programs.script('vagrant', `cat "$here/output"; exit ${String(status)}`);
}

function run(
  folder: string,
  changes: Partial<Parameters<typeof vagrant>[1]> = {},
): ReturnType<typeof vagrant> {
  return vagrant(['up'], { cwd: folder, progress: heardProgress(), timeoutMs: 60_000, ...changes });
}

describe('a line of vagrant --machine-readable', () => {
  it('has its target, type and fields, with commas and line ends as they were', () => {
    const line = '1795286300,sv01,ui,error,The box%!(VAGRANT_COMMA) it\\nis gone,second\\r\\n';
    expect(parseMessage(line)).to.deep.equal({
      target: 'sv01',
      type: 'ui',
      data: ['error', 'The box, it\nis gone', 'second\r\n'],
    });
    expect(parseMessage('1,,box-name,lab/debian-12')).to.deep.equal({
      target: '',
      type: 'box-name',
      data: ['lab/debian-12'],
    });
    expect(parseMessage('1,sv01,up-done')).to.deep.equal({ target: 'sv01', type: 'up-done', data: [] });
  });

  const others = [
    '',
    'Host nfs01',
    '/usr/lib/ruby/fog.rb:3: warning: method redefined; discarding old to_s, sorry',
    'one,two,three,four',
    '12:30,sv01,ui,info',
    '-5,sv01,ui,info',
    '1795286300',
    '1795286300,sv01',
    '1795286300,sv01,',
    '1795286300,sv01,,info',
  ];
  for (const line of others)
    it(`is not ${JSON.stringify(line)}`, () => {
      expect(parseMessage(line)).to.equal(undefined);
    });
});

describe('vagrant', () => {
  it('is run in the folder of the lab, without asking for news, and gives its messages out of what else is printed', () =>
    withPrograms(async ({ folder, script, calls }) => {
      await script(
        'vagrant',
        `echo 'warning: a gem complains, loudly' >&2
echo '1,sv01,state,running'
echo 'Host sv01'
echo
echo "2,,env,$VAGRANT_CWD,$VAGRANT_CHECKPOINT_DISABLE,$VAGRANT_NO_COLOR"
echo "3,,pwd,$(pwd)"`,
      );
      const lab = join(folder, 'a lab, with "quotes"');
      await mkdir(lab);
      const messages = await vagrant(['up', `$(touch ${folder}/owned)`, 'a  b;'], {
        cwd: lab,
        progress: heardProgress(),
        timeoutMs: 60_000,
      });
      expect(messages.map(({ type, data }) => [type, data.join(',')])).to.deep.equal([
        ['state', 'running'],
        ['env', `${lab},1,1`],
        ['pwd', lab],
      ]);
      expect(await calls()).to.deep.equal([`vagrant up $(touch ${folder}/owned) a  b; --machine-readable`]);
      expect(existsSync(join(folder, 'owned'))).to.equal(false);
    }));

  it('tells what happens as notes, without bars, definitions, errors and doubled names', () =>
    withPrograms(async (programs) => {
      await printing(programs, [
        "1,,ui,info,Bringing machine 'sv01' up with 'libvirt' provider...",
        '2,sv01,ui,output,==> sv01: Creating domain with the following settings...',
        '3,sv01,ui,info,==> sv01:  -- Name:              lab_sv01',
        '4,,ui,detail,Progress: 40% (Rate: 0/s%!(VAGRANT_COMMA) Estimated time remaining: --:--:--)',
        '5,sv01,ui,info,\u001b[K',
        '6,sv01,ui,detail,    sv01: Waiting for domain to\\n get an IP address...',
        '7,sv01,ui,error,==> sv01: An error occurred.',
        '8,sv01,ui,info,',
        '9,sv01,action,up,start',
      ]);
      const progress = heardProgress();
      await run(programs.folder, { progress });
      expect(progress.notes).to.deep.equal([
        "Bringing machine 'sv01' up with 'libvirt' provider...",
        'sv01: Creating domain with the following settings...',
        'sv01: Waiting for domain to get an IP address...',
      ]);
    }));

  it('tells a note while it still runs', () =>
    withPrograms(async ({ folder, script }) => {
      await script(
        'vagrant',
        `echo '1,,ui,info,first'
while [ ! -e "$here/go" ]; do sleep 0.02; done`,
      );
      const progress = heardProgress();
      const running = run(folder, { progress });
      try {
        await eventually('the note is told', () => progress.notes.length === 1);
      } finally {
        await writeFile(join(folder, 'go'), '');
      }
      await running;
    }));

  const parallel = (reason: string): string =>
    'Vagrant::Errors::BatchMultiError,An error occurred while executing multiple actions in parallel.\\n' +
    "Any errors that occurred are shown below.\\n\\nAn error occurred while executing the action on the 'sv01'\\n" +
    `machine. Please handle this error then try again:\\n\\n${reason}`;
  const failures: { what: string; exit: string; says: string; hint: RegExp }[] = [
    {
      what: 'no provider is usable',
      exit: 'Vagrant::Errors::ProviderNotUsable,Vagrant could not detect VirtualBox!',
      says: 'Vagrant could not detect VirtualBox!',
      hint: /^lab doctor$/,
    },
    {
      what: 'no provider is there',
      exit: 'Vagrant::Errors::NoDefaultProvider,No usable default provider could be found for your system.',
      says: 'No usable default provider',
      hint: /^lab doctor$/,
    },
    {
      what: 'no libvirt daemon answers',
      exit: parallel(
        'Error while connecting to Libvirt: Error making a connection to libvirt URI qemu:///system:\\nCall to virConnectOpen failed',
      ),
      says: 'virConnectOpen failed',
      hint: /systemctl start libvirtd/,
    },
    {
      what: 'VirtualBox is of a refused version',
      exit: 'Vagrant::Errors::VirtualBoxInvalidVersion,Vagrant has detected that you have a version installed that is not supported',
      says: 'not supported',
      hint: /update Vagrant/,
    },
    {
      what: 'VirtualBox is of a refused version, as vagrant up says it before it looks at a machine',
      exit:
        "Vagrant::Errors::ProviderNotUsable,The provider 'virtualbox' that was requested to back the machine\\n'sv01' is reporting that it isn't usable on this system. The\\nreason is shown below:\\n\\n" +
        'Vagrant has detected that you have a version of VirtualBox installed\\nthat is not supported by this version of Vagrant.',
      says: 'not supported',
      hint: /update Vagrant/,
    },
    {
      what: 'the kernel module is not loaded, as vagrant up says it before it looks at a machine',
      exit: "Vagrant::Errors::ProviderNotUsable,The provider 'virtualbox' that was requested to back the machine\\n'sv01' is reporting that it isn't usable on this system. The\\nreason is shown below:\\n\\nVirtualBox is complaining that the kernel module is not loaded. Please\\nrun `VBoxManage --version`",
      says: 'kernel module is not loaded',
      hint: /modprobe vboxdrv/,
    },
    {
      what: 'the kernel module is not loaded',
      exit: 'Vagrant::Errors::VirtualBoxKernelModuleNotLoaded,VirtualBox is complaining that the kernel module is not loaded.',
      says: 'kernel module is not loaded',
      hint: /modprobe vboxdrv/,
    },
    {
      what: 'a box has another checksum',
      exit: 'Vagrant::Errors::BoxChecksumMismatch,The checksum of the downloaded box did not match the expected\\nvalue.',
      says: 'did not match the expected\nvalue',
      hint: /correct the checksum in lab\.yaml/,
    },
    {
      what: 'a box has another checksum, of machines made in parallel',
      exit: parallel(
        'The checksum of the downloaded box did not match the expected\\nvalue.\\n\\nExpected: abab',
      ),
      says: 'Expected: abab',
      hint: /correct the checksum in lab\.yaml/,
    },
    {
      what: 'a box is in no catalogue',
      exit: 'Vagrant::Errors::BoxAddShortNotFound,The box could not be found',
      says: 'The box could not be found',
      hint: /vagrant box add/,
    },
    {
      what: 'a box is in no catalogue, of machines made in parallel',
      exit: parallel(
        "The box 'lab/nosuch' could not be found or\\ncould not be accessed in the remote catalog.",
      ),
      says: "'lab/nosuch'",
      hint: /vagrant box add/,
    },
    {
      what: 'the file of a box is missing, of machines made in parallel',
      exit: parallel(
        "An error occurred while downloading the remote file. The error\\nmessage%!(VAGRANT_COMMA) if any%!(VAGRANT_COMMA) is reproduced below.\\n\\nCouldn't open file /nonexistent.box",
      ),
      says: "message, if any, is reproduced below.\n\nCouldn't open file /nonexistent.box",
      hint: /vagrant box add/,
    },
    {
      what: 'the network range is in use',
      exit: parallel(
        'Error while activating network: Call to virNetworkCreate failed: internal error: Network is already in use by interface virbr0.',
      ),
      says: 'in use by interface virbr0',
      hint: /network range is taken or refused/,
    },
    {
      what: 'VirtualBox refuses the range of a host-only network',
      exit: 'Vagrant::Errors::VirtualBoxInvalidHostSubnet,The IP address configured for the host-only network is not within the\\nallowed ranges.',
      says: 'allowed ranges',
      hint: /network range is taken or refused/,
    },
    {
      what: 'the range is that of another network of the host',
      exit: 'Vagrant::Errors::NetworkCollision,The specified host network collides with a non-hostonly network!',
      says: 'collides',
      hint: /network range is taken or refused/,
    },
    {
      what: 'another vagrant holds a machine',
      exit: parallel(
        "Vagrant can't use the requested machine because it is locked! This\\nmeans that another Vagrant process is currently reading or modifying\\nthe machine.",
      ),
      says: 'it is locked',
      hint: /wait until it ends/,
    },
    {
      what: 'another vagrant does something with a machine',
      exit: "Vagrant::Errors::MachineActionLockedError,An action 'up' was attempted on the machine 'sv01'",
      says: "An action 'up'",
      hint: /wait until it ends/,
    },
    {
      what: 'a machine does not boot in time',
      exit: parallel('Timed out while waiting for the machine to boot. This means that'),
      says: 'Timed out while waiting',
      hint: /lab up goes on from there; lab logs/,
    },
    {
      what: 'it is none of those',
      exit: 'VagrantPlugins::ProviderLibvirt::Errors::NoStoragePool,No usable storage pool found!',
      says: 'No usable storage pool found!',
      hint: /^lab up goes on from there; lab doctor$/,
    },
  ];
  for (const { what, exit, says, hint } of failures)
    it(`fails with its own reason and what to do when ${what}`, () =>
      withPrograms(async (programs) => {
        await printing(programs, ['a warning, of Ruby', `1,,error-exit,${exit}`, 'end'], 1);
        const error = await failureOf(run(programs.folder));
        expect(error).to.be.instanceOf(HostError).and.to.have.property('exitCode', 69);
        expect(error.message)
          .to.match(/^vagrant up failed: /)
          .and.include(says);
        expect(error).to.have.property('hint').that.matches(hint);
      }));

  it('fails with the errors it told, else with the last other lines, else without a reason', () =>
    withPrograms(async (programs) => {
      await printing(programs, ['noise', '1,sv01,ui,error,no memory', '2,,ui,error,sorry'], 1);
      expect((await failureOf(run(programs.folder))).message).to.equal(
        'vagrant up failed: sv01: no memory\nsorry',
      );
      const trace = Array.from({ length: 12 }, (_, n) => `line ${String(n)}`);
      await printing(programs, ['1,,ui,info,hello', ...trace], 1);
      expect((await failureOf(run(programs.folder))).message).to.equal(
        `vagrant up failed: ${trace.slice(2).join('\n')}`,
      );
      await printing(programs, [], 1);
      expect((await failureOf(run(programs.folder))).message).to.equal('vagrant up failed: without a reason');
    }));

  it('says that it is not installed, also for its version', () =>
    withPrograms(
      async ({ folder }) => {
        const error = await failureOf(run(folder));
        expect(error).to.be.instanceOf(HostError).and.to.include({
          message: 'vagrant is not installed',
          hint: 'lab doctor tells where it comes from',
        });
        expect(await failureOf(vagrantVersion(folder))).to.be.instanceOf(HostError);
      },
      { alone: true },
    ));

  it('does not take for missing what fails with the same status after it began', () =>
    withPrograms(async (programs) => {
      await printing(programs, ['1,,ui,error,a command was not found'], 127);
      expect((await failureOf(run(programs.folder))).message).to.include('a command was not found');
    }));

  it('is ended when it takes too long, and its last words are told', () =>
    withPrograms(async ({ folder, script }) => {
      await script('vagrant', "echo '1,sv01,ui,info,Waiting for SSH'; exec sleep 30");
      const error = await failureOf(run(folder, { timeoutMs: 400 }));
      expect(error).to.be.instanceOf(RigError);
      expect(error.message).to.equal('vagrant up did not end within 0 s: sv01: Waiting for SSH');
    }));

  it('is ended by the signal with SIGINT, so that it can tidy up, and never begins after it', () =>
    withPrograms(async ({ folder, script, calls }) => {
      const controller = new AbortController();
      await script(
        'vagrant',
        `trap 'touch "$here/tidied"; exit 1' INT
echo '1,,ui,info,begun'
while :; do sleep 0.05; done`,
      );
      const progress = heardProgress();
      const running = failureOf(run(folder, { progress, signal: controller.signal }));
      await eventually('it runs', () => progress.notes.includes('begun'));
      controller.abort();
      expect(await running).to.be.instanceOf(InterruptedError);
      expect(existsSync(join(folder, 'tidied'))).to.equal(true);
      expect(await failureOf(run(folder, { signal: controller.signal }))).to.be.instanceOf(InterruptedError);
      expect(await calls()).to.have.length(1);
    }));

  it('counts as interrupted also when it ended well just then', () =>
    withPrograms(async ({ folder, script }) => {
      const controller = new AbortController();
      await script('vagrant', "trap 'exit 0' INT; echo '1,,ui,info,begun'; while :; do sleep 0.05; done");
      const progress = heardProgress();
      const running = failureOf(run(folder, { progress, signal: controller.signal }));
      await eventually('it runs', () => progress.notes.includes('begun'));
      controller.abort();
      expect(await running).to.be.instanceOf(InterruptedError);
    }));

  it('tells its version behind whatever is printed first, or that it does not', () =>
    withPrograms(async ({ folder, script }) => {
      await script('vagrant', "echo 'warning: old gem'; echo 'Vagrant 2.3.4'");
      expect(await vagrantVersion(folder)).to.equal('2.3.4');
      await script('vagrant', "echo 'it is broken' >&2; exit 1");
      const error = await failureOf(vagrantVersion(folder));
      expect(error).to.be.instanceOf(HostError);
      expect(error.message).to.include('it is broken');
    }));

  it('gets nothing to read', () =>
    withPrograms(async ({ folder, script }) => {
      await script('vagrant', 'cat > "$here/input"');
      await run(folder);
      expect(await readFile(join(folder, 'input'), 'utf8')).to.equal('');
    }));
});
