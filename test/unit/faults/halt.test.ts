import { expect } from 'chai';
import { hostNowMs } from '../../../lab/clock.ts';
import { InterruptedError, TimeoutError } from '../../../lab/errors.ts';
import type { FabricPort } from '../../../lab/fabric.ts';
import type { FaultContext } from '../../../lab/fault.ts';
import { halt, haltProvenWithin } from '../../../lab/faults/halt.ts';
import type { Lab } from '../../../lab/provider.ts';
import { failureOf } from '../../fakes/failure.ts';
import { fakeLab } from '../../fakes/lab.ts';

const port = (node: string, lastFrameFromNodeMs: number | null): FabricPort => ({
  node,
  nic: 'eth1',
  network: 'lan',
  connected: true,
  framesFromNode: 1,
  framesToNode: 1,
  framesDropped: 0,
  lastFrameFromNodeMs,
});
const never = new AbortController().signal;

function contextOf(lab: Lab, changes: Partial<FaultContext> = {}): FaultContext {
  return { lab, node: 'nfs01', consoleFromByte: 0, signal: never, tell: () => undefined, ...changes };
}

describe('the fault halt', () => {
  it('halts the node with the command of its platform, behind the back of its own shell', async () => {
    const { lab, machine } = fakeLab();
    await halt.inject(contextOf(lab));
    expect(machine('nfs01').executed[0]?.command).to.include('halt -f -f').and.match(/&$/);
  });

  it('is proven by silence on the fabric and the last words of the kernel', async () => {
    const fake = fakeLab();
    const lastMs = hostNowMs() - 4000;
    fake.ports = [port('nfs01', lastMs - 500), port('nfs01', lastMs), port('nfs02', hostNowMs())];
    fake.consoles.set('nfs01', 'reboot: System halted');
    const { proof, lostMs } = await halt.proven(contextOf(fake.lab));
    expect(lostMs).to.equal(lastMs);
    expect(proof).to.have.length(2);
  });

  const notHalted: [string, (FabricPort | 'now')[], string, string][] = [
    ['that goes on sending', ['now'], 'reboot: System halted', 'ms ago'],
    ['that is not on the fabric', [port('nfs02', 1)], 'reboot: System halted', 'it never sent a frame'],
    ['that never sent a frame', [port('nfs01', null)], 'reboot: System halted', 'it never sent a frame'],
    ['that is silent but whose kernel runs', [port('nfs01', 1)], 'login:', 'login:'],
  ];
  for (const [what, ports, console, state] of notHalted)
    it(`is not proven for a node ${what}, and the last state is told`, async () => {
      const fake = fakeLab();
      Object.defineProperty(fake, 'ports', {
        get: () => ports.map((each) => (each === 'now' ? port('nfs01', hostNowMs() - 10) : each)),
      });
      fake.consoles.set('nfs01', console);
      const quick = haltProvenWithin(60);
      const error = await failureOf(quick.proven(contextOf(fake.lab)));
      expect(error).to.be.instanceOf(TimeoutError);
      expect(error.message).to.include(state);
    });

  it('is not proven by what the console said before it', async () => {
    const fake = fakeLab();
    fake.ports = [port('nfs01', 1)];
    fake.consoles.set('nfs01', 'reboot: System halted');
    const consoleFromByte = await fake.lab.consoleBytes('nfs01');
    const quick = haltProvenWithin(60);
    const context = contextOf(fake.lab, { consoleFromByte });
    expect(await failureOf(quick.proven(context))).to.be.instanceOf(TimeoutError);
  });

  it('is not waited for once the run is interrupted', async () => {
    const fake = fakeLab();
    const controller = new AbortController();
    const waiting = failureOf(halt.proven(contextOf(fake.lab, { signal: controller.signal })));
    controller.abort();
    expect(await waiting).to.be.instanceOf(InterruptedError);
  });

  it('is lifted by the cluster where a peer had the node rebooted after it, and not before it', async () => {
    const fake = fakeLab();
    const struckMs = hostNowMs();
    const context = contextOf(fake.lab);
    const fencing = { by: 'nfs02', node: 'nfs01', action: 'reboot', state: 'on' } as const;
    const found = (): Promise<string | undefined> | undefined => halt.liftedByCluster?.(context, struckMs);
    expect(await found()).to.equal(undefined);
    fake.fencings = [{ ...fencing, atMs: struckMs - 1 }];
    expect(await found()).to.equal(undefined);
    fake.fencings = [{ ...fencing, atMs: struckMs + 1, node: 'nfs02' }];
    expect(await found()).to.equal(undefined);
    fake.fencings = [{ ...fencing, atMs: struckMs + 1, action: 'off', state: 'off' }];
    expect(await found()).to.equal(undefined);
    fake.fencings = [{ ...fencing, atMs: struckMs + 1 }];
    expect(await found()).to.match(
      /^nfs02 has had nfs01 powered off and on -?\d+\.\d s ago; it boots by itself$/,
    );
  });

  it('is healed by power, also twice', async () => {
    const fake = fakeLab();
    const context = contextOf(fake.lab);
    await halt.heal(context);
    await halt.heal(context);
    await halt.healed(context);
    expect(fake.done).to.deep.equal(['power nfs01 on', 'power nfs01 on', 'reachable nfs01']);
  });
});
