import { expect } from 'chai';
import { HostError, RigError, TimeoutError } from '../../../../lab/errors.ts';
import { libvirtHypervisor } from '../../../../lab/providers/libvirt/hypervisor.ts';
import type { MachineId } from '../../../../lab/providers/vagrant/hypervisor.ts';
import { failureOf } from '../../../fakes/failure.ts';
import { withPrograms, type FakePrograms } from '../vagrant/fake-programs.ts';
import { fakeVirsh, type FakeVirsh } from './fake-virsh.ts';

const libvirt = libvirtHypervisor();

function onVirsh(work: (virsh: FakeVirsh, programs: FakePrograms) => Promise<void>): () => Promise<void> {
  return () =>
    withPrograms(async (programs) => {
      await work(await fakeVirsh(programs), programs);
    });
}

function nfs01({ machines }: FakeVirsh): MachineId {
  const [machine] = machines;
  if (machine === undefined) throw new Error('no machine');
  return machine;
}

describe('the state of a machine of libvirt', () => {
  const words = [
    ['running', 'running'],
    ['idle', 'running'],
    ['in shutdown', 'running'],
    ['paused', 'paused'],
    ['pmsuspended', 'paused'],
    ['shut off', 'off'],
    ['crashed', 'off'],
  ] as const;
  for (const [told, state] of words)
    it(
      `is ${state} when virsh says ${told}`,
      onVirsh(async (virsh) => {
        await virsh.write('nfs01', 'state', told);
        expect(await libvirt.state('nfs01')).to.equal(state);
      }),
    );

  it(
    'is missing when libvirt knows no such domain',
    onVirsh(async () => {
      expect(await libvirt.state('6695eb01-f6a4-8304-79aa-97f2502e193f')).to.equal('missing');
    }),
  );

  for (const told of ['no state', '', 'toString'])
    it(
      `is not guessed from ${JSON.stringify(told)}`,
      onVirsh(async (virsh) => {
        await virsh.write('nfs01', 'state', told);
        const error = await failureOf(libvirt.state('nfs01'));
        expect(error).to.be.instanceOf(RigError);
        expect(error.message).to.include(JSON.stringify(told));
      }),
    );

  it(
    'is not missing because the daemon does not answer',
    onVirsh(async ({ before }) => {
      await before("fail 'failed to connect to the hypervisor' 'Failed to connect socket'");
      expect(await failureOf(libvirt.state('nfs01'))).to.be.instanceOf(HostError);
    }),
  );
});

describe('power and pause on libvirt', () => {
  it(
    'cut the power once, and of no machine that is off or gone',
    onVirsh(async (virsh) => {
      await libvirt.powerOff('nfs01');
      await libvirt.powerOff('nfs01');
      await libvirt.powerOff('gone');
      expect(await virsh.done()).to.deep.equal(['destroy nfs01']);
      expect(await virsh.read('nfs01', 'state')).to.equal('shut off');
    }),
  );

  it(
    'cut the power of a machine that is paused',
    onVirsh(async (virsh) => {
      await virsh.write('nfs01', 'state', 'paused');
      await libvirt.powerOff('nfs01');
      expect(await virsh.read('nfs01', 'state')).to.equal('shut off');
    }),
  );

  it(
    'do not mind a machine that goes off by itself just then',
    onVirsh(async (virsh, { folder }) => {
      const state = `${folder}/domains/nfs01/state`;
      await virsh.before(`[ "$verb" != destroy ] || echo 'shut off' > '${state}'`);
      await libvirt.powerOff('nfs01');
      expect(await virsh.done()).to.deep.equal(['destroy nfs01']);
    }),
  );

  it(
    'fail when libvirt refuses, in its words',
    onVirsh(async (virsh) => {
      await virsh.before(`[ "$verb" != destroy ] || fail "Failed to destroy domain '$id'" 'device is busy'`);
      const error = await failureOf(libvirt.powerOff('nfs01'));
      expect(error).to.be.instanceOf(RigError);
      expect(error.message).to.equal("virsh destroy nfs01: Failed to destroy domain 'nfs01'\ndevice is busy");
    }),
  );

  const on: [string, string[]][] = [
    ['running', []],
    ['paused', ['resume nfs01']],
    ['shut off', ['start nfs01']],
  ];
  for (const [state, commands] of on)
    it(
      `give power to a machine that is ${state}`,
      onVirsh(async (virsh) => {
        await virsh.write('nfs01', 'state', state);
        await libvirt.powerOn('nfs01');
        expect(await virsh.done()).to.deep.equal(commands);
        expect(await virsh.read('nfs01', 'state')).to.equal('running');
      }),
    );

  it(
    'give no power to a machine that is gone',
    onVirsh(async () => {
      const error = await failureOf(libvirt.powerOn('gone'));
      expect(error).to.be.instanceOf(RigError).and.not.instanceOf(TimeoutError);
      expect(error.message).to.include("failed to get domain 'gone'");
    }),
  );

  it(
    'stop and go on, also twice',
    onVirsh(async (virsh) => {
      for (let i = 0; i < 2; i++) await libvirt.pause('nfs01');
      expect(await virsh.read('nfs01', 'state')).to.equal('paused');
      for (let i = 0; i < 2; i++) await libvirt.resume('nfs01');
      expect(await virsh.done()).to.deep.equal(['suspend nfs01', 'resume nfs01']);
    }),
  );

  it(
    'neither stop nor go on with a machine that is off',
    onVirsh(async (virsh) => {
      await virsh.write('nfs01', 'state', 'shut off');
      for (const call of ['pause', 'resume'] as const)
        expect((await failureOf(libvirt[call]('nfs01'))).message).to.include('domain is not running');
    }),
  );
});

