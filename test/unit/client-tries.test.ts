import { expect } from 'chai';
import { triesOf } from '../../lab/client-tries.ts';
import type { TimelineEvent } from '../../lab/timeline.ts';

const stall = { seconds: 30, startMs: 10_000, endMs: 40_000, open: false };
const seen = (kind: string, ...secondsIn: number[]): TimelineEvent[] =>
  secondsIn.map((second) => ({
    atMs: 10_000 + second * 1000,
    uncertaintyMs: 0,
    source: 'fabric',
    node: 'sv01',
    kind,
    text: kind,
  }));
const told = (events: TimelineEvent[], serviceMs: number | null = null): string | undefined =>
  triesOf('sv01', stall, serviceMs, events)?.text;

describe('the tries of a client', () => {
  it('show a back-off that doubles, and how long the service had to wait for the next one', () => {
    const events = seen('retransmission', 0.2, 0.6, 1.4, 3, 6.2, 12.6, 25.4);
    expect(triesOf('sv01', stall, 28_100, events)).to.deep.equal({
      atMs: 35_400,
      uncertaintyMs: 0,
      source: 'fabric',
      node: 'sv01',
      kind: 'client-tries',
      text:
        'sv01 tried 0.2, 0.6, 1.4, 3.0, 6.2, 12.6 and 25.4 s into its stall, each pause about twice as long as the one before; ' +
        'the service was there 18.1 s into it, and the next try came 7.3 s later, 12.8 s after the one before',
    });
  });

  it('show a client that asks for connections at a steady pace', () => {
    expect(told(seen('connection-attempt', 3, 6.1, 9, 12.1))).to.equal(
      'sv01 tried 3.0, 6.1, 9.0 and 12.1 s into its stall, every 3.1 s',
    );
  });

  it('show a client that kept silent until its patience was over', () => {
    const events = [...seen('request-unanswered', 29.9), ...seen('connection-attempt', 29.95)];
    expect(told(events, 15_000)).to.equal(
      'sv01 tried 29.9 s into its stall; the service was there 5.0 s into it, and the next try came 24.9 s later, 29.9 s after the stall began',
    );
  });

  it('show a back-off that began anew with a new connection', () => {
    expect(told(seen('retransmission', 0.2, 0.7, 1.5, 3.3, 6.9, 12.3, 13.3))).to.equal(
      'sv01 tried 0.2, 0.7, 1.5, 3.3, 6.9, 12.3 and 13.3 s into its stall, at first with pauses that double, up to 3.6 s',
    );
  });

  it('claim no rhythm where there is none', () => {
    expect(told(seen('retransmission', 1, 2, 9, 11))).to.equal(
      'sv01 tried 1.0, 2.0, 9.0 and 11.0 s into its stall',
    );
  });

  it('are counted where there are many', () => {
    const events = seen('connection-attempt', ...Array.from({ length: 20 }, (_, i) => i + 1));
    expect(told(events)).to.match(
      /^sv01 tried 20 times, the last 9\.0, 10\.0, .* and 20\.0 s into its stall, every 1\.0 s$/,
    );
  });

  it('are those of this client in this stall, and of segments of one try the first', () => {
    const other = seen('retransmission', 5).map((event) => ({ ...event, node: 'sv02' }));
    const events = [...seen('retransmission', -1, 31, 2, 2.05), ...seen('connection-accepted', 4), ...other];
    expect(told(events)).to.equal('sv01 tried 2.0 s into its stall');
  });

  it('are not told where none were seen, or the stall was no outage', () => {
    expect(told([])).to.equal(undefined);
    const short = { ...stall, seconds: 0.9, endMs: 10_900 };
    expect(triesOf('sv01', short, null, seen('retransmission', 0.2))).to.equal(undefined);
  });

  it('say nothing of a service whose return was not seen, or that no try came after', () => {
    const events = seen('retransmission', 2);
    expect(told(events, 20_000)).to.equal('sv01 tried 2.0 s into its stall');
    expect(told(events, 10_000)).to.equal('sv01 tried 2.0 s into its stall');
  });
});
