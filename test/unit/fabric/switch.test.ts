import { expect } from 'chai';
import { once } from 'node:events';
import { within } from '../../../lab/wait.ts';
import { eventually, frame, framed, startRig, textOf } from './rig.ts';
import type { Nic, Rig } from './rig.ts';

describe('the fabric as a switch', () => {
  let rig: Rig;
  let a: Nic;
  let b: Nic;
  let c: Nic;

  beforeEach(async () => {
    rig = await startRig();
    a = await rig.nic('a');
    b = await rig.nic('b');
    c = await rig.nic('c');
  });
  afterEach(() => rig.close());

  it('floods a frame to an unknown address and never returns it to its sender', async () => {
    a.send(frame(1, 2, 'who'));
    expect((await b.received(1)).map(textOf)).to.deep.equal(['who']);
    expect((await c.received(1)).map(textOf)).to.deep.equal(['who']);
    b.send(frame(2, 255, 'end'));
    expect((await a.received(1)).map(textOf)).to.deep.equal(['end']);
  });

  it('sends a frame to a learned address only to its port', async () => {
    b.send(frame(2, 255, 'hello'));
    await a.received(1);
    a.send(frame(1, 2, 'private'), frame(1, 255, 'all'));
    expect((await b.received(2)).map(textOf)).to.deep.equal(['private', 'all']);
    expect((await c.received(2)).map(textOf)).to.deep.equal(['hello', 'all']);
  });

  it('floods multicast', async () => {
    const multicast = frame(1, 2, 'group');
    multicast[0] = 0x01;
    a.send(multicast);
    await Promise.all([b.received(1), c.received(1)]);
  });

  it('does not learn a group address as a sender', async () => {
    const odd = frame(1, 2, 'odd');
    odd[6] = 0xff;
    a.send(odd);
    await b.received(1);
    expect(rig.fabric.segments.get('lan')?.macs.size).to.equal(0);
  });

  it('keeps two networks apart', async () => {
    const a2 = await rig.nic('a', 'eth2');
    const d = await rig.nic('d', 'eth2');
    a.send(frame(1, 255, 'lan'), frame(1, 4, 'lan too'));
    await b.received(2);
    a2.send(frame(9, 255, 'crossover'));
    expect((await d.received(1)).map(textOf)).to.deep.equal(['crossover']);
    expect(a2.frames).to.have.lengthOf(0);
    expect(b.frames).to.have.lengthOf(2);
  });

  it('follows an address that moves to another port', async () => {
    b.send(frame(20, 255, 'first holder'));
    await a.received(1);
    c.send(frame(20, 255, 'second holder'));
    await a.received(2);
    a.send(frame(1, 20, 'to the holder'), frame(1, 255, 'end'));
    expect((await c.received(3)).map(textOf)).to.deep.equal(['first holder', 'to the holder', 'end']);
    expect((await b.received(2)).map(textOf)).to.deep.equal(['second holder', 'end']);
  });

  it('forgets the addresses of a port that disconnects', async () => {
    b.send(frame(2, 255, 'here'));
    await a.received(1);
    a.send(frame(1, 2, 'known'));
    await b.received(1);
    b.socket.destroy();
    await eventually('the end of the port', () => rig.fabric.ports[1]?.socket === undefined);
    a.send(frame(1, 2, 'flooded'));
    expect((await c.received(2)).map(textOf)).to.deep.equal(['here', 'flooded']);
  });

  it('gives a port to its newest connection', async () => {
    const replacement = await rig.nic('b');
    await within('the end of the old connection', 2000, once(b.socket, 'close'));
    a.send(frame(1, 255, 'new'));
    expect((await replacement.received(1)).map(textOf)).to.deep.equal(['new']);
  });

  it('puts frames together however they are cut', async () => {
    const large = Buffer.concat([frame(1, 255, 'large'), Buffer.alloc(9000, 7)]);
    const bytes = Buffer.concat([frame(1, 255, 'one'), large, frame(1, 255, 'three')].map(framed));
    a.socket.setNoDelay(true);
    for (const cut of [1, 3, 5, 66, 67, 68, 69, 71, 4096]) {
      for (let at = 0; at < bytes.length; at += cut) {
        a.socket.write(bytes.subarray(at, at + cut));
        if (at % 20 === 0) await new Promise(setImmediate);
      }
    }
    const frames = await b.received(27);
    for (let at = 0; at < 27; at += 3) {
      expect(textOf(frames[at] ?? large)).to.equal('one');
      expect(frames[at + 1]?.equals(large)).to.equal(true);
      expect(textOf(frames[at + 2] ?? large)).to.equal('three');
    }
  });

  for (const [what, length] of [
    ['too long', 65 * 1024 + 1],
    ['the largest number', 0xffff_ffff],
    ['shorter than its header', 13],
    ['empty', 0],
  ] as const)
    it(`closes only the connection that sends a frame that is ${what}`, async () => {
      const bad = Buffer.alloc(20);
      bad.writeUInt32BE(length);
      a.socket.write(Buffer.concat([framed(frame(1, 255, 'good')), bad]));
      await within('the end of the connection', 2000, once(a.socket, 'close'));
      expect((await b.received(1)).map(textOf)).to.deep.equal(['good']);
      expect(rig.log.join('\n')).to.include(`a eth1: a frame of ${String(length)} bytes is not possible`);
      b.send(frame(2, 255, 'goes on'));
      await c.received(2);
    });

  it('passes the longest frame', async () => {
    a.send(Buffer.concat([frame(1, 255, 'longest'), Buffer.alloc(65 * 1024 - 64)]));
    expect((await b.received(1))[0]).to.have.lengthOf(65 * 1024);
  });

  it('counts frames and dates the last one of every port', async () => {
    const before = await (await rig.control()).ports();
    expect(before.map(({ lastFrameFromNodeMs }) => lastFrameFromNodeMs)).to.deep.equal(Array(5).fill(null));
    a.send(frame(1, 255, 'one'), frame(1, 255, 'two'));
    await b.received(2);
    const [first, second, , other] = await (await rig.control()).ports();
    expect(first).to.include({ node: 'a', nic: 'eth1', network: 'lan', connected: true, framesFromNode: 2 });
    expect(first?.lastFrameFromNodeMs).to.be.closeTo(Number(process.hrtime.bigint()) / 1e6, 2000);
    expect(second).to.include({ framesToNode: 2, framesFromNode: 0, framesDropped: 0 });
    expect(other).to.include({ network: 'crossover', connected: false });
  });

  it('bounds what waits for a node that does not read, and serves the others', async () => {
    b.socket.pause();
    const large = Buffer.concat([frame(1, 255, 'large'), Buffer.alloc(60_000)]);
    const sent = 150;
    for (let at = 0; at < sent; at++) {
      a.send(large);
      if (at % 20 === 19) await c.received(at + 1);
    }
    await c.received(sent);
    const port = rig.fabric.ports[1];
    expect(port?.framesDropped).to.be.greaterThan(0);
    expect(port?.socket?.writableLength).to.be.lessThanOrEqual(4 * 1024 * 1024);
    expect(rig.fabric.ports[2]?.framesDropped).to.equal(0);
    b.socket.resume();
    await b.received(sent - (port?.framesDropped ?? 0));
    a.send(frame(1, 255, 'again'));
    await eventually('a frame after the flood', () => textOf(b.frames.at(-1) ?? large) === 'again');
  });
});
