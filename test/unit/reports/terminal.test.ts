import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import { judgeLock, noNfsLock } from '../../../lab/nfs-lock.ts';
import type { RunRecord } from '../../../lab/record.ts';
import { renderTerminal } from '../../../reports/terminal.ts';
import * as bad from '../../fixtures/bad-records.ts';
import { lockFacts } from '../../fixtures/lock.ts';
import { exampleRecord } from '../../fixtures/record.ts';

const plain = (record: RunRecord, width = 80): string => renderTerminal(record, { colour: false, width });

const oddRecords: Record<string, RunRecord> = {
  example: exampleRecord(),
  loss: bad.recordWithLoss(),
  'two actives': bad.recordWithTwoActives(),
  'over budget': bad.recordOverBudget(),
  errors: bad.recordWithErrors(),
  'silent client': bad.recordWithSilentClient(),
  'open stall': bad.recordWithOpenStall(),
  broken: bad.brokenRecord(),
  nothing: exampleRecord({
    clients: [],
    windows: [],
    phases: [],
    checks: [],
    events: [],
    files: [],
    final: null,
  }),
};

describe('the summary for a terminal', () => {
  it('begins with verdict, scenario, stack and the worst stall', () => {
    expect(plain(exampleRecord()).split('\n')[0]).to.equal(
      'PASS  hard-halt on heartbeat-sarge: worst stall 28.4 s (sv02)',
    );
  });

  for (const [name, record] of Object.entries(oddRecords)) {
    it(`stays within 80 columns (${name})`, () => {
      const tooLong = plain(record)
        .split('\n')
        .filter((line) => line.length > 80);
      expect(tooLong).to.deep.equal([]);
    });

    it(`says the same with colour as without (${name})`, () => {
      const coloured = renderTerminal(record, { colour: true, width: 80 });
      expect(coloured).to.contain('\u001b[');
      expect(stripVTControlCharacters(coloured)).to.equal(plain(record));
    });
  }

  it('tells what became of a lock in one line, and nothing where there is none', () => {
    expect(plain(exampleRecord(), 120)).to.contain(
      'lock  kept: sv02 was refused 2 times, last at 151.8 s, and got it once sv01 had given it back',
    );
    const lost = judgeLock(lockFacts({ released: { atMs: 1, error: 'EIO' } }));
    expect(plain(exampleRecord({ locks: lost }))).to.contain('lock  lost: sv01 could not give it back: EIO');
    expect(plain(exampleRecord({ locks: lost }))).to.contain('a lock was lost');
    for (const locks of [null, noNfsLock]) expect(plain(exampleRecord({ locks }))).not.to.contain('lock  ');
  });

  it('uses no escape sequence when told so, whatever a guest wrote', () => {
    const record = exampleRecord({ files: ['\u001b[2Jlog'] });
    record.checks = [{ name: 'x', verdict: 'fail', message: 'found \u001b]0;title\u0007' }];
    expect(plain(record)).not.to.match(/[^\P{Cc}\n]/u);
  });

  it('shows phases that add up to the stall it shows', () => {
    const text = plain(exampleRecord());
    const failover = text.slice(text.indexOf('failover:'), text.indexOf('failback:'));
    const seconds = [...failover.matchAll(/^ +\d [a-z]+ +(\d+\.\d{3}) s/gm)].map((match) => Number(match[1]));
    expect(seconds).to.have.length(6);
    expect(seconds.reduce((a, b) => a + b, 0)).to.be.closeTo(28.412, 1e-9);
    expect(failover).to.contain('stall 28.412 s (sv02), 63 % of the budget of 45 s');
  });

  it('marks a phase that was not observed', () => {
    expect(plain(exampleRecord(), 120)).to.match(
      /2 address +- +no announcement.* \[not observed, inside promote\]/,
    );
  });

  it('shows the reason of a broken run on its second line and the rest below it', () => {
    const lines = plain(bad.brokenRecord('qemu of nfs02 ended\nKernel panic')).split('\n');
    expect(lines.slice(0, 3)).to.deep.equal([
      'UNKNOWN  hard-halt on heartbeat-sarge',
      'The run could not be judged: qemu of nfs02 ended',
      '  Kernel panic',
    ]);
  });

  it('never says pass of an unknown run', () => {
    const text = plain(exampleRecord({ verdict: 'unknown', checks: [] }));
    expect(text).to.match(/^UNKNOWN {2}/);
    expect(text.toLowerCase()).not.to.contain('pass');
  });

  it('tells a client that never wrote from one that lost nothing', () => {
    const line = plain(bad.recordWithSilentClient())
      .split('\n')
      .find((each) => each.startsWith('sv02  '));
    expect(line).to.match(/no writes +no writes +1,515 +0 +1,515 +unread +unread$/);
  });

  it('names the errors below the table, with the times in which they came', () => {
    expect(plain(bad.recordWithErrors(), 120)).to.match(
      /^sv02 failed with EIO 20 \(0:\d\d\.\d{3} to 0:\d\d\.\d{3}(?:, in \d+ stretches)?\)$/m,
    );
  });

  it('marks a stall that was still open', () => {
    const text = plain(bad.recordWithOpenStall());
    expect(text).to.match(/^sv01 +> 29\.9 s /m);
    expect(text).to.contain('still open at the end');
  });

  it('shows a failed check with its message', () => {
    expect(plain(bad.recordOverBudget(), 120)).to.match(
      /^ {2}fail +stall-within-budget: sv02 waited 28\.4 s/m,
    );
  });
});