describe('the cable of a NIC on libvirt', () => {
  it(
    'is pulled now and for the next start, by the address of the NIC that has the number',
    onVirsh(async (virsh) => {
      const machine = nfs01(virsh);
      await libvirt.link(machine, 'eth1', 'down');
      expect(await virsh.done()).to.deep.equal([
        'domif-setlink nfs01 52:54:00:00:00:01 down --config',
        'domif-setlink nfs01 52:54:00:00:00:01 down',
      ]);
      expect([
        await libvirt.linkState(machine, 'eth1'),
        await libvirt.linkState(machine, 'eth2'),
      ]).to.deep.equal(['down', 'up']);
      await libvirt.link(machine, 'eth2', 'down');
      expect(await virsh.read('nfs01', 'live')).to.equal('down\ndown');
    }),
  );

  it(
    'stays out over a power cut, and comes back with the next plug alone',
    onVirsh(async (virsh) => {
      const machine = nfs01(virsh);
      await libvirt.link(machine, 'eth1', 'down');
      await libvirt.powerOff('nfs01');
      expect(await libvirt.linkState(machine, 'eth1')).to.equal('down');
      await libvirt.powerOn('nfs01');
      expect(await libvirt.linkState(machine, 'eth1')).to.equal('down');
      for (let i = 0; i < 2; i++) await libvirt.link(machine, 'eth1', 'up');
      await libvirt.powerOff('nfs01');
      await libvirt.powerOn('nfs01');
      expect(await libvirt.linkState(machine, 'eth1')).to.equal('up');
    }),
  );

  it(
    'of a machine that is off is pulled for its next start alone',
    onVirsh(async (virsh) => {
      const machine = nfs01(virsh);
      await libvirt.powerOff('nfs01');
      await libvirt.link(machine, 'eth1', 'down');
      expect(await virsh.done()).to.deep.equal([
        'destroy nfs01',
        'domif-setlink nfs01 52:54:00:00:00:01 down --config',
      ]);
      await libvirt.powerOn('nfs01');
      expect(await libvirt.linkState(machine, 'eth1')).to.equal('down');
    }),
  );

  it(
    'of a machine that is paused is pulled now',
    onVirsh(async (virsh) => {
      await libvirt.pause('nfs01');
      await libvirt.link(nfs01(virsh), 'eth1', 'down');
      expect(await virsh.read('nfs01', 'live')).to.equal('down\nup');
    }),
  );

  it(
    'is looked at afterwards: a change that libvirt only pretends is an error',
    onVirsh(async (virsh) => {
      await virsh.before(`[ "$verb" != domif-setlink ] || { echo 'Device updated successfully'; exit 0; }`);
      const error = await failureOf(libvirt.link(nfs01(virsh), 'eth1', 'down'));
      expect(error).to.be.instanceOf(RigError);
      expect(error.message).to.equal('eth1 of nfs01 is up after it was set down');
    }),
  );

  for (const nic of ['eth0', 'eth3', 'bond0', '--config'])
    it(
      `is not that of ${nic}, which the node does not have`,
      onVirsh(async (virsh) => {
        const error = await failureOf(libvirt.link(nfs01(virsh), nic, 'down'));
        expect(error).to.be.instanceOf(RigError);
        expect(error.message).to.include(`nfs01 has no ${nic}`);
        expect(await virsh.done()).to.deep.equal([]);
      }),
    );

  it(
    'is not that of a NIC which the domain lacks',
    onVirsh(async (virsh) => {
      await virsh.write('nfs01', 'live', 'up');
      const error = await failureOf(libvirt.linkState(nfs01(virsh), 'eth2'));
      expect(error.message).to.equal('nfs01 has no eth2: its domain lab_nfs01 has 2 interfaces');
    }),
  );
});

