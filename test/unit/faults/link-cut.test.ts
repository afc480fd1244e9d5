import { expect } from 'chai';
import { hostNowMs } from '../../../lab/clock.ts';
import { InterruptedError } from '../../../lab/errors.ts';
import type { FaultContext } from '../../../lab/fault.ts';
import { linkCut } from '../../../lab/faults/link-cut.ts';
import type { Lab } from '../../../lab/provider.ts';
import { pause } from '../../../lab/wait.ts';
import { failureOf } from '../../fakes/failure.ts';
import { fakeLab, type FakeLab } from '../../fakes/lab.ts';

const never = new AbortController().signal;
const cable = linkCut('eth1');

/** A lab whose node has this carrier and was last heard at these times, one after another; the last one stays. */
function rig({
  carrier = '0',
  lastFramesMs = [],
}: { carrier?: string; lastFramesMs?: (number | null)[] } = {}): FakeLab & { looks: () => number } {
  let looks = 0;
  const fake = fakeLab((_node, command) => ({
    stdout: /\/sys\/class\/net\/eth[12]\/carrier/.test(command) ? `${carrier}\n` : '',
  }));
  fake.lab.network.lastFrameFromMs = () => {
    const seen = lastFramesMs[Math.min(looks, lastFramesMs.length - 1)] ?? null;
    looks += 1;
    return Promise.resolve(seen);
  };
  return { ...fake, looks: () => looks };
}

/** The same lab, with eth1 and eth2 of nfs01 in a bond. */
function bond(lab: Lab): Lab {
  const nodes = lab.topology.nodes.map((node) =>
    node.name === 'nfs01'
      ? {
          ...node,
          nics: ['eth1', 'eth2'].map((name) => ({ name, network: 'lan' })),
          bonds: [{ name: 'bond0', slaves: ['eth1', 'eth2'], network: 'lan', address: '192.168.33.12/24' }],
        }
      : node,
  );
  return { ...lab, topology: { ...lab.topology, nodes } };
}

function contextOf(lab: Lab, signal = never): FaultContext {
  return { lab, node: 'nfs01', consoleFromByte: 0, signal, tell: () => undefined };
}

describe('the fault link-cut', () => {
  it('needs a provider that can pull cables, and says which one it pulls', () => {
    expect(cable.needs).to.deep.equal(['link']);
    expect(linkCut('eth2').title).to.equal('the link of eth2 is out');
  });

  it('pulls the cable of that NIC and plugs it again, also twice', async () => {
    const { lab, done } = rig({ carrier: '1' });
    await cable.inject(contextOf(lab));
    for (let i = 0; i < 2; i++) await cable.heal(contextOf(lab));
    await cable.healed(contextOf(lab));
    expect(done).to.deep.equal(['link nfs01 eth1 down', 'link nfs01 eth1 up', 'link nfs01 eth1 up']);
  });

  it('pulls every cable of a bond and plugs all of them again', async () => {
    const { lab, done } = rig({ carrier: '1' });
    const context = contextOf(bond(lab));
    await cable.inject(context);
    await cable.heal(context);
    await cable.healed(context);
    expect(done).to.deep.equal([
      'link nfs01 eth1 down',
      'link nfs01 eth2 down',
      'link nfs01 eth1 up',
      'link nfs01 eth2 up',
    ]);
  });

  it('is proven for a bond when every cable has lost carrier', async () => {
    const { lab, machine } = rig({ lastFramesMs: [hostNowMs() - 2100] });
    const { proof } = await cable.proven(contextOf(bond(lab)));
    expect(proof[0]).to.equal('eth1, eth2 of nfs01 have lost carrier (its own kernel)');
    expect(proof[1]).to.match(/^the fabric saw no frame from eth1, eth2 of nfs01 for/);
    expect(machine('nfs01').executed.map(({ command }) => command)).to.deep.equal([
      'cat /sys/class/net/eth1/carrier',
      'cat /sys/class/net/eth2/carrier',
    ]);
  });

  it('is proven by the kernel of the node and by the silence of 1.5 s that others hear', async () => {
    const { lab } = rig({ lastFramesMs: [hostNowMs() - 2100] });
    const { proof, lostMs } = await cable.proven(contextOf(lab));
    expect(proof[0]).to.equal('eth1 of nfs01 has lost carrier (its own kernel)');
    expect(proof[1]).to.match(/^the fabric saw no frame from eth1 of nfs01 for 2\.\d s$/);
    expect(lostMs).to.equal(undefined);
  });

  it('is not kept from its proof by what the node sends over another cable', async () => {
    const fake = rig();
    const asked: unknown[] = [];
    fake.lab.network.lastFrameFromMs = (...of) => {
      asked.push(of);
      return Promise.resolve(hostNowMs() - 2000);
    };
    await cable.proven(contextOf(fake.lab));
    expect(asked).to.deep.equal([['nfs01', 'lan']]);
  });

  it('names the guests as witnesses where there is no fabric', async () => {
    const { lab } = rig({ lastFramesMs: [hostNowMs() - 5000] });
    const guests: Lab = { ...lab, network: { ...lab.network, witness: 'guests' } };
    expect((await cable.proven(contextOf(guests))).proof[1]).to.match(/^the other guests saw no frame/);
  });

  it('is proven no sooner than the node falls silent', async () => {
    const now = hostNowMs();
    const { lab, looks } = rig({ lastFramesMs: [now + 60_000, now + 60_000, now - 1600] });
    const { proof } = await cable.proven(contextOf(lab));
    expect(looks()).to.equal(3);
    expect(proof[1]).to.match(/for 1\.[6-9] s|for [2-9]\.\d s/);
  });

  const unproven: [string, Parameters<typeof rig>[0]][] = [
    ['that still has carrier', { carrier: '1', lastFramesMs: [1] }],
    ['whose carrier cannot be read', { carrier: '', lastFramesMs: [1] }],
    ['that goes on sending', { lastFramesMs: [Infinity] }],
    ['that nobody ever heard: its silence says nothing', { lastFramesMs: [null] }],
  ];
  for (const [what, parts] of unproven)
    it(`is not proven for a node ${what}, and the wait for it can be interrupted`, async () => {
      const { lab, looks, machine } = rig(parts);
      const controller = new AbortController();
      const proving = failureOf(cable.proven(contextOf(lab, controller.signal)));
      await pause(250);
      expect(looks() + machine('nfs01').executed.length).to.be.greaterThan(2);
      controller.abort();
      expect(await proving).to.be.instanceOf(InterruptedError);
    });

  it('is not healed before the node has carrier again', async () => {
    let carrier = '0';
    const fake = fakeLab(() => ({ stdout: `${carrier}\n` }));
    let healed = false;
    const healing = cable.healed(contextOf(fake.lab)).then(() => {
      healed = true;
    });
    await pause(150);
    expect(healed).to.equal(false);
    carrier = '1';
    await healing;
  });

  it('gives nothing to a shell of the node that the shell could act on', async () => {
    const fake = fakeLab(() => ({ stdout: '1' }));
    await linkCut("eth1'; reboot #").healed(contextOf(fake.lab));
    expect(fake.machine('nfs01').executed[0]?.command).to.equal(
      "cat '/sys/class/net/eth1'\\''; reboot #/carrier'",
    );
  });
});
