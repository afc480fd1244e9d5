import { expect } from 'chai';
import { resolveSettings } from '../../../lab/settings.ts';
import { heartbeatSarge } from '../../../provisioners/heartbeat-sarge.ts';
import { fileOf, planOf } from '../plans/plan-of.ts';

const plan = planOf('period');

describe('the period edition of heartbeat-sarge', () => {
  it('adds directives the article lacks only when they are asked for', () => {
    const text = fileOf(
      planOf('period', { warntime: '7', initdead: '60', autoFailback: 'off', deadtime: '20' }),
      '/etc/heartbeat/ha.cf',
    );
    expect(text.split('\n').slice(3, 8)).to.deep.equal([
      'deadtime 20',
      'warntime 7',
      'initdead 60',
      'auto_failback off',
      'bcast   eth0',
    ]);
  });

  it('adds a serial line to the article’s ha.cf and machines when it is asked for', () => {
    const asked = { 'heartbeat.media': 'eth+serial' };
    expect(fileOf(planOf('period', asked), '/etc/heartbeat/ha.cf').split('\n').slice(3, 7)).to.deep.equal([
      'deadtime 10',
      'baud 19200',
      'serial /dev/ttyS1',
      'bcast   eth0',
    ]);
    expect(
      heartbeatSarge.topology('period', resolveSettings(heartbeatSarge, 'period', asked)).serialLines,
    ).to.deep.equal([{ between: ['server1', 'server2'] }]);
    expect(heartbeatSarge.topology('period').serialLines).to.equal(undefined);
  });

  it('has the machines of the article', () => {
    expect(plan.nodes).to.deep.equal([
      { name: 'client', role: 'client', addresses: ['192.168.0.100/24'] },
      { name: 'server1', role: 'server', addresses: ['192.168.0.172/24'] },
      { name: 'server2', role: 'server', addresses: ['192.168.0.173/24'] },
    ]);
  });
});

describe('the errata of heartbeat-sarge', () => {
  it('each say where, what, what is right, why, and what is done about it', () => {
    for (const erratum of plan.errata) {
      expect(erratum.section, erratum.says).to.match(/^\d+ \S/);
      for (const text of [erratum.says, erratum.right, erratum.why, erratum.handling])
        expect(text, erratum.says).to.have.length.above(4);
      expect(erratum.right, erratum.says).not.to.equal(erratum.says);
    }
  });

  it('are each told once, in the order of the article', () => {
    const numbers = plan.errata.map((erratum) => parseInt(erratum.section, 10));
    expect(numbers).to.deep.equal([...numbers].sort((a, b) => a - b));
    expect(new Set(plan.errata.map((erratum) => erratum.says)).size).to.equal(plan.errata.length);
  });

  it('are at sections that the plan has', () => {
    const sections = plan.sections.map((section) => section.articleSection);
    for (const erratum of plan.errata) expect(sections).to.include(erratum.section);
  });

  it('cover every command that differs from print', () => {
    const says = plan.errata.map((erratum) => erratum.says);
    expect(says).to.include('drbdadm — –do-what-I-say primary all');
    expect(says).to.include('drbdadm — connect all');
  });
});
