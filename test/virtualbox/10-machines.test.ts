import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { HostError, RigError, UsageError } from '../../lab/errors.ts';
import { virtualboxHypervisor } from '../../lab/providers/virtualbox/hypervisor.ts';
import { knownInfo } from '../../lab/providers/virtualbox/machines.ts';
import { VBoxManageRefusal } from '../../lab/providers/virtualbox/refusal.ts';
import { installedTools } from '../../lab/providers/virtualbox/tools.ts';
import { waitFor } from '../../lab/wait.ts';
import { failureOf } from '../fakes/failure.ts';
import { openCableEnd, type CableEnd } from './harness/frames.ts';
import { counted, countsOf, makeMachine, placeOf, saveState, type TestMachine } from './harness/machine.ts';

const noMachine = '00000000-0000-4000-8000-000000000000';

describe('a machine of VirtualBox, through the real VBoxManage', () => {
  const tools = installedTools(process.env);
  const hypervisor = virtualboxHypervisor(tools);
  let machine: TestMachine;
  let id: string;

  before(async () => {
    machine = await makeMachine(placeOf(process.env, tools), 'nfs01');
    ({ id } = machine);
  });
  after(async () => {
    await hypervisor.powerOff(id);
    await tools.manage(['unregistervm', id, '--delete']);
  });
  beforeEach(async () => {
    await hypervisor.powerOff(id);
    await hypervisor.link(machine, 'eth1', 'up');
  });

  it('is off, runs, stands still and runs again, as asked; each twice', async () => {
    expect(await hypervisor.state(id)).to.equal('off');
    for (let twice = 0; twice < 2; twice++) await hypervisor.powerOn(id);
    expect(await hypervisor.state(id)).to.equal('running');
    await counted(machine, 5);

    for (let twice = 0; twice < 2; twice++) await hypervisor.pause(id);
    expect(await hypervisor.state(id)).to.equal('paused');
    const stood = countsOf(machine).at(-1) ?? 0;
    await sleep(500);
    expect(countsOf(machine).at(-1)).to.equal(stood);

    for (let twice = 0; twice < 2; twice++) await hypervisor.resume(id);
    expect(await hypervisor.state(id)).to.equal('running');
    await counted(machine, stood + 5);

    for (let twice = 0; twice < 2; twice++) await hypervisor.powerOff(id);
    expect(await hypervisor.state(id)).to.equal('off');
  });

  it('starts from its beginning after its power was cut, running or standing still', async () => {
    await hypervisor.powerOn(id);
    const before = await counted(machine, 10);
    await hypervisor.powerOff(id);
    await hypervisor.powerOn(id);
    expect(countsOf(machine)[0] ?? 0).to.be.below(before);
    await counted(machine, 3);
    await hypervisor.pause(id);
    await hypervisor.powerOff(id);
    await hypervisor.powerOn(id);
    await counted(machine, 3);
    expect(countsOf(machine)[0]).to.equal(0);
  });

  it('goes on where it was when it was saved, and from its beginning when its power was cut meanwhile', async () => {
    await hypervisor.powerOn(id);
    const before = await counted(machine, 20);
    await saveState(tools, id);
    expect(await hypervisor.state(id)).to.equal('saved');
    await hypervisor.powerOn(id);
    await counted(machine, before + 5);
    expect(countsOf(machine)[0] ?? 0).to.be.at.least(before);

    await saveState(tools, id);
    await hypervisor.powerOff(id);
    expect(await hypervisor.state(id)).to.equal('off');
  });

  it('runs when power is given to it while it stands still', async () => {
    await hypervisor.powerOn(id);
    await hypervisor.pause(id);
    await hypervisor.powerOn(id);
    expect(await hypervisor.state(id)).to.equal('running');
  });

  it('keeps an unplugged cable over a power cycle, whether it ran, stood still, was saved or off', async () => {
    for (const situation of ['running', 'paused', 'saved', 'off'] as const) {
      if (situation !== 'off') await hypervisor.powerOn(id);
      if (situation === 'paused') await hypervisor.pause(id);
      if (situation === 'saved') await saveState(tools, id);
      expect(await hypervisor.state(id)).to.equal(situation);

      await hypervisor.link(machine, 'eth1', 'down');
      expect(await hypervisor.linkState(machine, 'eth1'), situation).to.equal('down');
      await hypervisor.powerOff(id);
      expect(await hypervisor.linkState(machine, 'eth1'), `${situation}, then off`).to.equal('down');
      await hypervisor.powerOn(id);
      expect(await hypervisor.linkState(machine, 'eth1'), `${situation}, then on`).to.equal('down');
      expect((await knownInfo(tools, id)).cables.get(1), 'the cable of Vagrant').to.equal('on');
      await hypervisor.link(machine, 'eth1', 'up');
      expect(await hypervisor.linkState(machine, 'eth1')).to.equal('up');
      await hypervisor.powerOff(id);
    }
  });

  it('tells what runs it, and which VirtualBox', async () => {
    await hypervisor.powerOn(id);
    expect(await hypervisor.accelerator(id)).to.equal('virtualbox-interpreted');
    expect(await hypervisor.facts())
      .to.have.property('virtualbox')
      .that.matches(/^\d+\.\d+\.\d+_Debianr\d+$/);
  });

  it('has no NIC that the topology does not have', async () => {
    const failure = await failureOf(hypervisor.link(machine, 'eth2', 'down'));
    expect(failure).to.be.instanceOf(UsageError);
    expect(failure.message).to.contain('nfs01 has no eth2');
  });

  it('has no NIC beyond those that VirtualBox gave it', async () => {
    const nics = Array.from({ length: 9 }, (_, n) => ({ name: `eth${String(n + 1)}`, network: 'lan' }));
    const failure = await failureOf(hypervisor.linkState({ id, node: { ...machine.node, nics } }, 'eth9'));
    expect(failure).to.be.instanceOf(RigError);
    expect(failure.message).to.contain('no NIC 10');
  });

  it('cannot be paused, resumed or cut off while it is off or unknown', async () => {
    expect(await failureOf(hypervisor.pause(id)))
      .to.be.instanceOf(VBoxManageRefusal)
      .with.property('what', 'wrong state');
    expect(await failureOf(hypervisor.resume(id)))
      .to.be.instanceOf(VBoxManageRefusal)
      .with.property('what', 'wrong state');
    expect(await hypervisor.state(noMachine)).to.equal('missing');
    await hypervisor.powerOff(noMachine);
    for (const work of [
      () => hypervisor.powerOn(noMachine),
      () => hypervisor.pause(noMachine),
      () => hypervisor.resume(noMachine),
      () => hypervisor.link({ ...machine, id: noMachine }, 'eth1', 'down'),
      () => hypervisor.linkState({ ...machine, id: noMachine }, 'eth1'),
    ]) {
      const failure = await failureOf(work());
      expect(failure).to.be.instanceOf(VBoxManageRefusal).with.property('what', 'no such machine');
      expect(failure).to.have.property('hint').that.contains('lab up');
    }
  });

  it('is refused to a second one while someone works on it', async () => {
    await hypervisor.powerOn(id);
    const failure = await failureOf(tools.manage(['modifyvm', id, '--description', 'mine']));
    expect(failure).to.be.instanceOf(VBoxManageRefusal).with.property('what', 'locked');
    const second = await failureOf(tools.manage(['startvm', id, '--type', 'headless']));
    expect(second).to.be.instanceOf(VBoxManageRefusal).with.property('what', 'locked');
  });

  it('is told to be unreadable when its files are gone', async () => {
    const lost = await makeMachine(placeOf(process.env, tools), 'lost');
    const settings = /^CfgFile="(.*)"$/m.exec(
      await tools.manage(['showvminfo', lost.id, '--machinereadable']),
    );
    rmSync(dirname(settings?.[1] ?? ''), { recursive: true });
    // VBoxSVC goes on with what it has read as long as it lives; it ends a few seconds after the last command.
    const failure = await waitFor(
      'VirtualBox to notice',
      async () => {
        await sleep(8000);
        const refused = await hypervisor.state(lost.id).catch((error: unknown) => error);
        return refused instanceof Error
          ? { done: true, value: refused }
          : { done: false, state: String(refused) };
      },
      { timeoutMs: 60_000 },
    );
    expect(failure).to.be.instanceOf(HostError);
    expect(failure.message).to.contain('cannot read the machine');
    expect(failure).to.have.property('hint').that.contains('unregistervm');
    await tools.manage(['unregistervm', lost.id]);
    expect(await hypervisor.state(lost.id)).to.equal('missing');
  });
});