describe('a snapshot of machines of libvirt', () => {
  const position = (done: readonly string[], verb: string): number[] =>
    done.flatMap((command, at) => (command.startsWith(`${verb} `) ? [at] : []));

  it(
    'is of one instant: all stand still before the first is kept, and none goes on before the last is',
    onVirsh(async (virsh) => {
      await libvirt.takeSnapshot(virsh.machines, 'healthy');
      const done = await virsh.done();
      const last = (verb: string): number => Math.max(...position(done, verb));
      const first = (verb: string): number => Math.min(...position(done, verb));
      expect(position(done, 'suspend')).to.have.length(2);
      expect(last('suspend')).to.be.below(first('snapshot-create-as'));
      expect(last('snapshot-create-as')).to.be.below(first('resume'));
      for (const { id } of virsh.machines) {
        expect(await virsh.read(id, 'state')).to.equal('running');
        expect(await virsh.snapshots(id)).to.deep.equal(['healthy']);
      }
    }),
  );

  it(
    'replaces an older one of its name, and leaves others',
    onVirsh(async (virsh) => {
      const machine = nfs01(virsh);
      await libvirt.takeSnapshot(virsh.machines, 'other');
      await libvirt.takeSnapshot(virsh.machines, 'healthy');
      await libvirt.link(machine, 'eth1', 'down');
      await libvirt.takeSnapshot(virsh.machines, 'healthy');
      await libvirt.link(machine, 'eth1', 'up');
      expect(await virsh.snapshots('nfs01')).to.deep.equal(['healthy', 'other']);
      await libvirt.restoreSnapshot(virsh.machines, 'healthy');
      expect(await libvirt.linkState(machine, 'eth1')).to.equal('down');
    }),
  );

  it(
    'that an older one stands in the way of is not taken',
    onVirsh(async (virsh) => {
      await virsh.before(`[ "$verb" != snapshot-delete ] || fail 'device is busy'`);
      expect((await failureOf(libvirt.takeSnapshot(virsh.machines, 'healthy'))).message).to.include('busy');
      expect(position(await virsh.done(), 'suspend')).to.deep.equal([]);
    }),
  );

  const troubles: [string, string][] = [
    [
      'one of them cannot be kept, while another takes its time',
      `case "$verb $id" in 'snapshot-create-as nfs01') fail 'No space left on device' ;; 'snapshot-create-as nfs02') sleep 0.3 ;; esac`,
    ],
    [
      'one of them cannot be stopped, while another takes its time',
      `case "$verb $id" in 'suspend nfs01') fail 'No space left on device' ;; 'suspend nfs02') sleep 0.3 ;; esac`,
    ],
  ];
  for (const [what, before] of troubles)
    it(
      `that fails because ${what}, lets all go on, and tells the reason`,
      onVirsh(async (virsh) => {
        await virsh.before(before);
        const error = await failureOf(libvirt.takeSnapshot(virsh.machines, 'healthy'));
        expect(error).to.be.instanceOf(RigError);
        expect(error.message).to.include('No space left on device');
        for (const { id } of virsh.machines) expect(await virsh.read(id, 'state')).to.equal('running');
      }),
    );

  it(
    'that fails tells its own reason, not that a machine does not go on',
    onVirsh(async (virsh, { folder }) => {
      const state = `${folder}/domains/nfs01/state`;
      await virsh.before(
        `[ "$verb $id" != 'snapshot-create-as nfs01' ] || { echo 'shut off' > '${state}'; fail 'the machine died'; }`,
      );
      const error = await failureOf(libvirt.takeSnapshot(virsh.machines, 'healthy'));
      expect(error.message).to.include('the machine died');
      expect(await virsh.read('nfs02', 'state')).to.equal('running');
    }),
  );

  it(
    'after which a machine does not go on is an error',
    onVirsh(async (virsh) => {
      await virsh.before(`[ "$verb $id" != 'resume nfs02' ] || fail 'no memory'`);
      expect((await failureOf(libvirt.takeSnapshot(virsh.machines, 'healthy'))).message).to.include(
        'no memory',
      );
    }),
  );

  it(
    'is there when every machine has it by its whole name',
    onVirsh(async (virsh) => {
      const [first, second] = virsh.machines;
      if (first === undefined || second === undefined) throw new Error('no machines');
      expect(await libvirt.hasSnapshot(virsh.machines, 'healthy')).to.equal(false);
      await libvirt.takeSnapshot([first], 'healthy');
      await libvirt.takeSnapshot([second], 'healthy-2');
      expect(await libvirt.hasSnapshot([first], 'healthy')).to.equal(true);
      expect(await libvirt.hasSnapshot(virsh.machines, 'healthy')).to.equal(false);
      await libvirt.takeSnapshot([second], 'healthy');
      expect(await libvirt.hasSnapshot(virsh.machines, 'healthy')).to.equal(true);
      expect(await libvirt.hasSnapshot([{ ...first, id: 'gone' }], 'healthy')).to.equal(false);
    }),
  );

  for (const state of ['running', 'paused', 'shut off'])
    it(
      `brings machines back that are ${state}, and lets them go when all are back`,
      onVirsh(async (virsh) => {
        await libvirt.takeSnapshot(virsh.machines, 'healthy');
        await virsh.write('nfs01', 'state', state);
        await virsh.before(`[ "$verb $id" != 'snapshot-revert nfs02' ] || sleep 0.2`);
        const before = (await virsh.done()).length;
        await libvirt.restoreSnapshot(virsh.machines, 'healthy');
        const done = (await virsh.done()).slice(before);
        expect(done.slice(0, 2)).to.have.members(
          ['nfs01', 'nfs02'].map((id) => `snapshot-revert ${id} --snapshotname healthy --paused --force`),
        );
        expect(done.slice(2)).to.have.members(['resume nfs01', 'resume nfs02']);
        for (const { id } of virsh.machines) expect(await virsh.read(id, 'state')).to.equal('running');
      }),
    );

  it(
    'that one machine lacks lets none of them go',
    onVirsh(async (virsh) => {
      await libvirt.takeSnapshot(virsh.machines.slice(0, 1), 'healthy');
      const before = (await virsh.done()).length;
      const error = await failureOf(libvirt.restoreSnapshot(virsh.machines, 'healthy'));
      expect(error).to.be.instanceOf(RigError);
      expect(position((await virsh.done()).slice(before), 'resume')).to.deep.equal([]);
    }),
  );
});

describe('what libvirt is', () => {
  it(
    'is told by its versions, and tcg for a domain that is emulated',
    onVirsh(async () => {
      expect(await libvirt.facts()).to.deep.equal({ libvirt: '9.0.0', qemu: '7.2.22' });
      expect(await libvirt.accelerator('nfs01')).to.equal('tcg');
    }),
  );

  it(
    'is left out where it tells none',
    onVirsh(async (virsh) => {
      await virsh.before('[ "$verb" != version ] || { echo nothing; exit 0; }');
      expect(await libvirt.facts()).to.deep.equal({});
    }),
  );
});
