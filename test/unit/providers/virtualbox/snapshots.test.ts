import { expect } from 'chai';
import { RigError } from '../../../../lab/errors.ts';
import { virtualboxHypervisor } from '../../../../lab/providers/virtualbox/hypervisor.ts';
import { failureOf } from '../../../fakes/failure.ts';
import { fakeVirtualBox, type FakeVirtualBox } from './fake-virtualbox.ts';

/** The commands of these verbs, without what is random in them. */
function done(fake: FakeVirtualBox, ...verbs: string[]): string[] {
  return fake.done
    .map((command) => command.replace(/ --description.*/, ''))
    .filter((command) => verbs.some((verb) => command.includes(verb)));
}

const states = (fake: FakeVirtualBox): string[] => [...fake.machines.values()].map(({ state }) => state);

describe('snapshots of VirtualBox machines', () => {
  it('are taken when all stand still, and all go on after the last', async () => {
    const fake = fakeVirtualBox();
    await virtualboxHypervisor(fake.tools).takeSnapshot(fake.ids, 'healthy');
    expect(done(fake, 'controlvm', 'take')).to.deep.equal([
      'controlvm nfs01 pause',
      'controlvm nfs02 pause',
      'snapshot nfs01 take healthy',
      'snapshot nfs02 take healthy',
      'controlvm nfs01 resume',
      'controlvm nfs02 resume',
    ]);
  });

  it('leave a machine alone that stood still before', async () => {
    const fake = fakeVirtualBox();
    fake.machine('nfs02').state = 'paused';
    await virtualboxHypervisor(fake.tools).takeSnapshot(fake.ids, 'healthy');
    expect(states(fake)).to.deep.equal(['running', 'paused']);
  });

  it('let all go on when one fails, and leave nothing half', async () => {
    const fake = fakeVirtualBox();
    fake.refuse = (args) => (args[1] === 'nfs02' && args[2] === 'take' ? 'disk full' : undefined);
    const hypervisor = virtualboxHypervisor(fake.tools);
    const failure = await failureOf(hypervisor.takeSnapshot(fake.ids, 'healthy'));
    expect(failure.message).to.contain('disk full');
    expect(states(fake)).to.deep.equal(['running', 'running']);
    expect(fake.machine('nfs01').snapshots).to.deep.equal([]);
  });

  it('keep the older ones when a new one fails', async () => {
    const fake = fakeVirtualBox();
    const hypervisor = virtualboxHypervisor(fake.tools);
    await hypervisor.takeSnapshot(fake.ids, 'healthy');
    fake.refuse = (args) => (args[1] === 'nfs02' && args[2] === 'take' ? 'disk full' : undefined);
    await failureOf(hypervisor.takeSnapshot(fake.ids, 'healthy'));
    expect(await hypervisor.hasSnapshot(fake.ids, 'healthy')).to.equal(true);
  });

  it('start the calling end of a serial line when the other one offers it', async () => {
    const fake = fakeVirtualBox();
    const hypervisor = virtualboxHypervisor(fake.tools);
    fake.machine('nfs01').serialLine = 'client,/lab/line.serial';
    fake.machine('nfs02').serialLine = 'server,/lab/line.serial';
    await hypervisor.takeSnapshot(fake.ids, 'healthy');
    fake.diesAtStart = (id) =>
      id === 'nfs01' && fake.machine('nfs02').state !== 'paused'
        ? 'NamedPipe#0 failed to connect to local socket /lab/line.serial (VERR_FILE_NOT_FOUND)'
        : undefined;
    await hypervisor.restoreSnapshot(fake.ids, 'healthy');
    expect(done(fake, 'start', 'resume').slice(-4)).to.deep.equal([
      'start nfs02 paused',
      'start nfs01 paused',
      'controlvm nfs01 resume',
      'controlvm nfs02 resume',
    ]);
  });

  it('replace those of their name alone', async () => {
    const fake = fakeVirtualBox();
    const hypervisor = virtualboxHypervisor(fake.tools);
    for (const name of ['other', 'healthy', 'healthy']) await hypervisor.takeSnapshot(fake.ids, name);
    for (const { snapshots } of fake.machines.values())
      expect(snapshots.map(({ name }) => name)).to.deep.equal(['other', 'healthy']);
  });

  it('give up the name of an older one that cannot be removed', async () => {
    const fake = fakeVirtualBox();
    const hypervisor = virtualboxHypervisor(fake.tools);
    await hypervisor.takeSnapshot(fake.ids, 'healthy');
    fake.refuse = (args) =>
      args[2] === 'delete' ? 'cannot be deleted, because it has 2 child snapshots' : undefined;
    await hypervisor.takeSnapshot(fake.ids, 'healthy');
    expect(fake.machine('nfs01').snapshots.map(({ name }) => name)).to.deep.equal([
      'healthy-superseded',
      'healthy',
    ]);
    expect(states(fake)).to.deep.equal(['running', 'running']);
  });

  it('are gone back to together: off, put back, started standing still, let go', async () => {
    const fake = fakeVirtualBox();
    const hypervisor = virtualboxHypervisor(fake.tools);
    await hypervisor.takeSnapshot(fake.ids, 'healthy');
    fake.done.length = 0;
    await hypervisor.restoreSnapshot(fake.ids, 'healthy');
    expect(done(fake, 'controlvm', 'restore', 'start')).to.deep.equal([
      'controlvm nfs01 poweroff',
      'controlvm nfs02 poweroff',
      'snapshot nfs01 restore uuid-1',
      'snapshot nfs02 restore uuid-2',
      'start nfs01 paused',
      'start nfs02 paused',
      'controlvm nfs01 resume',
      'controlvm nfs02 resume',
    ]);
    expect(done(fake, 'let')).to.have.lengthOf(2);
  });

  it('leave all machines off when one does not come back, and say why', async () => {
    const fake = fakeVirtualBox();
    const hypervisor = virtualboxHypervisor(fake.tools);
    await hypervisor.takeSnapshot(fake.ids, 'healthy');
    fake.diesAtStart = (id) => (id === 'nfs02' ? 'no memory (ended with status 1)' : undefined);
    const failure = await failureOf(hypervisor.restoreSnapshot(fake.ids, 'healthy'));
    expect(failure).to.be.instanceOf(RigError);
    expect(failure.message).to.contain('nfs02').and.to.contain('no memory');
    expect(states(fake)).to.deep.equal(['poweroff', 'poweroff']);
    expect(done(fake, 'let')).to.have.lengthOf(2);
  });

  it('try again when a machine is still held by the command that put it back', async () => {
    const fake = fakeVirtualBox();
    const hypervisor = virtualboxHypervisor(fake.tools);
    await hypervisor.takeSnapshot(fake.ids, 'healthy');
    let early = 2;
    fake.diesAtStart = (id) =>
      id === 'nfs02' && early-- > 0
        ? "VBoxHeadless: error: The machine 'nfs02' is already locked for a session (or being unlocked)"
        : undefined;
    await hypervisor.restoreSnapshot(fake.ids, 'healthy');
    expect(states(fake)).to.deep.equal(['running', 'running']);
    expect(done(fake, 'start nfs02')).to.have.lengthOf(3);
    expect(done(fake, 'let nfs02')).to.have.lengthOf(3);
  });

  it('are taken anew when one machine stopped late, and never when that goes on', async () => {
    const fake = fakeVirtualBox();
    const hypervisor = virtualboxHypervisor(fake.tools);
    let late = 1;
    fake.delayMs = (args) => (args[1] === 'nfs02' && args[2] === 'pause' && late-- > 0 ? 1100 : 0);
    await hypervisor.takeSnapshot(fake.ids, 'healthy');
    expect(done(fake, 'nfs01 pause', 'take healthy')).to.deep.equal([
      'controlvm nfs01 pause',
      'controlvm nfs01 pause',
      'snapshot nfs01 take healthy',
      'snapshot nfs02 take healthy',
    ]);
    late = Infinity;
    const failure = await failureOf(hypervisor.takeSnapshot(fake.ids, 'other'));
    expect(failure.message).to.match(/stop at once: 1\.\d s apart, 4 times/);
    expect(states(fake)).to.deep.equal(['running', 'running']);
    expect(await hypervisor.hasSnapshot(fake.ids, 'other')).to.equal(false);
  }).timeout(20_000);

  it('are gone back to anew when one machine went on late', async () => {
    const fake = fakeVirtualBox();
    const hypervisor = virtualboxHypervisor(fake.tools);
    await hypervisor.takeSnapshot(fake.ids, 'healthy');
    fake.done.length = 0;
    let late = 1;
    fake.delayMs = (args) => (args[1] === 'nfs02' && args[2] === 'resume' && late-- > 0 ? 1100 : 0);
    await hypervisor.restoreSnapshot(fake.ids, 'healthy');
    expect(done(fake, 'snapshot nfs01 restore')).to.have.lengthOf(2);
    expect(states(fake)).to.deep.equal(['running', 'running']);
  });

  it('without memory are not taken for the running lab', async () => {
    const fake = fakeVirtualBox();
    const hypervisor = virtualboxHypervisor(fake.tools);
    await hypervisor.takeSnapshot(fake.ids, 'healthy');
    fake.refuse = (args) => {
      const machine = fake.machine('nfs02');
      if (args[0] === 'showvminfo' && machine.state === 'saved') machine.state = 'poweroff';
      return undefined;
    };
    const failure = await failureOf(hypervisor.restoreSnapshot(fake.ids, 'healthy'));
    expect(failure.message).to.contain('the snapshot healthy of nfs02 holds no memory');
  });

  it('count only when all machines have one of the same moment', async () => {
    const fake = fakeVirtualBox();
    const hypervisor = virtualboxHypervisor(fake.tools);
    await hypervisor.takeSnapshot(fake.ids, 'healthy');
    await hypervisor.takeSnapshot(fake.ids.slice(0, 1), 'healthy');
    expect(await hypervisor.hasSnapshot(fake.ids, 'healthy')).to.equal(false);
    expect(await hypervisor.hasSnapshot(fake.ids.slice(0, 1), 'healthy')).to.equal(true);
    expect(await hypervisor.hasSnapshot(fake.ids, 'other')).to.equal(false);
    const failure = await failureOf(hypervisor.restoreSnapshot(fake.ids, 'healthy'));
    expect(failure.message).to.contain('nfs01, nfs02 have in common');
    expect(states(fake)).to.deep.equal(['running', 'running']);
  });

  it('are not taken of a lab with a node off', async () => {
    const fake = fakeVirtualBox();
    fake.machine('nfs02').state = 'poweroff';
    fake.machine('nfs02').session = '';
    const failure = await failureOf(virtualboxHypervisor(fake.tools).takeSnapshot(fake.ids, 'healthy'));
    expect(failure.message).to.contain('nfs02 is off');
    expect(fake.done).to.deep.equal([]);
  });
});
