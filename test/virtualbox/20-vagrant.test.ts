import { expect } from 'chai';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HostError } from '../../lab/errors.ts';
import { silent } from '../../lab/progress.ts';
import type { Lab, Provider } from '../../lab/provider.ts';
import { rememberedLabs } from '../../lab/providers/vagrant/all-labs.ts';
import { machineId } from '../../lab/providers/vagrant/state.ts';
import { installedHypervisor, virtualboxProvider } from '../../lab/providers/virtualbox.ts';
import { VBoxManageRefusal } from '../../lab/providers/virtualbox/refusal.ts';
import { parseMachineReadable } from '../../lab/providers/virtualbox/machine-info.ts';
import { machineName } from '../../lab/vagrantfile/names.ts';
import { failureOf } from '../fakes/failure.ts';
import {
  allMachines,
  cluster,
  killVagrantUp,
  nodes,
  notesInto,
  openVagrantRoom,
  vagrantStates,
  type VagrantRoom,
} from './harness/lab.ts';
import { counted, countsOf } from './harness/machine.ts';

/** Making four machines, or ending them. */
const longMs = 600_000;
/** Ticks of the BIOS clock in two seconds. */
const twoSeconds = 37;
const signal = new AbortController().signal;

describe('a lab of four machines on VirtualBox, through the real vagrant and VBoxManage', () => {
  let room: VagrantRoom;
  let provider: Provider;
  let lab: Lab;
  let machinesBefore: string[];

  const open = (): Provider => virtualboxProvider({ home: room.home, boxFor: () => room.box });
  const idOf = async (node: string): Promise<string> =>
    (await machineId(room.directory, node, 'virtualbox')) ?? `no id of ${node}`;
  const node = (name: string): (typeof cluster.nodes)[number] => {
    const found = cluster.nodes.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no node ${name}`);
    return found;
  };
  const guest = (name: string): { node: (typeof cluster.nodes)[number]; id: string; serial: string } => ({
    node: node(name),
    id: '',
    serial: join(room.directory, 'nodes', name, 'console.log'),
  });
  const lastCount = (name: string): number => countsOf(guest(name)).at(-1) ?? -1;
  const firstCount = (name: string): number => countsOf(guest(name))[0] ?? -1;
  const info = async (name: string): Promise<Map<string, string>> =>
    parseMachineReadable(
      await room.tools.manage(['showvminfo', machineName(room.request.name, name), '--machinereadable']),
    );
  /** What lab sees and what Vagrant sees, which has to be the same. */
  const states = async (): Promise<Record<string, string>> => {
    const hypervisor = installedHypervisor();
    const seen = await Promise.all(
      nodes.map(async (name) => [name, await hypervisor.state(await idOf(name))] as const),
    );
    const byLab = Object.fromEntries(seen);
    expect(await vagrantStates(room.directory), 'Vagrant, and lab').to.deep.equal(byLab);
    return byLab;
  };
  const all = (state: string): Record<string, string> =>
    Object.fromEntries(nodes.map((name) => [name, state]));
  const allCount = async (ticks: number): Promise<void> => {
    await Promise.all(nodes.map((name) => counted(guest(name), lastCount(name) + ticks)));
  };

  before(async () => {
    room = await openVagrantRoom('lab');
    provider = open();
    machinesBefore = await allMachines(room.tools);
  });
  after(async () => {
    lab.close();
    await provider.destroy(room.request.name, { purge: true });
    await room.close();
  });

  it('is not there after a vagrant up that was killed at its second machine, and the next up goes on', async () => {
    let killed = false;
    const second = join(room.directory, '.vagrant', 'machines', 'sv02', 'virtualbox', 'id');
    const killer = notesInto([], () => {
      if (killed || !existsSync(second)) return;
      killed = true;
      killVagrantUp();
    });
    const failure = await failureOf(provider.up(room.request, killer, signal));
    expect(failure, failure.message).to.be.instanceOf(HostError);
    expect(failure).to.have.property('hint').that.contains('lab up goes on from there');
    expect(killed).to.equal(true);
    expect(await provider.attach(room.request, signal)).to.equal(undefined);
    expect(await provider.restore(room.request, 'healthy', silent, signal)).to.equal(undefined);
    expect(await rememberedLabs()).to.deep.equal([{ directory: room.directory, provider: 'virtualbox' }]);
    const made = { sv01: await idOf('sv01'), sv02: await idOf('sv02') };

    const notes: string[] = [];
    lab = await provider.up(room.request, notesInto(notes), signal);
    expect(await states()).to.deep.equal(all('running'));
    expect({ sv01: await idOf('sv01'), sv02: await idOf('sv02') }, notes.join('\n')).to.deep.equal(made);
    for (const name of nodes)
      expect(room.guests.commands(name)[0], 'let root in').to.contain('/root/.ssh/authorized_keys');
  }).timeout(longMs);

  it('has the machines that the generated Vagrantfile says: linked clones with consoles and a serial line', async () => {
    const disks = new Set<string>();
    for (const name of nodes) {
      const told = await info(name);
      expect(told.get('memory'), name).to.equal('512');
      expect(told.get('uart1'), name).to.equal('0x03f8,4');
      expect(told.get('uartmode1'), name).to.equal(`file,${guest(name).serial}`);
      const disk = await room.tools.manage(['showmediuminfo', told.get('IDE-ImageUUID-0-0') ?? '']);
      const parent = /^Parent UUID: +([0-9a-f-]{36})$/m.exec(disk)?.[1];
      expect(parent, disk).to.be.a('string');
      disks.add(parent ?? '');
    }
    const cable = join(room.directory, 'nfs01-nfs02.serial');
    expect((await info('nfs01')).get('uart2')).to.equal('0x02f8,3');
    expect((await info('nfs01')).get('uartmode2')).to.equal(`server,${cable}`);
    expect((await info('nfs02')).get('uartmode2')).to.equal(`client,${cable}`);
    expect((await info('sv01')).get('uart2')).to.equal('off');
    // Vagrant removes none of the disks that its clones share.
    expect(disks.size, [...disks].join(' ')).to.equal(1);
  });

  it('is attached by another process, which finds how to reach every node', async () => {
    const again = await open().attach(room.request, signal);
    if (again === undefined) throw new Error('not attached');
    try {
      expect(again).to.include({ provider: 'virtualbox', accelerator: 'virtualbox-interpreted' });
      expect(again.hostFacts['virtualbox']).to.match(/^7\.\d+\.\d+_Debianr\d+$/);
      expect(again.hostFacts).to.include({ vagrant: '2.3.4', box: 'test/boot-sector' });
      for (const name of nodes) {
        await again.machine(name).exec('true');
        const lines = (await again.console(name, 4)).trim().split('\n');
        // The last one may be on its way.
        expect(lines.slice(1, -1).join(' '), name).to.match(/^[0-9A-F]{8}( [0-9A-F]{8})+$/);
      }
    } finally {
      again.close();
    }
  });

  it('loses the power of a node, and gets it back: it begins anew', async () => {
    await counted(guest('sv01'), 100);
    await lab.power('sv01', 'off');
    expect(await states()).to.deep.equal({ ...all('running'), sv01: 'off' });
    const stood = await lab.consoleBytes('sv01');
    const before = lastCount('sv01');
    await sleep(500);
    expect(await lab.consoleBytes('sv01')).to.equal(stood);
    expect((await failureOf(lab.machine('sv01').exec('true'))).message).to.contain('its power is off');
    expect(await open().attach(room.request, signal)).to.equal(undefined);
    // What stands in for the internal network has put its own in its place; VirtualBox keeps the name that Vagrant gave it.
    await room.tools.manage(['modifyvm', await idOf('sv01'), '--nic2', 'intnet']);
    expect((await info('sv01')).get('intnet2')).to.equal('heartbeat-sarge-cluster');
    await room.tools.manage(['modifyvm', await idOf('sv01'), '--nic2', 'generic']);

    await lab.power('sv01', 'on');
    expect(lastCount('sv01')).to.be.below(before);
    expect(await states()).to.deep.equal(all('running'));
    await lab.reachable('sv01', 30_000, signal);
    await counted(guest('sv01'), 5);
    expect(firstCount('sv01')).to.equal(0);
  }).timeout(longMs);

  it('has its serial line after either server had no power; its calling end needs the other one', async () => {
    for (const name of ['nfs02', 'nfs01']) {
      await lab.power(name, 'off');
      await lab.power(name, 'on');
      await lab.reachable(name, 30_000, signal);
    }
    await lab.power('nfs01', 'off');
    await lab.power('nfs02', 'off');
    const failure = await failureOf(lab.power('nfs02', 'on'));
    expect(failure).to.be.instanceOf(VBoxManageRefusal).with.property('what', 'did not start');
    expect(failure, failure.message).to.have.property('hint').that.contains('its serial line');
    expect(await states()).to.deep.equal({ ...all('running'), nfs01: 'off', nfs02: 'off' });
    for (const name of ['nfs01', 'nfs02']) {
      await lab.power(name, 'on');
      await lab.reachable(name, 30_000, signal);
    }
    expect(await states()).to.deep.equal(all('running'));
  }).timeout(longMs);

  it('has a node that stands still, and goes on where it was', async () => {
    await lab.pause('nfs01');
    expect(await states()).to.deep.equal({ ...all('running'), nfs01: 'paused' });
    const stood = lastCount('nfs01');
    await sleep(500);
    expect(lastCount('nfs01')).to.equal(stood);
    expect(await lab.powerState('nfs01')).to.equal('paused');
    await lab.resume('nfs01');
    expect(await states()).to.deep.equal(all('running'));
    await counted(guest('nfs01'), stood + 5);
  });

  it('has a node whose cluster cable is out, in VirtualBox’ own words, also over a power cycle, and in again', async () => {
    await lab.link('nfs01', 'eth1', 'down');
    expect((await info('nfs01')).get('cableconnected2')).to.equal('off');
    expect((await info('nfs01')).get('cableconnected1')).to.equal('on');
    expect(await states()).to.deep.equal(all('running'));
    await lab.power('nfs01', 'off');
    await lab.power('nfs01', 'on');
    expect((await info('nfs01')).get('cableconnected2')).to.equal('off');
    await lab.link('nfs01', 'eth1', 'up');
    expect((await info('nfs01')).get('cableconnected2')).to.equal('on');
    expect(await states()).to.deep.equal(all('running'));
    await lab.reachable('nfs01', 30_000, signal);
  }).timeout(longMs);

  it('goes back to one instant of all nodes, whatever became of them since', async () => {
    await lab.snapshot('healthy', silent, signal);
    expect(existsSync(join(room.directory, 'snapshots', 'healthy', 'complete'))).to.equal(true);
    const kept = nodes.map(lastCount);
    await allCount(60);
    await lab.power('sv01', 'off');
    await lab.power('nfs01', 'off');
    await lab.pause('nfs02');
    await lab.link('sv02', 'eth1', 'down');
    lab.close();

    const restored = await provider.restore(room.request, 'healthy', silent, signal);
    if (restored === undefined) throw new Error('not restored');
    lab = restored;
    expect(await states()).to.deep.equal(all('running'));
    await Promise.all(nodes.map((name, n) => counted(guest(name), (kept[n] ?? 0) + 5)));
    nodes.forEach((name, n) => {
      expect(firstCount(name), name).to.be.within((kept[n] ?? 0) - 2 * twoSeconds, kept[n] ?? 0);
    });
    expect((await info('sv02')).get('cableconnected2')).to.equal('on');
    expect((await info('nfs02')).get('uartmode2')).to.match(/^client,/);
  }).timeout(longMs);

  it('is down for lab and for Vagrant, and comes back from its snapshot', async () => {
    lab.close();
    for (let twice = 0; twice < 2; twice++) await provider.destroy(room.request.name, { purge: false });
    expect(await states()).to.deep.equal(all('off'));
    expect(await provider.attach(room.request, signal)).to.equal(undefined);
    expect(await provider.restore(room.request, 'never-kept', silent, signal)).to.equal(undefined);

    const restored = await provider.restore(room.request, 'healthy', silent, signal);
    if (restored === undefined) throw new Error('not restored');
    lab = restored;
    expect(await states()).to.deep.equal(all('running'));
    await allCount(5);
  }).timeout(longMs);

  it('is not there when a machine was deleted behind Vagrant’s back, and the next up makes it again', async () => {
    lab.close();
    const gone = await idOf('sv02');
    await installedHypervisor().powerOff(gone);
    await room.tools.manage(['unregistervm', gone, '--delete']);
    expect(await states()).to.deep.equal({ ...all('running'), sv02: 'missing' });
    expect(await provider.attach(room.request, signal)).to.equal(undefined);
    expect(await provider.restore(room.request, 'healthy', silent, signal)).to.equal(undefined);

    lab = await provider.up(room.request, silent, signal);
    expect(await states()).to.deep.equal(all('running'));
    expect(await idOf('sv02')).not.to.equal(gone);
    expect(existsSync(join(room.directory, 'snapshots'))).to.equal(false);
  }).timeout(longMs);

  it('leaves nothing but the machine that Vagrant clones from', async () => {
    lab.close();
    for (let twice = 0; twice < 2; twice++) await provider.destroy(room.request.name, { purge: true });
    const left = (await allMachines(room.tools)).filter((name) => !machinesBefore.includes(name));
    const masters = readFileSync(masterIdFile(), 'utf8').trim();
    expect(left, left.join(' ')).to.have.lengthOf(1);
    expect(await room.tools.manage(['showvminfo', masters, '--machinereadable'])).to.contain(
      `name="${left[0] ?? ''}"`,
    );
    expect(existsSync(room.directory)).to.equal(false);
    expect(await rememberedLabs()).to.deep.equal([]);
  }).timeout(longMs);

  /** Beside the box, Vagrant keeps which machine it clones from. */
  const masterIdFile = (): string => {
    const boxes = join(room.folder, 'vagrant-home', 'boxes');
    const found = readdirSync(boxes, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('master_id'),
    );
    expect(found).to.have.lengthOf(1);
    return join(boxes, found[0] ?? '');
  };
});

describe('what a real vagrant up refuses on VirtualBox becomes an error of the host', () => {
  let room: VagrantRoom;
  let environment: NodeJS.ProcessEnv;
  before(async () => {
    room = await openVagrantRoom('refused');
  });
  after(async () => {
    await room.close();
  });
  beforeEach(() => {
    environment = { ...process.env };
  });
  afterEach(async () => {
    process.env = environment;
    await virtualboxProvider({ home: room.home, boxFor: () => room.box }).destroy('refused', { purge: true });
  });

  const refusal = async (box: VagrantRoom['box']): Promise<HostError> => {
    const provider = virtualboxProvider({ home: room.home, boxFor: () => box });
    const failure = await failureOf(provider.up({ ...room.request, name: 'refused' }, silent, signal));
    if (!(failure instanceof HostError)) throw failure;
    return failure;
  };

  it('VirtualBox is not there', async () => {
    const path = (process.env['PATH'] ?? '').split(':');
    process.env['PATH'] = path.filter((folder) => !existsSync(join(folder, 'VBoxManage'))).join(':');
    const failure = await refusal(room.box);
    expect(failure.message, failure.message).to.contain('Vagrant could not detect VirtualBox');
    expect(failure.hint, failure.message).to.equal('lab doctor');
  });

  it('VirtualBox is newer than Vagrant knows', async () => {
    process.env['LAB_TEST_VIRTUALBOX_VERSION'] = '';
    const failure = await refusal(room.box);
    expect(failure.message, failure.message).to.match(
      /version of VirtualBox installed\s+that is not supported/,
    );
    expect(failure.hint, failure.message).to.contain('this Vagrant refuses this VirtualBox');
  });

  it('the box is nowhere', async () => {
    const known = await refusal({ name: 'test/nowhere' });
    expect(known.message, known.message).to.contain('test/nowhere');
    const fetched = await refusal({ name: 'test/nowhere', url: '/nowhere/none.box' });
    expect(fetched.message, fetched.message).to.contain('/nowhere/none.box');
    for (const { hint } of [known, fetched]) expect(hint).to.contain('vagrant box add it by hand');
  });

  it('the box is another file than was meant', async () => {
    const checksum = { type: 'sha256' as const, value: '0'.repeat(64) };
    const failure = await refusal({ ...room.box, name: 'test/other', checksum });
    expect(failure.message, failure.message).to.match(/checksum of the downloaded box did not match/i);
    expect(failure.hint, failure.message).to.contain('correct the checksum in lab.yaml');
  });
});
