import { expect } from 'chai';
import { RunRecord } from '../../lab/record.ts';
import { linkFlap } from '../../scenarios/link-flap.ts';
import { lab } from './rig.ts';

describe('lab scenario link-flap, on the lab of the scenario before', () => {
  let record: RunRecord;
  /** The host was too busy for figures; what must never happen, must not even then. */
  let starved = true;

  before(async () => {
    for (let attempt = 1; attempt <= 3 && starved; attempt++) {
      const outcome = await lab('scenario', 'link-flap', '--stack', 'heartbeat-sarge', '--keep', '--json');
      if (outcome.stdout === '') throw new Error(`no record; ${String(outcome.status)}: ${outcome.stderr}`);
      const [first] = RunRecord.array().parse(JSON.parse(outcome.stdout));
      if (first === undefined) throw new Error(`no record: ${outcome.stderr}`);
      record = first;
      starved = record.checks.find((check) => check.name === 'measurement-sound')?.verdict !== 'pass';
    }
  });

  it('passes every check, but for those that a starved host spoils', () => {
    const told = record.checks.map((check) => `${check.verdict} ${check.name}: ${check.message}`).join('\n');
    expect(record.broken, told).to.equal(null);
    const spoiled = starved ? ['measurement-sound', 'stall-within-budget'] : [];
    const bad = record.checks.filter((check) => check.verdict !== 'pass' && !spoiled.includes(check.name));
    expect(bad, told).to.deep.equal([]);
    expect(record.checks).to.have.length(linkFlap.checks.length);
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
