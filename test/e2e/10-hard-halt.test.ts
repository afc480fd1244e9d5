import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { judge } from '../../lab/check.ts';
import type { RunRecord } from '../../lab/record.ts';
import { locksKept } from '../../lab/checks/locks-kept.ts';
import { hardHalt } from '../../scenarios/hard-halt.ts';
import { workFolder } from './rig.ts';
import { expectPass, soundRun, type SoundRun } from './sound-run.ts';

describe('lab scenario hard-halt --stack heartbeat-sarge, from nothing', () => {
  let run: SoundRun;
  let record: RunRecord;

  before(async () => {
    run = await soundRun('hard-halt', 'heartbeat-sarge');
    record = run.record;
  });

  it('passes every check, but for those that a starved host spoils', () => {
    expectPass(run, hardHalt.checks.length);
  });

  it('measured two stalls, the failover longer than deadtime allows for', () => {
    expect(record.windows.map((window) => window.name)).to.deep.equal(['failover', 'failback']);
    const [failover, failback] = record.windows.map((window) => window.stallSeconds ?? 0);
    expect(failover).to.be.greaterThan(8);
    expect(failback).to.be.greaterThan(1);
    expect(record.stallSeconds).to.equal(failover);
  });

  it('cut each stall into phases that add up to it, to the millisecond', () => {
    for (const window of record.windows) {
      const total = window.phases.reduce((sum, phase) => sum + Math.round((phase.seconds ?? 0) * 1000), 0);
      expect(total, window.name).to.equal(Math.round((window.stallSeconds ?? 0) * 1000));
    }
  });

  it('observed every phase of the failover, in the order of haresources', () => {
    expect(record.phases.map((phase) => [phase.name, phase.observed])).to.deep.equal(
      ['detect', 'address', 'promote', 'mount', 'serve', 'reconnect'].map((name) => [name, true]),
    );
  });

  it('read every acknowledged write back by the other client and from both replicas', () => {
    for (const client of record.clients) {
      expect(client.acknowledged).to.be.greaterThan(100);
      expect(client.lost).to.equal(0);
      expect(client.damaged).to.equal(0);
      const other = client.name === 'sv01' ? 'sv02' : 'sv01';
      expect(client.readBacks.map((one) => one.reader)).to.include.members([
        `client ${other}`,
        'replica nfs01',
        'replica nfs02',
      ]);
    }
  });

  it('watched every node and the fabric for starvation, through the whole run', () => {
    const watched = record.load?.watchdogs.filter((each) => each.wakes > 0).map((each) => each.of);
    expect(watched).to.include.members(['sv01', 'sv02', 'nfs01', 'nfs02', 'fabric']);
    const steal = record.load?.steal ?? [];
    expect(steal.at(-1)?.toMs).to.be.greaterThan(record.windows.at(-1)?.endMs ?? Infinity);
  });

  it('said before what the settings allow at least, and drew no wait where none was asked for', () => {
    for (const { name, prediction } of record.windows)
      expect(prediction?.floorSeconds, name).to.be.a('number');
    expect(record.windows[0]?.prediction?.floorSeconds).to.be.greaterThan(5);
    expect(record.blow).to.equal(null);
  });

  it('saw in every sense who held the service, from the first server to the second and back', () => {
    for (const of of ['address', 'announcement', 'service', 'replica'] as const) {
      const held = record.tenures.filter((tenure) => tenure.of === of).map((tenure) => tenure.node);
      // Nobody asks who has the address before it moves: the clients know.
      const first = of === 'announcement' ? held.find((node) => node === 'nfs01') : held[0];
      expect([first, held.includes('nfs02'), held.at(-1)], of).to.deep.equal(['nfs01', true, 'nfs01']);
    }
  });

  it('held a lock through it, and knows what became of it', () => {
    const { locks } = record;
    expect(locks?.holder).to.equal('sv01');
    expect(['kept', 'lost'], locks?.reason).to.include(locks?.outcome);
    expect(locks?.takenMs).to.be.lessThan(record.faults[0]?.injectedMs ?? 0);
  });

  it('explains the way back of each client by its own tries', () => {
    const tried = record.events.filter((event) => event.kind === 'client-tries').map((event) => event.node);
    expect(tried).to.include.members(['sv01', 'sv02']);
    expect(record.phases.at(-1)?.evidence).to.include('into its stall');
  });

  it('proved the fault and healed it', () => {
    const [fault] = record.faults;
    expect(fault?.name).to.equal('halt');
    expect(fault?.node).to.equal('nfs01');
    expect(fault?.provenAt).to.be.a('string');
    expect(fault?.healedAt).to.be.a('string');
    expect(fault?.proof.join(' ')).to.match(/no frame from nfs01.*System halted.*is dead/s);
  });

  it('wrote record, report and logs', () => {
    const directory = join(workFolder, 'lab-results', record.id);
    for (const file of ['record.json', 'report.html', ...record.files])
      expect(existsSync(join(directory, file)), file).to.equal(true);
    expect(readFileSync(join(directory, 'report.html'), 'utf8')).to.include('could not write for');
  });

  describe('its record, falsified, is condemned:', () => {
    const verdicts = (bad: RunRecord): Record<string, string> =>
      Object.fromEntries(
        judge(bad, [...hardHalt.checks, locksKept]).map((check) => [check.name, check.verdict]),
      );
    const falsify = (change: (copy: RunRecord) => void): Record<string, string> => {
      const copy = structuredClone(record);
      change(copy);
      return verdicts(copy);
    };

    it('a record that is missing on one replica', () => {
      const found = falsify((copy) => {
        const [client] = copy.clients;
        const back = client?.readBacks.at(-1);
        if (client === undefined || back === undefined) throw new Error('no read-back');
        back.lost = 1;
        client.lost = 1;
      });
      expect(found['no-acknowledged-write-lost']).to.equal('fail');
    });

    it('two active servers', () => {
      const found = falsify((copy) => {
        for (const tenure of copy.tenures) tenure.toMs += 5000;
      });
      expect(found['never-two-active']).to.equal('fail');
    });

    it('two MAC addresses that announce the service address', () => {
      const found = falsify((copy) => {
        const tenure = copy.tenures.find((each) => each.of === 'announcement');
        if (tenure === undefined) throw new Error('no announcement');
        copy.tenures.push({ ...tenure, node: 'nfs02', mac: '52:54:00:00:00:99' });
      });
      expect(found['never-two-active']).to.equal('fail');
    });

    it('a node that had no processor in the stall', () => {
      const found = falsify((copy) => {
        const { startMs } = copy.windows[0]?.stalls[0] ?? { startMs: 0 };
        copy.load?.late.push({ of: 'nfs02', atMs: startMs + 3000, lateMs: 2500 });
      });
      expect(found['measurement-sound']).to.equal('unknown');
    });

    it('a stall over the budget', () => {
      const found = falsify((copy) => {
        for (const window of copy.windows) window.budget.seconds = 1;
      });
      expect(found['stall-within-budget']).to.equal('fail');
    });

    it('the service on the wrong node', () => {
      expect(
        falsify((copy) => {
          if (copy.final !== null) copy.final.active = ['nfs02'];
        })['service-on-expected-node'],
      ).to.equal('fail');
    });

    it('replicas that differ', () => {
      expect(
        falsify((copy) => {
          if (copy.final?.replicas) copy.final.replicas.identical = false;
        })['replicas-identical'],
      ).to.equal('fail');
    });

    it('a health condition that does not hold', () => {
      expect(
        falsify((copy) => {
          for (const condition of copy.final?.health ?? []) condition.ok = false;
        })['redundancy-restored'],
      ).to.equal('fail');
    });

    it('a lock that another client got', () => {
      const found = falsify((copy) => {
        if (copy.locks === null) throw new Error('nobody looked after a lock');
        copy.locks.outcome = 'lost';
      });
      expect(found['locks-kept']).to.equal('fail');
    });

    it('a fault that was never proven', () => {
      expect(
        falsify((copy) => {
          for (const fault of copy.faults) Object.assign(fault, { provenAt: null, provenMs: null });
        })['faults-proven'],
      ).to.not.equal('pass');
    });

    it('a clock that was not known', () => {
      expect(
        falsify((copy) => {
          for (const clock of copy.clocks) clock.uncertaintyMs = 500;
        })['measurement-sound'],
      ).to.equal('unknown');
    });
  });
});
