import { expect } from 'chai';
import { UsageError } from '../../../lab/errors.ts';
import type { FabricConnection } from '../../../lab/fabric/client.ts';
import { eventually, failureOf, frame, startRig, textOf } from './rig.ts';
import type { Nic, Rig } from './rig.ts';

describe("the fabric's rules", () => {
  let rig: Rig;
  let control: FabricConnection;
  let a: Nic;
  let b: Nic;
  let c: Nic;
  let chances: number[];

  beforeEach(async () => {
    chances = [];
    rig = await startRig(() => chances.shift() ?? 0.5);
    control = await rig.control();
    a = await rig.nic('a');
    b = await rig.nic('b');
    c = await rig.nic('c');
  });
  afterEach(() => rig.close());

  const ttlMs = 10_000;
  const drop = { kind: 'drop' } as const;

  it('drop one direction of one pair and nothing else', async () => {
    const id = await control.addRule({ network: 'lan', from: 'a', to: 'b', effect: drop, ttlMs });
    a.send(frame(1, 255, 'cut'));
    expect((await c.received(1)).map(textOf)).to.deep.equal(['cut']);
    b.send(frame(2, 255, 'back'));
    expect((await a.received(1)).map(textOf)).to.deep.equal(['back']);
    c.send(frame(3, 255, 'other'));
    expect((await b.received(1)).map(textOf)).to.deep.equal(['other']);
    const [rule] = await control.rules();
    expect(rule).to.deep.include({ id, network: 'lan', from: 'a', to: 'b', effect: drop, hits: 1 });
    expect(rule?.expiresInMs).to.be.within(5000, ttlMs);
    expect(await control.removeRule(id)).to.equal(true);
    expect(await control.removeRule(id)).to.equal(false);
    a.send(frame(1, 2, 'healed'));
    expect((await b.received(2)).map(textOf)).to.deep.equal(['other', 'healed']);
  });

  it('without a sender or receiver cut everything on their network', async () => {
    const a2 = await rig.nic('a', 'eth2');
    const d = await rig.nic('d', 'eth2');
    await control.addRule({ network: 'lan', effect: drop, ttlMs });
    a.send(frame(1, 255, 'nowhere'));
    await eventually('two hits', async () => (await control.rules())[0]?.hits === 2);
    a2.send(frame(9, 255, 'crossover'));
    await d.received(1);
    expect([...b.frames, ...c.frames]).to.deep.equal([]);
  });

  it('end by themselves after their time', async () => {
    await control.addRule({ network: 'lan', from: 'a', effect: drop, ttlMs: 200 });
    a.send(frame(1, 255, 'cut'));
    await eventually('a hit', async () => (await control.rules())[0]?.hits === 2);
    await eventually('the end of the rule', async () => (await control.rules()).length === 0);
    a.send(frame(1, 255, 'healed'));
    expect((await b.received(1)).map(textOf)).to.deep.equal(['healed']);
    expect(rig.log.join('\n')).to.include('its time was over');
  });

  it('stay when the client that asked dies, until their time is over', async () => {
    const doomed = await rig.control();
    await doomed.addRule({ network: 'lan', from: 'a', effect: drop, ttlMs: 200 });
    doomed.close();
    expect(await control.rules()).to.have.lengthOf(1);
    await eventually('the end of the rule', async () => (await control.rules()).length === 0);
  });

  it('lose the part of the frames that was asked for', async () => {
    await control.addRule({
      network: 'lan',
      from: 'a',
      to: 'b',
      effect: { kind: 'loss', probability: 0.3 },
      ttlMs,
    });
    chances = [0.1, 0.9, 0.29, 0.3];
    a.send(...['lost', 'kept', 'lost too', 'kept too'].map((text) => frame(1, 255, text)));
    expect((await b.received(2)).map(textOf)).to.deep.equal(['kept', 'kept too']);
    expect((await control.rules())[0]?.hits).to.equal(2);
  });

  it('delay with jitter and keep the order', async () => {
    const effect = { kind: 'delay', delayMs: 40, jitterMs: 30 } as const;
    await control.addRule({ network: 'lan', from: 'a', to: 'b', effect, ttlMs });
    chances = [1, 0, 0.5];
    const startMs = performance.now();
    a.send(...['one', 'two', 'three'].map((text) => frame(1, 255, text)));
    await c.received(3);
    expect((await b.received(3)).map(textOf)).to.deep.equal(['one', 'two', 'three']);
    expect(performance.now() - startMs).to.be.at.least(69);
  });

  it('add up', async () => {
    for (const delayMs of [25, 30])
      await control.addRule({
        network: 'lan',
        to: 'b',
        effect: { kind: 'delay', delayMs, jitterMs: 0 },
        ttlMs,
      });
    const startMs = performance.now();
    a.send(frame(1, 255, 'late'));
    await b.received(1);
    expect(performance.now() - startMs).to.be.at.least(54);
  });

  it('release what they hold back at once when they end, before newer frames', async () => {
    const effect = { kind: 'delay', delayMs: 60_000, jitterMs: 0 } as const;
    const id = await control.addRule({ network: 'lan', from: 'a', effect, ttlMs });
    a.send(frame(1, 255, 'held'), frame(1, 255, 'held too'));
    await eventually('the frames', async () => (await control.rules())[0]?.hits === 4);
    await control.removeRule(id);
    a.send(frame(1, 255, 'newer'));
    expect((await b.received(3)).map(textOf)).to.deep.equal(['held', 'held too', 'newer']);
    expect(rig.fabric.segments.get('lan')?.waiting).to.equal(0);
  });

  it('cut the frames that are still on their way', async () => {
    const effect = { kind: 'delay', delayMs: 200, jitterMs: 0 } as const;
    await control.addRule({ network: 'lan', from: 'a', to: 'b', effect, ttlMs });
    a.send(frame(1, 255, 'held'));
    await c.received(1);
    await control.addRule({ network: 'lan', from: 'a', to: 'b', effect: drop, ttlMs });
    await eventually('the cut', async () => (await control.rules())[1]?.hits === 1);
    c.send(frame(3, 255, 'end'));
    expect((await b.received(1)).map(textOf)).to.deep.equal(['end']);
  });

  it('forget what waits for a node that disconnects', async () => {
    const effect = { kind: 'delay', delayMs: 60_000, jitterMs: 0 } as const;
    await control.addRule({ network: 'lan', to: 'b', effect, ttlMs });
    a.send(frame(1, 255, 'held'));
    await c.received(1);
    b.socket.destroy();
    await eventually('no frame waits', () => rig.fabric.segments.get('lan')?.waiting === 0);
    expect(rig.fabric.ports[1]?.waitingBytes).to.equal(0);
  });

  it('pass a rate and drop what does not fit the queue', async () => {
    const effect = { kind: 'rate', bytesPerSecond: 6400, queueBytes: 256 } as const;
    await control.addRule({ network: 'lan', from: 'a', to: 'b', effect, ttlMs });
    const startMs = performance.now();
    a.send(...Array.from({ length: 10 }, (_, at) => frame(1, 255, String(at))));
    await c.received(10);
    expect((await b.received(4)).map(textOf)).to.deep.equal(['0', '1', '2', '3']);
    expect(performance.now() - startMs).to.be.at.least(39);
    expect((await control.rules())[0]?.hits).to.equal(10);
  });

  it('on an unknown network or node are refused with the nearest name', async () => {
    const network = await failureOf(control.addRule({ network: 'lam', effect: drop, ttlMs }));
    expect(network).to.be.instanceOf(UsageError);
    expect(network).to.include({ message: 'the fabric has no network lam', hint: 'did you mean lan?' });
    const node = await failureOf(control.addRule({ network: 'crossover', from: 'b', effect: drop, ttlMs }));
    expect(node.message).to.equal('network crossover has no node b');
    expect(await control.rules()).to.deep.equal([]);
  });

  for (const [what, rule] of [
    ['no time to live', { network: 'lan', effect: drop, ttlMs: 0 }],
    ['an endless time to live', { network: 'lan', effect: drop, ttlMs: Infinity }],
    ['a probability over 1', { network: 'lan', effect: { kind: 'loss', probability: 1.1 }, ttlMs }],
    ['a negative delay', { network: 'lan', effect: { kind: 'delay', delayMs: -1, jitterMs: 0 }, ttlMs }],
    ['a rate of 0', { network: 'lan', effect: { kind: 'rate', bytesPerSecond: 0, queueBytes: 1 }, ttlMs }],
  ] as const)
    it(`with ${what} are refused and the connection goes on`, async () => {
      const error = await failureOf(control.addRule(rule));
      expect(error).to.be.instanceOf(UsageError);
      expect(error.message).to.match(/^not a request: rule\./);
      expect(await control.rules()).to.deep.equal([]);
    });
});
