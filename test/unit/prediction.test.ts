import { expect } from 'chai';
import { predict, type EarlierStall, type Timing } from '../../lab/prediction.ts';

function timing(deadtime: number, clients: Partial<Timing['clients']> = {}): Timing {
  return {
    timers: [
      {
        name: 'detection',
        leastSeconds: deadtime - 2,
        likelySeconds: deadtime - 1,
        mostSeconds: deadtime,
        from: `deadtime=${String(deadtime)}`,
      },
    ],
    clients: { mostSeconds: (away) => away, grows: true, from: 'doubling', ...clients },
    settings: ['deadtime'],
  };
}

const run = (deadtime: number, awaySeconds: number, clientSeconds: number): EarlierStall => ({
  timing: timing(deadtime),
  awaySeconds,
  clientSeconds,
});
const about = { intervalMs: 100, basis: 'these' };

describe('a prediction', () => {
  it('without earlier runs is the floor of the timers, and nothing more', () => {
    expect(predict(timing(10), [], about)).to.deep.equal({
      floorSeconds: 7.9,
      expectedSeconds: null,
      band: null,
      terms: [{ name: 'detection', seconds: 8, from: 'deadtime=10' }],
      records: 0,
      basis: 'these',
    });
  });

  it('has no floor below nothing', () => {
    expect(predict({ ...timing(10), timers: [] }, [], about).floorSeconds).to.equal(0);
  });

  it('adds to the timers what earlier runs took beside theirs, and the share of their clients', () => {
    const { expectedSeconds, terms, records } = predict(
      timing(10),
      [run(10, 20, 10), run(10, 22, 11), run(10, 25, 5)],
      about,
    );
    expect(terms.map(({ name, seconds }) => [name, seconds])).to.deep.equal([
      ['detection', 9],
      ['beside the timers', 13],
      ['clients', 11],
    ]);
    expect(expectedSeconds).to.equal(33);
    expect(records).to.equal(3);
  });

  it('learns from runs with other timers', () => {
    const earlier = [run(10, 20, 10), run(30, 40, 20)];
    const ten = predict(timing(10), earlier, about).expectedSeconds ?? 0;
    const thirty = predict(timing(30), earlier, about).expectedSeconds ?? 0;
    expect(ten).to.be.closeTo(30, 1e-9);
    expect(thirty).to.be.closeTo(60, 1e-9);
  });

  it('has a band that holds the runs it rests on, and is wider for fewer of them', () => {
    const one = predict(timing(10), [run(10, 20, 10)], about).band;
    const many = predict(
      timing(10),
      Array.from({ length: 9 }, () => run(10, 20, 10)),
      about,
    ).band;
    if (one === null || many === null) throw new Error('no band');
    expect(one.fromSeconds).to.be.below(many.fromSeconds);
    expect(one.toSeconds).to.be.above(many.toSeconds);
    expect(many.fromSeconds).to.be.below(30);
    expect(many.toSeconds).to.be.above(30);
    // Timers 8 to 10 s, 11 s beside them give or take a tenth, clients as long again at most.
    expect(many).to.deep.equal({ fromSeconds: 17.8, toSeconds: 44.2 });
  });

  it('has a band that never reaches below its floor', () => {
    const { band, floorSeconds } = predict(timing(10), [run(10, 1, 0)], about);
    expect(band?.fromSeconds).to.equal(floorSeconds);
  });

  it('of clients that do not wait longer for being without service longer takes their time, not its share', () => {
    const clients = { grows: false, mostSeconds: () => 5 };
    const earlier = [{ ...run(10, 20, 3), timing: timing(10, clients) }];
    const { terms } = predict(timing(30, clients), earlier, about);
    expect(terms.at(-1)).to.include({ name: 'clients', seconds: 3 });
  });

  it('never expects more of the clients than they can add', () => {
    const clients = { mostSeconds: () => 4 };
    const { terms } = predict(timing(10, clients), [run(10, 20, 15)], about);
    expect(terms.at(-1)?.seconds).to.equal(4);
  });
});
