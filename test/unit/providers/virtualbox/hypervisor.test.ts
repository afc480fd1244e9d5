import { expect } from 'chai';
import { RigError, UsageError } from '../../../../lab/errors.ts';
import { virtualboxHypervisor } from '../../../../lab/providers/virtualbox/hypervisor.ts';
import { failureOf } from '../../../fakes/failure.ts';
import { fakeVirtualBox } from './fake-virtualbox.ts';

describe('the hypervisor VirtualBox', () => {
  it('does nothing to a machine that is as it should be', async () => {
    const fake = fakeVirtualBox();
    const hypervisor = virtualboxHypervisor(fake.tools);
    await hypervisor.powerOn('nfs01');
    await hypervisor.resume('nfs01');
    await hypervisor.pause('nfs02');
    await hypervisor.pause('nfs02');
    fake.machine('nfs01').state = 'poweroff';
    fake.machine('nfs01').session = '';
    await hypervisor.powerOff('nfs01');
    await hypervisor.powerOff('gone');
    expect(fake.done).to.deep.equal(['controlvm nfs02 pause']);
  });

  for (const [word, state] of [
    ['running', 'running'],
    ['deletingsnapshotlive', 'running'],
    ['deletingsnapshotlivepaused', 'paused'],
    ['aborted', 'off'],
    ['aborted-saved', 'saved'],
  ] as const)
    it(`calls a machine ${state} that VirtualBox calls ${word}`, async () => {
      const fake = fakeVirtualBox();
      fake.machine('nfs01').state = word;
      expect(await virtualboxHypervisor(fake.tools).state('nfs01')).to.equal(state);
    });

  it('waits while a state passes', async () => {
    const fake = fakeVirtualBox();
    fake.machine('nfs01').state = 'restoring';
    let looks = 0;
    fake.refuse = () => {
      looks += 1;
      if (looks === 3) fake.machine('nfs01').state = 'paused';
      return undefined;
    };
    expect(await virtualboxHypervisor(fake.tools).state('nfs01')).to.equal('paused');
    expect(looks).to.equal(3);
  });

  it('does not take a guru meditation for a state, and can cut its power', async () => {
    const fake = fakeVirtualBox();
    fake.machine('nfs01').state = 'gurumeditation';
    const hypervisor = virtualboxHypervisor(fake.tools);
    const failure = await failureOf(hypervisor.state('nfs01'));
    expect(failure).to.be.instanceOf(RigError);
    expect(failure.message).to.contain('hangs');
    await hypervisor.powerOff('nfs01');
    expect(await hypervisor.state('nfs01')).to.equal('off');
  });

  it('waits until nothing holds a machine whose power was cut', async () => {
    const fake = fakeVirtualBox();
    let looks = 0;
    fake.refuse = ([verb]) => {
      const machine = fake.machine('nfs01');
      if (verb === 'showvminfo' && machine.state === 'poweroff') {
        looks += 1;
        machine.session = looks < 3 ? 'headless' : '';
      }
      return undefined;
    };
    await virtualboxHypervisor(fake.tools).powerOff('nfs01');
    expect(looks).to.equal(3);
  });

  it('forgives a refusal when the machine is as it should be all the same', async () => {
    const fake = fakeVirtualBox();
    fake.refuse = (args) => {
      if (args[2] !== 'pause') return undefined;
      fake.machine('nfs01').state = 'paused';
      return 'Already paused';
    };
    await virtualboxHypervisor(fake.tools).pause('nfs01');
    expect(fake.machine('nfs01').state).to.equal('paused');
  });

  it('does not forgive one when the machine is not', async () => {
    const fake = fakeVirtualBox();
    fake.refuse = (args) => (args[2] === 'pause' ? 'Already paused' : undefined);
    expect((await failureOf(virtualboxHypervisor(fake.tools).pause('nfs01'))).message).to.contain(
      'Already paused',
    );
  });

  it('asks again when even a question is refused while a machine starts or ends', async () => {
    const fake = fakeVirtualBox();
    let refusals = 0;
    fake.refuse = () =>
      refusals++ < 2 ? "The machine 'nfs01' already has a lock request pending" : undefined;
    expect(await virtualboxHypervisor(fake.tools).state('nfs01')).to.equal('running');
    expect(refusals).to.equal(3);
  });

  it('does not ask again for what will not pass', async () => {
    const fake = fakeVirtualBox();
    let asked = 0;
    fake.refuse = () => {
      asked += 1;
      return 'out of order';
    };
    expect((await failureOf(virtualboxHypervisor(fake.tools).state('nfs01'))).message).to.contain(
      'out of order',
    );
    expect(asked).to.equal(1);
  });

  it('pulls the cable of a machine that runs at once, and of one that is off in its settings', async () => {
    const fake = fakeVirtualBox();
    const hypervisor = virtualboxHypervisor(fake.tools);
    const [first, second] = fake.ids;
    if (first === undefined || second === undefined) throw new Error('no machine');
    await hypervisor.powerOff(second.id);
    await hypervisor.link(first, 'eth1', 'down');
    await hypervisor.link(second, 'eth1', 'down');
    expect(fake.done.slice(1)).to.deep.equal([
      'controlvm nfs01 setlinkstate2 off',
      'modifyvm nfs02 --cableconnected2 off',
    ]);
    expect(await hypervisor.linkState(first, 'eth1')).to.equal('down');
    await hypervisor.link(first, 'eth1', 'up');
    expect(await hypervisor.linkState(first, 'eth1')).to.equal('up');
  });

  it('notices a cable that stays as it was', async () => {
    const fake = fakeVirtualBox();
    const [machine] = fake.ids;
    if (machine === undefined) throw new Error('no machine');
    fake.machine('nfs01').cables.set = function () {
      return this;
    };
    const failure = await failureOf(virtualboxHypervisor(fake.tools).link(machine, 'eth1', 'down'));
    expect(failure).to.be.instanceOf(RigError);
    expect(failure.message).to.equal('eth1 of nfs01 is up after it was set down');
  });

  it('knows the NICs of the topology only', async () => {
    const fake = fakeVirtualBox();
    const [machine] = fake.ids;
    if (machine === undefined) throw new Error('no machine');
    const failure = await failureOf(virtualboxHypervisor(fake.tools).link(machine, 'eth0', 'down'));
    expect(failure).to.be.instanceOf(UsageError);
    expect(fake.done).to.deep.equal([]);
  });

  it('tells its version', async () => {
    expect(await virtualboxHypervisor(fakeVirtualBox().tools).facts()).to.deep.equal({
      virtualbox: '7.0.20r163906',
    });
  });
});
