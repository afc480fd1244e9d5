import { expect } from 'chai';
import { hostNowMs } from '../../../lab/clock.ts';
import { TimeoutError } from '../../../lab/errors.ts';
import type { FaultContext } from '../../../lab/fault.ts';
import { flap } from '../../../lab/faults/flap.ts';
import { freeze } from '../../../lab/faults/freeze.ts';
import { powerOff } from '../../../lab/faults/power-off.ts';
import { reset } from '../../../lab/faults/reset.ts';
import type { FakeLab, FakeShell } from '../../fakes/lab.ts';
import { failureOf } from '../../fakes/failure.ts';
import { fakeLab } from '../../fakes/lab.ts';

const never = new AbortController().signal;
const quick = { provenWithinMs: 60 };

type State = 'running' | 'paused' | 'off';

function rig(shell: FakeShell = () => ({})): FakeLab & { context: FaultContext; be: (state: State) => void } {
  const fake = fakeLab(shell);
  let power: State = 'running';
  fake.lab.powerState = () => Promise.resolve(power);
  fake.lab.network.lastFrameFromMs = () => Promise.resolve(hostNowMs() - 2000);
  return {
    ...fake,
    context: { lab: fake.lab, node: 'nfs01', consoleFromByte: 0, signal: never, tell: () => undefined },
    be: (state) => {
      power = state;
    },
  };
}

describe('the fault power-off', () => {
  it('cuts power, is proven by the provider and by silence, and is healed by power', async () => {
    const { context, done, be } = rig();
    const plug = powerOff(quick);
    await plug.inject(context);
    be('off');
    const { proof, lostMs } = await plug.proven(context);
    expect(proof[0]).to.equal('qemu has no power on nfs01');
    expect(proof[1]).to.match(/^the fabric saw no frame from nfs01 for 2\.\d s$/);
    expect(lostMs).to.be.a('number');
    await plug.heal(context);
    be('running');
    await plug.heal(context);
    expect(done).to.deep.equal(['power nfs01 off', 'power nfs01 on']);
  });

  it('is not proven while the machine runs, nor while it is heard', async () => {
    const { context, be } = rig();
    const error = await failureOf(powerOff(quick).proven(context));
    expect(error).to.be.instanceOf(TimeoutError);
    expect(error.message).to.include('nfs01 to be off').and.include('running');
    be('off');
    context.lab.network.lastFrameFromMs = () => Promise.resolve(hostNowMs());
    expect((await failureOf(powerOff(quick).proven(context))).message).to.include('last frame');
  });
});

describe('the fault reset', () => {
  it('is healed when another boot runs, and not before', async () => {
    let boot = 'first';
    const { context, done } = rig(() => ({ stdout: `${boot}\n` }));
    const button = reset(quick);
    await button.inject(context);
    expect(done).to.deep.equal(['power nfs01 off', 'power nfs01 on']);
    const waiting = button.healed(context);
    boot = 'second';
    await waiting;
    expect((await button.proven(context)).proof[0]).to.match(/saw no frame/);
  });

  it('is not proven by a node that goes on sending', async () => {
    const { context } = rig();
    context.lab.network.lastFrameFromMs = () => Promise.resolve(hostNowMs());
    expect(await failureOf(reset(quick).proven(context))).to.be.instanceOf(TimeoutError);
  });
});

describe('the fault freeze', () => {
  it('forgets the clocks of a node before it goes on: they stood still', async () => {
    const { context, done, be, machine } = rig();
    await machine('nfs01').calibrate(3);
    const still = freeze(quick);
    await still.inject(context);
    be('paused');
    expect((await still.proven(context)).proof[0]).to.equal('qemu says that nfs01 stands still');
    expect(machine('nfs01').wallClock.count).to.be.greaterThan(0);
    await still.heal(context);
    expect(machine('nfs01').wallClock.count).to.equal(0);
    be('running');
    await still.heal(context);
    await still.healed(context);
    expect(done).to.deep.equal(['pause nfs01', 'resume nfs01']);
  });

  it('is not proven while the machine runs', async () => {
    const { context } = rig();
    expect((await failureOf(freeze(quick).proven(context))).message).to.include('to be paused');
  });
});

describe('the fault flap', () => {
  it('pulls and plugs until it is healed, and leaves the cable in', async () => {
    let changes = 10;
    const { context, done } = rig((_node, command) => ({
      stdout: command.includes('carrier_changes') ? String(changes++) : '1',
    }));
    const told: string[] = [];
    context.tell = (kind, text, askedMs) => {
      expect(askedMs).to.be.within(hostNowMs() - 1000, hostNowMs());
      told.push(`${kind}: ${text}`);
    };
    const loose = flap('eth1', { outMs: 5, inMs: 5, provenWithinMs: 2000 });
    await loose.inject(context);
    expect((await loose.proven(context)).proof[0]).to.match(/^eth1 of nfs01 lost and got carrier \d+ times/);
    await loose.heal(context);
    await loose.heal(context);
    await loose.healed(context);
    const moved = done.length;
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(done).to.have.length(moved);
    expect(done.slice(0, 2)).to.deep.equal(['link nfs01 eth1 down', 'link nfs01 eth1 up']);
    expect(told.slice(0, 2)).to.deep.equal([
      'fault-struck: the cable of eth1 is out',
      'fault-lifted: the cable of eth1 is in',
    ]);
    expect(done.at(-1)).to.equal('link nfs01 eth1 up');
  });

  it('is not proven when nobody moves the cable, when it cannot be moved, or when carrier stays', async () => {
    const { context } = rig(() => ({ stdout: '10' }));
    const loose = flap('eth1', { outMs: 5, inMs: 5, ...quick });
    expect((await failureOf(loose.proven(context))).message).to.include('nobody moves it');
    await loose.inject(context);
    expect((await failureOf(loose.proven(context))).message).to.include('0 changes of carrier');
    await loose.heal(context);
    context.lab.link = () => Promise.reject(new Error('no such cable'));
    await loose.inject(context);
    expect((await failureOf(loose.proven(context))).message).to.include('no such cable');
    expect((await failureOf(loose.heal(context))).message).to.equal('no such cable');
  });
});
