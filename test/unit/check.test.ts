import { expect } from 'chai';
import { judge, overall, worstFirst } from '../../lab/check.ts';
import type { CheckResult, Verdict } from '../../lab/record.ts';
import { exampleRecord } from '../fixtures/record.ts';

const result = (verdict: Verdict): CheckResult => ({ name: 'it', verdict, message: `it is ${verdict}` });

describe('judging a record', () => {
  it('gives each check its result, under its name', () => {
    const check = { name: 'length', judge: () => ({ verdict: 'pass' as const, message: 'long enough' }) };
    expect(judge(exampleRecord(), [check])).to.deep.equal([
      { name: 'length', verdict: 'pass', message: 'long enough' },
    ]);
  });

  it('takes a check that throws for unknown and goes on with the others', () => {
    const broken = {
      name: 'broken',
      judge: () => {
        throw new Error('no such column');
      },
    };
    const sound = { name: 'sound', judge: () => ({ verdict: 'pass' as const, message: 'well' }) };
    expect(judge(exampleRecord(), [broken, sound])).to.deep.equal([
      { name: 'broken', verdict: 'unknown', message: 'the check itself failed: no such column' },
      { name: 'sound', verdict: 'pass', message: 'well' },
    ]);
  });
});

describe('the verdict of a run', () => {
  for (const [verdicts, expected] of [
    [['pass', 'pass'], 'pass'],
    [['pass', 'unknown'], 'unknown'],
    [['pass', 'fail'], 'fail'],
    [['unknown', 'fail'], 'fail'],
    [[], 'unknown'],
  ] as const) {
    it(`is ${expected} for ${verdicts.length === 0 ? 'no checks' : verdicts.join(' and ')}`, () => {
      expect(overall(verdicts.map(result), null)).to.equal(expected);
    });
  }

  it('is unknown when the rig broke, whatever the checks say', () => {
    expect(overall([result('pass')], 'qemu died')).to.equal('unknown');
    expect(overall([result('fail')], 'qemu died')).to.equal('unknown');
  });
});

describe('several judgements as one', () => {
  it('are the worst of them, with the messages of all that gave it', () => {
    expect(worstFirst([result('pass'), result('fail'), result('unknown'), result('fail')])).to.deep.equal({
      verdict: 'fail',
      message: 'it is fail; it is fail',
    });
  });

  it('are unknown when there are none', () => {
    expect(worstFirst([])).to.deep.equal({ verdict: 'unknown', message: 'nothing to judge' });
  });
});
