import { expect } from 'chai';
import type { RunRecord } from '../../lab/record.ts';
import { linkFlap } from '../../scenarios/link-flap.ts';
import { expectPass, soundRun, type SoundRun } from './sound-run.ts';

describe('lab scenario link-flap, on the lab of the scenario before', () => {
  let run: SoundRun;
  let record: RunRecord;

  before(async () => {
    run = await soundRun('link-flap', 'heartbeat-sarge', [], ['--seed', '7']);
    record = run.record;
  });

  it('passes every check, but for those that a starved host spoils', () => {
    expectPass(run, linkFlap.checks.length);
  });

  it('struck at a drawn point of the heartbeat interval', () => {
    const { blow } = record;
    expect(blow).to.deep.include({ seed: 7, run: 1, of: 1, heartbeatIntervalMs: 2000 });
    expect(blow?.waitMs).to.be.within(0, 1999);
    const delayed = record.events.filter((event) => event.kind === 'fault-delayed');
    expect(delayed).to.have.length(1);
    expect(record.windows[0]?.startMs).to.be.at.least(
      (delayed[0]?.atMs ?? Infinity) + (blow?.waitMs ?? 0) - 1,
    );
  });

  it('proved by the kernel of the node and by the fabric that the cable was out', () => {
    expect(record.faults[0]?.proof.join('; ')).to.match(
      /eth1 of nfs01 has lost carrier.*the fabric saw no frame/,
    );
    expect(record.faults[0]?.healedAt).to.be.a('string');
  });

  it('cut the stall into the outage and the time to reconnect, which add up to it', () => {
    const [window] = record.windows;
    expect(window?.phases.map(({ name, observed }) => [name, observed])).to.deep.equal([
      ['outage', true],
      ['reconnect', true],
    ]);
    const total = record.phases.reduce((sum, phase) => sum + Math.round((phase.seconds ?? 0) * 1000), 0);
    expect(total).to.equal(Math.round((record.stallSeconds ?? 0) * 1000));
    expect(record.stallSeconds).to.be.greaterThan(3);
  });

  it('saw no failover: the service stayed on its node, and nothing was promoted elsewhere', () => {
    expect(record.final?.active).to.deep.equal(['nfs01']);
    const held = record.tenures.map((tenure) => tenure.node);
    expect(new Set(held)).to.deep.equal(new Set(['nfs01']));
  });
});
