import { expect } from 'chai';
import { frameWatch } from '../../../lab/fabric/frame-watch.ts';
import type { Sighting } from '../../../lab/fabric.ts';
import { flag, tcp } from './packets.ts';

const call = (sequence: number): Buffer =>
  tcp({ station: 1, from: [11, 800], to: [20, 2049], flags: flag.ACK, payload: 'call', sequence });
const reply = (sequence: number): Buffer =>
  tcp({ station: 2, from: [20, 2049], to: [11, 800], flags: flag.ACK, payload: 'yes!', sequence });
const acknowledgement = tcp({ station: 2, from: [20, 2049], to: [11, 800], flags: flag.ACK });

function seenOf(frames: [atMs: number, node: string, frame: Buffer][]): Partial<Sighting>[] {
  const seen: Sighting[] = [];
  const watch = frameWatch({ tcpPort: 2049 }, (sighting) => seen.push(sighting));
  for (const [atMs, node, frame] of frames) watch(node, 'lan', frame, 0, frame.length, atMs);
  return seen;
}

describe('a watch of frames', () => {
  it('tells data that is sent into a silence, and for how long nothing had come', () => {
    const seen = seenOf([
      [0, 'a', call(0)],
      [10, 'b', reply(0)],
      [100, 'a', call(4)],
      [110, 'b', acknowledgement],
      [1050, 'a', call(8)],
      [61_110, 'a', call(12)],
      [61_120, 'b', reply(4)],
      [61_200, 'a', call(16)],
    ]);
    expect(seen.map((each) => [each.atMs, 'silentMs' in each ? each.silentMs : null])).to.deep.equal([
      [0, null],
      [10, null],
      [61_110, 61_000],
    ]);
  });

  it('calls what is sent again a retransmission, and no data that is sent into a silence', () => {
    const seen = seenOf([
      [0, 'b', reply(0)],
      [10, 'a', call(0)],
      [5000, 'a', call(0)],
    ]);
    expect(seen.at(-1)).to.deep.include({ atMs: 5000, again: true });
    expect(seen.at(-1)).not.to.have.property('silentMs');
  });

  it('knows no silence of an end that was never heard', () => {
    const seen = seenOf([
      [0, 'a', call(0)],
      [9000, 'a', call(4)],
    ]);
    expect(seen.map((each) => each.atMs)).to.deep.equal([0]);
  });
});
