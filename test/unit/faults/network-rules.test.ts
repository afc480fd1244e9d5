import { expect } from 'chai';
import { TimeoutError } from '../../../lab/errors.ts';
import type { Fault, FaultContext } from '../../../lab/fault.ts';
import { partition } from '../../../lab/faults/partition.ts';
import { delayed, lossy, throttled } from '../../../lab/faults/slow-link.ts';
import type { ActiveRule, NetworkRule } from '../../../lab/network.ts';
import { failureOf } from '../../fakes/failure.ts';
import { fakeLab } from '../../fakes/lab.ts';

const never = new AbortController().signal;
const quick = { ttlMs: 5000, provenWithinMs: 60 };

/** A network that keeps rules; each frame that it is told of hits those that name its ends. */
function rig(): {
  context: FaultContext;
  rules: ActiveRule[];
  added: NetworkRule[];
  hit: (i: number) => void;
} {
  const { lab } = fakeLab();
  const rules: ActiveRule[] = [];
  const added: NetworkRule[] = [];
  lab.network.addRule = (rule) => {
    added.push(rule);
    rules.push({ ...rule, id: `r${String(added.length)}`, expiresInMs: rule.ttlMs, hits: 0 });
    return Promise.resolve(`r${String(added.length)}`);
  };
  lab.network.removeRule = (id) => {
    const at = rules.findIndex((rule) => rule.id === id);
    if (at >= 0) rules.splice(at, 1);
    return Promise.resolve(at >= 0);
  };
  lab.network.rules = () => Promise.resolve(rules);
  const hit = (i: number): void => {
    const rule = rules[i];
    if (rule !== undefined) rule.hits += 3;
  };
  return {
    context: { lab, node: 'nfs01', consoleFromByte: 0, signal: never, tell: () => undefined },
    rules,
    added,
    hit,
  };
}

describe('faults that are rules on frames', () => {
  const peers = { networks: ['lan'], peer: 'nfs02' };
  const effects: [string, Fault, NetworkRule['effect']][] = [
    ['partition', partition(peers, quick), { kind: 'drop' }],
    [
      'delay',
      delayed(peers, { delayMs: 50, jitterMs: 5 }, quick),
      { kind: 'delay', delayMs: 50, jitterMs: 5 },
    ],
    ['loss', lossy(peers, 0.3, quick), { kind: 'loss', probability: 0.3 }],
    ['rate', throttled(peers, 4000, quick), { kind: 'rate', bytesPerSecond: 4000, queueBytes: 1514 }],
  ];
  for (const [name, fault, effect] of effects)
    it(`${name}: one rule for each direction, which ends by itself`, async () => {
      const { context, added } = rig();
      await fault.inject(context);
      expect(fault.name).to.equal(name);
      expect(added).to.deep.equal([
        { network: 'lan', from: 'nfs01', to: 'nfs02', effect, ttlMs: 5000 },
        { network: 'lan', to: 'nfs01', from: 'nfs02', effect, ttlMs: 5000 },
      ]);
      expect(fault.ttlMs).to.equal(5000);
      await fault.heal(context);
    });

  it('go one way where that is asked, on every network that is named, between all where no peer is', async () => {
    const { context, added } = rig();
    await partition({ networks: ['lan', 'cross'], direction: 'in' }).inject(context);
    expect(added.map(({ network, from, to }) => [network, from, to])).to.deep.equal([
      ['lan', undefined, 'nfs01'],
      ['cross', undefined, 'nfs01'],
    ]);
    added.length = 0;
    await partition({ ...peers, direction: 'out' }).inject(context);
    expect(added.map(({ from, to }) => [from, to])).to.deep.equal([['nfs01', 'nfs02']]);
  });

  it('are proven when every rule met a frame, and say how many', async () => {
    const { context, hit } = rig();
    const fault = partition(peers, quick);
    await fault.inject(context);
    hit(0);
    hit(1);
    expect((await fault.proven(context)).proof).to.deep.equal([
      'the fabric dropped 3 frames from nfs01 to nfs02 on lan',
      'the fabric dropped 3 frames from nfs02 to nfs01 on lan',
    ]);
  });

  it('are not proven by rules that met none, by one direction alone, or by rules of others', async () => {
    const { context, hit, rules } = rig();
    const fault = partition(peers, quick);
    const refused = async (): Promise<string> => {
      const error = await failureOf(fault.proven(context));
      expect(error).to.be.instanceOf(TimeoutError);
      return error.message;
    };
    expect(await refused()).to.include('no rule of it is in force');
    await lossy(peers, 0.5).inject(context);
    hit(0);
    hit(1);
    expect(await refused()).to.include('no rule of it is in force');
    rules.length = 0;
    await fault.inject(context);
    expect(await refused())
      .to.include('from nfs01 to nfs02')
      .and.include('from nfs02 to nfs01');
    hit(0);
    expect(await refused())
      .to.include('no frame from nfs02 to nfs01 met its rule')
      .and.not.include('from nfs01 to nfs02');
  });

  it('heal by taking away their own rules alone, also twice and after half an injection', async () => {
    const { context, rules } = rig();
    await context.lab.network.addRule({ network: 'lan', effect: { kind: 'drop' }, ttlMs: 1 });
    const fault = partition(peers, quick);
    let count = 0;
    const addRule = context.lab.network.addRule.bind(context.lab.network);
    context.lab.network.addRule = async (rule) => {
      if (count++ === 1) throw new Error('the fabric is gone');
      return await addRule(rule);
    };
    expect((await failureOf(fault.inject(context))).message).to.equal('the fabric is gone');
    expect(rules).to.have.length(2);
    await fault.heal(context);
    await fault.heal(context);
    await fault.healed(context);
    expect(rules.map((rule) => rule.id)).to.deep.equal(['r1']);
  });
});
