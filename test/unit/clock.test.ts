import { expect } from 'chai';
import { ClockTrack, hostNowMs } from '../../lab/clock.ts';

/** A reading whose answer was made in the middle of the round trip. */
function reading(hostMs: number, guestMs: number, roundTripMs = 2) {
  return { sentMs: hostMs - roundTripMs / 2, receivedMs: hostMs + roundTripMs / 2, guestMs };
}

describe('a clock track', () => {
  it('knows nothing before the first reading', () => {
    const track = new ClockTrack();
    expect(track.toHost(5)).to.equal(undefined);
    expect(track.uncertaintyMs).to.equal(undefined);
  });

  it('maps by the offset, to half the round trip', () => {
    const track = new ClockTrack();
    track.add(reading(1000, 501_000, 8));
    expect(track.toHost(501_000)).to.deep.equal({ hostMs: 1000, uncertaintyMs: 4 });
  });

  it('holds the true time within its uncertainty however the round trip is divided', () => {
    for (const share of [0, 0.2, 0.5, 0.9, 1]) {
      const track = new ClockTrack();
      track.add({ sentMs: 100, receivedMs: 110, guestMs: 7000 + 100 + 10 * share });
      const mapped = track.toHost(7105);
      expect(mapped?.hostMs).to.be.closeTo(105, mapped?.uncertaintyMs ?? 0);
    }
  });

  it('follows a clock that drifts', () => {
    const track = new ClockTrack();
    const guestAt = (hostMs: number): number => 9_000_000 + hostMs * 1.0002;
    for (let hostMs = 0; hostMs <= 60_000; hostMs += 10_000) track.add(reading(hostMs, guestAt(hostMs)));
    for (const hostMs of [0, 1234, 25_000, 59_999])
      expect(track.toHost(guestAt(hostMs))?.hostMs).to.be.closeTo(hostMs, 0.001);
  });

  it('allows for drift outside its readings', () => {
    const track = new ClockTrack();
    track.add(reading(0, 100));
    track.add(reading(20_000, 20_100));
    expect(track.toHost(30_100)).to.deep.equal({ hostMs: 30_000, uncertaintyMs: 1 + 5 });
    expect(track.toHost(-1900)).to.deep.equal({ hostMs: -2000, uncertaintyMs: 1 + 1 });
  });

  it('goes by the tightest reading of a stretch', () => {
    const track = new ClockTrack();
    track.add(reading(1000, 501_030, 80));
    track.add(reading(2000, 502_000, 2));
    track.add(reading(3000, 502_970, 60));
    const mapped = track.toHost(502_000);
    expect(mapped).to.deep.equal({ hostMs: 2000, uncertaintyMs: 1 });
    expect(track.uncertaintyMs).to.equal(1);
    expect(track.count).to.equal(3);
  });

  it('forgets the old clock on reset', () => {
    const track = new ClockTrack();
    track.add(reading(1000, 900_000));
    track.reset();
    expect(track.toHost(900_000)).to.equal(undefined);
    track.add(reading(2000, 50));
    expect(track.toHost(50)?.hostMs).to.equal(2000);
  });

  it('refuses what cannot be a reading', () => {
    const track = new ClockTrack();
    expect(() => {
      track.add({ sentMs: 2, receivedMs: 1, guestMs: 0 });
    }).to.throw(RangeError, 'sent 2, received 1');
    expect(() => {
      track.add({ sentMs: 1, receivedMs: 2, guestMs: Number.NaN });
    }).to.throw(RangeError, 'NaN');
    expect(track.count).to.equal(0);
  });
});

describe('the host clock', () => {
  it('never runs backwards', () => {
    const times = Array.from({ length: 100 }, hostNowMs);
    expect(times).to.deep.equal(times.toSorted((a, b) => a - b));
  });
});
