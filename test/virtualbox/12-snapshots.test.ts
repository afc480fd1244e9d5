import { expect } from 'chai';
import { RigError } from '../../lab/errors.ts';
import { virtualboxHypervisor } from '../../lab/providers/virtualbox/hypervisor.ts';
import { knownInfo } from '../../lab/providers/virtualbox/machines.ts';
import { installedTools } from '../../lab/providers/virtualbox/tools.ts';
import { failureOf } from '../fakes/failure.ts';
import { counted, countsOf, makeMachine, placeOf, saveState, type TestMachine } from './harness/machine.ts';

/** Ticks of the BIOS clock a second. */
const ticksPerSecond = 18.2;

describe('snapshots of four VirtualBox machines, through the real VBoxManage', () => {
  const tools = installedTools(process.env);
  const hypervisor = virtualboxHypervisor(tools);
  const machines: TestMachine[] = [];
  const lastCounts = (): number[] => machines.map((machine) => countsOf(machine).at(-1) ?? -1);
  const firstCounts = (): number[] => machines.map((machine) => countsOf(machine)[0] ?? -1);
  const states = async (): Promise<string[]> =>
    await Promise.all(machines.map(({ id }) => hypervisor.state(id)));
  const allCounted = async (least: number): Promise<void> => {
    await Promise.all(machines.map((machine) => counted(machine, least)));
  };

  before(async () => {
    for (const name of ['sv01', 'sv02', 'nfs01', 'nfs02'])
      machines.push(await makeMachine(placeOf(process.env, tools), name));
  });
  after(async () => {
    for (const { id } of machines) {
      await hypervisor.powerOff(id);
      await tools.manage(['unregistervm', id, '--delete']);
    }
  });
  beforeEach(async () => {
    await Promise.all(machines.map(({ id }) => hypervisor.powerOn(id)));
    await allCounted(20);
  });

  it('bring all of them back to one instant, from whatever state, and let them go on together', async () => {
    await hypervisor.takeSnapshot(machines, 'healthy');
    expect(await states()).to.deep.equal(['running', 'running', 'running', 'running']);
    expect(await hypervisor.hasSnapshot(machines, 'healthy')).to.equal(true);
    const kept = lastCounts();
    await allCounted(Math.max(...kept) + 40);

    const [first, second, third] = machines;
    await hypervisor.powerOff(first?.id ?? '');
    await hypervisor.pause(second?.id ?? '');
    await saveState(tools, third?.id ?? '');
    await hypervisor.restoreSnapshot(machines, 'healthy');
    expect(await states()).to.deep.equal(['running', 'running', 'running', 'running']);
    await Promise.all(machines.map(async (machine, n) => await counted(machine, (kept[n] ?? 0) + 10)));
    firstCounts().forEach((count, n) => {
      // It was read shortly after the snapshot was taken, so each machine goes on from a little before that.
      expect(count, machines[n]?.node.name ?? '').to.be.within(
        (kept[n] ?? 0) - 2 * ticksPerSecond,
        kept[n] ?? 0,
      );
    });
  });

  it('let all go within a fraction of a second of each other', async () => {
    await hypervisor.takeSnapshot(machines, 'together');
    const before = lastCounts();
    await hypervisor.restoreSnapshot(machines, 'together');
    await Promise.all(machines.map(async (machine, n) => await counted(machine, (before[n] ?? 0) + 20)));
    await Promise.all(machines.map(({ id }) => hypervisor.pause(id)));
    const progress = lastCounts().map((count, n) => count - (firstCounts()[n] ?? 0));
    expect(Math.max(...progress) - Math.min(...progress), progress.join(' ')).to.be.below(ticksPerSecond / 2);
  });

  it('replace an older one of their name', async () => {
    await hypervisor.takeSnapshot(machines, 'again');
    const early = Math.max(...lastCounts());
    await allCounted(early + 40);
    await hypervisor.takeSnapshot(machines, 'again');
    for (const { id } of machines) {
      const names = (await knownInfo(tools, id)).snapshots.map(({ name }) => name);
      expect(names.filter((name) => name === 'again')).to.have.lengthOf(1);
    }
    await hypervisor.restoreSnapshot(machines, 'again');
    await Promise.all(machines.map((machine) => counted(machine, early)));
    for (const count of firstCounts()) expect(count).to.be.above(early);
  });

  it('can be gone back to as often as one likes, and replace one that others were made from', async () => {
    await hypervisor.takeSnapshot(machines, 'base');
    await hypervisor.takeSnapshot(machines, 'one');
    await hypervisor.restoreSnapshot(machines, 'base');
    await hypervisor.takeSnapshot(machines, 'two');
    await hypervisor.restoreSnapshot(machines, 'base');
    await hypervisor.takeSnapshot(machines, 'base');
    for (const { id } of machines) {
      const names = (await knownInfo(tools, id)).snapshots.map(({ name }) => name);
      expect(names.filter((name) => name === 'base')).to.have.lengthOf(1);
    }
    for (const name of ['one', 'two', 'base', 'base']) await hypervisor.restoreSnapshot(machines, name);
    expect(await states()).to.deep.equal(['running', 'running', 'running', 'running']);
  });

  it('bring back the cables as they were', async () => {
    const [machine] = machines;
    if (machine === undefined) throw new Error('no machine');
    await hypervisor.takeSnapshot(machines, 'plugged');
    await hypervisor.link(machine, 'eth1', 'down');
    await hypervisor.restoreSnapshot(machines, 'plugged');
    expect(await hypervisor.linkState(machine, 'eth1')).to.equal('up');
  });

  it('are not there when one machine lacks its own, or has one from another moment', async () => {
    const [alone, ...others] = machines;
    if (alone === undefined) throw new Error('no machine');
    await hypervisor.takeSnapshot([alone], 'torn');
    expect(await hypervisor.hasSnapshot(machines, 'torn')).to.equal(false);
    await hypervisor.takeSnapshot(others, 'torn');
    expect(await hypervisor.hasSnapshot(machines, 'torn')).to.equal(false);
    const failure = await failureOf(hypervisor.restoreSnapshot(machines, 'torn'));
    expect(failure).to.be.instanceOf(RigError);
    expect(failure.message).to.contain('in common');
    expect(await states()).to.deep.equal(['running', 'running', 'running', 'running']);
  });

  it('made by hand under the same name are not mistaken for them', async () => {
    for (const { id } of machines) await tools.manage(['snapshot', id, 'take', 'by-hand']);
    expect(await hypervisor.hasSnapshot(machines, 'by-hand')).to.equal(false);
  });

  it('are not taken while a node is off, and nothing is left standing still', async () => {
    const [machine] = machines;
    await hypervisor.powerOff(machine?.id ?? '');
    const failure = await failureOf(hypervisor.takeSnapshot(machines, 'off'));
    expect(failure.message).to.contain('sv01 is off');
    expect((await states()).slice(1)).to.deep.equal(['running', 'running', 'running']);
    expect(await hypervisor.hasSnapshot(machines.slice(1), 'off')).to.equal(false);
  });
});
