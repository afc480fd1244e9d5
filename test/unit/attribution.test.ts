import { expect } from 'chai';
import { cutIntoPhases } from '../../lab/attribution.ts';
import type { Phase } from '../../lab/record.ts';
import type { PhaseMarker } from '../../lab/stack.ts';
import type { Stall } from '../../lab/stall.ts';
import type { TimelineEvent } from '../../lab/timeline.ts';
import { seededNumbers } from '../fixtures/samples.ts';

function stallOf(startMs: number, endMs: number, open = false): Stall {
  return { startMs, endMs, open, seconds: Math.round(endMs - startMs) / 1000 };
}

function marker(name: string, governedBy?: string): PhaseMarker {
  return {
    name,
    matches: (event) => event.kind === name,
    ...(governedBy === undefined ? {} : { governedBy }),
  };
}

function event(kind: string, atMs: number, uncertaintyMs = 1): TimelineEvent {
  return { kind, atMs, uncertaintyMs, source: 'cluster', node: 'nfs02', text: `${kind} happened` };
}

function outline(phases: readonly Phase[]): [string, number | null, string[]][] {
  return phases.map((phase) => [phase.name, phase.seconds, phase.includes]);
}

const markers = [marker('detect', 'deadtime=10'), marker('promote'), marker('serve')];

