import { expect } from 'chai';
import { RunRecord } from '../../../lab/record.ts';
import * as bad from '../../fixtures/bad-records.ts';
import { exampleRecord } from '../../fixtures/record.ts';

describe('the example record', () => {
  it('is valid and the same every time', () => {
    expect(RunRecord.parse(exampleRecord())).to.deep.equal(exampleRecord());
  });

  it('is a new one every time', () => {
    const spoiled = exampleRecord();
    spoiled.clients.pop();
    spoiled.checks.pop();
    expect(exampleRecord().clients).to.have.length(2);
    expect(exampleRecord().checks).to.have.length(8);
  });

  it('has the stalls it tells of', () => {
    const [failover, failback] = exampleRecord().windows;
    expect(failover).to.include({ worst: 'sv02', stallSeconds: 28.412 });
    expect(failback).to.include({ worst: 'sv01', stallSeconds: 12.046 });
  });

  for (const [name, make] of Object.entries({
    recordWithLoss: bad.recordWithLoss,
    recordWithTwoActives: bad.recordWithTwoActives,
    recordOverBudget: bad.recordOverBudget,
    recordWithErrors: bad.recordWithErrors,
    recordWithSilentClient: bad.recordWithSilentClient,
    recordWithOpenStall: bad.recordWithOpenStall,
    brokenRecord: () => bad.brokenRecord(),
  })) {
    it(`stays valid where it is bad (${name})`, () => {
      expect(RunRecord.safeParse(make()).error).to.equal(undefined);
    });
  }
});
