import { expect } from 'chai';
import type { Timing } from '../../../lab/prediction.ts';
import type { Prediction, RunRecord } from '../../../lab/record.ts';
import { predictWindow } from '../../../lab/run/predict-window.ts';
import type { OpenedWindow } from '../../../lab/run/stage.ts';
import { fakeStack } from '../../fakes/stack.ts';
import { recordWithOpenStall } from '../../fixtures/bad-records.ts';
import { exampleRecord } from '../../fixtures/record.ts';

const window: OpenedWindow = {
  name: 'failover',
  title: 'it',
  cause: 'node-lost',
  from: 'nfs01',
  startMs: 0,
  endMs: 1,
  takeover: { cause: 'node-lost', from: 'nfs01', to: 'nfs02', emulated: true },
};

const timing = (deadtime: number): Timing => ({
  timers: [
    {
      name: 'detection',
      leastSeconds: deadtime - 2,
      likelySeconds: deadtime - 1,
      mostSeconds: deadtime,
      from: 'it',
    },
  ],
  clients: { mostSeconds: () => 20, grows: false, from: 'it' },
  settings: ['deadtime'],
});

/** The prediction of a run of the example's kind, from these earlier ones. */
function predicted(earlier: readonly RunRecord[], changes: Partial<OpenedWindow> = {}): Prediction {
  const record = exampleRecord();
  const stack = fakeStack({ timing: (_takeover, settings) => timing(Number(settings['deadtime'])) });
  return predictWindow({ ...window, ...changes }, { stack, settings: record.settings, record }, earlier);
}

describe('what a window is predicted from', () => {
  it('is earlier runs of the same kind, cut where the service was there again', () => {
    const prediction = predicted([exampleRecord()]);
    expect(prediction.records).to.equal(1);
    expect(prediction.expectedSeconds).to.be.closeTo(28.412, 1e-9);
    expect(prediction.basis).to.equal(
      'from 1 earlier run of hard-halt on heartbeat-sarge and this kind of host, with the same settings but for deadtime',
    );
  });

  it('is runs with another timer too, since its effect is known', () => {
    const record = exampleRecord();
    const slower = { ...record, settings: { ...record.settings, deadtime: 30 } };
    const { records, expectedSeconds } = predicted([slower]);
    expect(records).to.equal(1);
    expect(expectedSeconds).to.be.below(28.412 - 19);
  });

  for (const [what, change] of [
    ['another stack', { stack: 'pacemaker-centos7' }],
    ['another edition', { edition: 'period' }],
    ['another scenario', { scenario: 'link-flap' }],
    ['another accelerator', { accelerator: 'kvm' }],
    ['another provider', { provider: 'libvirt' }],
    ['another processor', { host: { ...exampleRecord().host, cpu: 'another' } }],
    ['a setting that is no timer', { settings: { ...exampleRecord().settings, 'drbd.protocol': 'A' } }],
    ['a broken rig', { broken: 'it died' }],
    ['a verdict of unknown', { verdict: 'unknown' }],
    ['no such window', { windows: exampleRecord().windows.slice(1) }],
  ] satisfies [string, Partial<RunRecord>][])
    it(`is no run with ${what}`, () => {
      const { records, band, basis } = predicted([exampleRecord(change)]);
      expect([records, band]).to.deep.equal([0, null]);
      expect(basis).to.contain('there is no earlier run');
    });

  it('counts what the client reclaims in a grace period as the client’s time', () => {
    const record = exampleRecord();
    const [first] = record.windows;
    const last = first?.phases.at(-1);
    if (first === undefined || last === undefined) throw new Error('the example has no such phase');
    const third = { ...last, seconds: (last.seconds ?? 0) / 3 };
    const back = ['reconnect', 'grace', 'resume'].map((name) => ({ ...third, name }));
    const phases = [...first.phases.slice(0, -1), ...back];
    const graced = { ...record, windows: [{ ...first, phases }, ...record.windows.slice(1)] };
    expect(predicted([graced])).to.deep.equal(predicted([record]));
  });

  it('is no stall that was still open', () => {
    expect(predicted([recordWithOpenStall()]).records).to.equal(0);
  });

  it('is no stall of which only the part of the client was seen', () => {
    const record = exampleRecord();
    const [first] = record.windows;
    if (first === undefined) throw new Error('the example has no window');
    const seenUpTo = (seen: number): RunRecord => {
      const phases = first.phases.map((phase, i) =>
        i < seen || i === first.phases.length - 1 ? phase : { ...phase, seconds: null, observed: false },
      );
      return { ...record, windows: [{ ...first, phases }] };
    };
    expect(predicted([seenUpTo(0)]).records).to.equal(0);
    expect(predicted([seenUpTo(1)]).records).to.equal(1);
  });

  it('is one blow of a fault that comes and goes at least, and all of them at most', () => {
    const flapping = { cause: 'none', outageMs: 20_000, eachOutageMs: 5000 } as const;
    expect(predicted([], flapping).floorSeconds).to.equal(4.99);
    const { expectedSeconds, band } = predicted([exampleRecord()], flapping);
    const steady = predicted([exampleRecord()], { cause: 'none', outageMs: 5000 });
    expect(expectedSeconds).to.equal(steady.expectedSeconds);
    expect(band?.fromSeconds).to.equal(steady.band?.fromSeconds);
    expect(band?.toSeconds).to.be.above((steady.band?.toSeconds ?? 0) + 15);
  });

  it('is the fault itself where the service does not move', () => {
    const outage = predicted([], { name: 'outage', cause: 'none', outageMs: 5000 });
    expect(outage).to.deep.include({ floorSeconds: 4.99, expectedSeconds: null, records: 0 });
    // A boot is work: what it is allowed is no time that it takes at least.
    const boot = predicted([], {
      name: 'outage',
      cause: 'none',
      outageMs: 240_000,
      outageEnds: 'service-started',
    });
    expect(boot.floorSeconds).to.equal(0);
    expect(predicted([], { name: 'rejoin', cause: 'none' }).floorSeconds).to.equal(0);
  });
});