describe('cutting a stall into phases', () => {
  it('ends each phase at its event and the last one at the acknowledgement', () => {
    const events = [event('detect', 10_000), event('promote', 12_500, 2), event('serve', 20_000)];
    const phases = cutIntoPhases(stallOf(1000, 24_000), markers, events);
    expect(outline(phases)).to.deep.equal([
      ['detect', 9, []],
      ['promote', 2.5, []],
      ['serve', 7.5, []],
      ['reconnect', 4, []],
    ]);
    expect(phases[0]?.governedBy).to.equal('deadtime=10');
    expect(phases[1]).to.deep.include({ startMs: 10_000, endMs: 12_500, uncertaintyMs: 3 });
    expect(phases[1]?.evidence).to.equal('promote happened (cluster on nfs02, ±2.0 ms)');
    expect(phases.at(-1)?.evidence).to.include('first acknowledgement');
  });

  it('does not depend on the order in which events arrived', () => {
    const events = [event('serve', 20_000), event('detect', 10_000), event('promote', 12_500)];
    expect(outline(cutIntoPhases(stallOf(1000, 24_000), markers, events)).map(([, s]) => s)).to.deep.equal([
      9, 2.5, 7.5, 4,
    ]);
  });

  it('puts the time of an unobserved phase into the next observed one, which names it', () => {
    const phases = cutIntoPhases(stallOf(0, 10_000), markers, [event('serve', 8000)]);
    expect(outline(phases)).to.deep.equal([
      ['detect', null, []],
      ['promote', null, []],
      ['serve', 8, ['detect', 'promote']],
      ['reconnect', 2, []],
    ]);
    expect(phases[0]).to.deep.include({ observed: false, startMs: null, endMs: null });
    expect(phases[0]?.evidence).to.equal('nothing was seen that ends it');
  });

  it('gives everything to the last phase when nothing was seen', () => {
    const phases = cutIntoPhases(stallOf(0, 3000), markers, []);
    expect(outline(phases).at(-1)).to.deep.equal(['reconnect', 3, ['detect', 'promote', 'serve']]);
  });

  it('gives 0 s to a phase that was over before the stall began', () => {
    const events = [event('detect', 500), event('promote', 3000), event('serve', 4000)];
    const [detect] = cutIntoPhases(stallOf(1000, 5000), markers, events);
    expect(detect).to.deep.include({ seconds: 0, observed: true, startMs: 1000, endMs: 1000 });
    expect(detect?.evidence).to.include('0.500 s before the stall began');
  });

  it('gives 0 s to a phase whose end came before that of the phase before it, and says so', () => {
    const events = [event('detect', 4000), event('promote', 3000), event('serve', 5000)];
    const phases = cutIntoPhases(stallOf(1000, 6000), markers, events);
    expect(outline(phases).map(([, s]) => s)).to.deep.equal([3, 0, 1, 1]);
    expect(phases[1]?.evidence).to.include('1.000 s before the end of the phase before it: the order');
  });

  it('takes the first event after the boundary, and tells of an earlier one', () => {
    const events = [event('promote', 2000), event('detect', 4000), event('promote', 4500)];
    const phases = cutIntoPhases(stallOf(1000, 6000), markers, events);
    expect(phases[1]).to.deep.include({ seconds: 0.5, endMs: 4500 });
    expect(phases[1]?.evidence).to.include('seen before, 2.000 s too early');
  });

  it('does not let an event after the acknowledgement explain the stall', () => {
    const events = [event('detect', 2000), event('serve', 9000)];
    const phases = cutIntoPhases(stallOf(1000, 6000), markers, events);
    expect(outline(phases)).to.deep.equal([
      ['detect', 1, []],
      ['promote', null, []],
      ['serve', null, []],
      ['reconnect', 4, ['promote', 'serve']],
    ]);
    expect(phases[2]?.evidence).to.include('only 3.000 s after the stall was over');
  });

  it('takes an event within its uncertainty of the acknowledgement for the end', () => {
    const events = [event('detect', 2000), event('promote', 3000), event('serve', 6004, 5)];
    const phases = cutIntoPhases(stallOf(1000, 6000), markers, events);
    expect(outline(phases).slice(2)).to.deep.equal([
      ['serve', 3, []],
      ['reconnect', 0, []],
    ]);
    expect(phases[2]?.endMs).to.equal(6000);
  });

  it('calls the last phase open when the stall is', () => {
    const phases = cutIntoPhases(stallOf(1000, 6000, true), markers, [event('detect', 2000)]);
    expect(outline(phases).at(-1)).to.deep.equal(['open', 4, ['promote', 'serve']]);
    expect(phases.at(-1)?.evidence).to.include('no acknowledgement');
  });

  it('takes from a reconnect marker only what governs it', () => {
    const withReconnect = [marker('detect'), marker('reconnect', 'timeo=50')];
    const events = [event('detect', 2000), event('reconnect', 2500)];
    const phases = cutIntoPhases(stallOf(1000, 6000), withReconnect, events);
    expect(outline(phases)).to.deep.equal([
      ['detect', 1, []],
      ['reconnect', 4, []],
    ]);
    expect(phases[1]?.governedBy).to.equal('timeo=50');
  });

  it('ends a reconnect that something follows at its event, and resume with the acknowledgement', () => {
    const withGrace = [marker('reconnect', 'timeo=600'), marker('grace'), marker('resume', 'its next try')];
    const events = [event('reconnect', 4000), event('grace', 4500), event('resume', 4600)];
    const phases = cutIntoPhases(stallOf(1000, 6000), withGrace, events);
    expect(outline(phases)).to.deep.equal([
      ['reconnect', 3, []],
      ['grace', 0.5, []],
      ['resume', 1.5, []],
    ]);
    expect(phases.map((phase) => phase.governedBy)).to.deep.equal(['timeo=600', undefined, 'its next try']);
    expect(outline(cutIntoPhases(stallOf(1000, 6000, true), withGrace, events)).at(-1)).to.deep.equal([
      'open',
      1.5,
      [],
    ]);
  });

  it('tells markers whose stall it is', () => {
    const own: PhaseMarker = {
      name: 'reconnect',
      matches: ({ kind, subject }, client) => kind === 'accepted' && subject === client,
    };
    const events = [
      { ...event('accepted', 2000), subject: 'sv01' },
      { ...event('accepted', 5000), subject: 'sv02' },
    ];
    const secondsOf = (client?: string): number | null | undefined =>
      cutIntoPhases(
        { ...stallOf(1000, 6000), ...(client === undefined ? {} : { client }) },
        [own, marker('resume')],
        events,
      )[0]?.seconds;
    expect([secondsOf('sv01'), secondsOf('sv02'), secondsOf()]).to.deep.equal([1, 4, null]);
  });

  it('adds up to the stall to the millisecond, whatever was seen and when', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const next = seededNumbers(seed);
      next();
      const names = Array.from({ length: 1 + Math.floor(next() * 7) }, (_, i) => `p${String(i)}`);
      const startMs = next() * 100_000;
      const stall = stallOf(startMs, startMs + next() * 60_000, next() < 0.2);
      const events = Array.from({ length: Math.floor(next() * 20) }, () =>
        event(
          names[Math.floor(next() * names.length)] ?? '',
          stall.startMs + (next() * 1.4 - 0.2) * (stall.endMs - stall.startMs),
          next() * 100,
        ),
      );
      const phases = cutIntoPhases(
        stall,
        names.map((name) => marker(name)),
        events,
      );
      const observed = phases.filter((phase) => phase.observed);
      const told = `seed ${String(seed)}`;
      const totalMs = observed.reduce((sum, phase) => sum + Math.round((phase.seconds ?? 0) * 1000), 0);
      expect(totalMs, told).to.equal(Math.round(stall.seconds * 1000));
      expect(
        observed.every((phase) => (phase.seconds ?? -1) >= 0),
        told,
      ).to.equal(true);
      expect(phases.map((phase) => phase.name).slice(0, -1), told).to.deep.equal(names);
      const included = observed.flatMap((phase) => phase.includes);
      const unobserved = phases.filter((phase) => !phase.observed).map((phase) => phase.name);
      expect(included, told).to.deep.equal(unobserved);
      let fromMs: number | null = stall.startMs;
      for (const phase of observed) {
        expect(phase.startMs, told).to.equal(fromMs);
        fromMs = phase.endMs;
      }
      expect(fromMs, told).to.equal(stall.endMs);
    }
  });
});