describe('the cluster cable of a VirtualBox machine', () => {
  const tools = installedTools(process.env);
  const hypervisor = virtualboxHypervisor(tools);
  let cable: CableEnd;
  let machine: TestMachine;

  before(async () => {
    cable = await openCableEnd();
    machine = await makeMachine(placeOf(process.env, tools), 'sv01', { framesTo: cable.port, boot: 'net' });
  });
  after(async () => {
    cable.close();
    await hypervisor.powerOff(machine.id);
    await tools.manage(['unregistervm', machine.id, '--delete']);
  });

  /** The firmware asks for an address as soon as it starts: those are its frames. */
  const restarted = async (): Promise<void> => {
    await tools.manage(['controlvm', machine.id, 'reset']);
  };

  it('carries frames, carries none while it is unplugged, and carries them again', async () => {
    await hypervisor.powerOn(machine.id);
    await cable.next(60_000);
    const fromMs = performance.now();
    await restarted();
    await cable.next(60_000);
    const usualMs = performance.now() - fromMs;

    await hypervisor.link(machine, 'eth1', 'down');
    await restarted();
    expect(await cable.within(2 * usualMs + 2000)).to.equal(0);
    await hypervisor.link(machine, 'eth1', 'up');
    await restarted();
    await cable.next(60_000);
  });
});

describe('a host without VirtualBox', () => {
  it('is told so', async () => {
    const failure = await failureOf(installedTools({ PATH: '/nowhere' }).manage(['--version']));
    expect(failure).to.be.instanceOf(HostError);
    expect(failure.message).to.contain('VirtualBox is not installed');
  });
});
