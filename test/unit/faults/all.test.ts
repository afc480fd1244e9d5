import { readdirSync } from 'node:fs';
import { expect } from 'chai';

const namesIn = (folder: string): string[] =>
  readdirSync(new URL(`../../../${folder}/`, import.meta.url))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replace(/\.ts$/, ''))
    .sort();

describe('the faults', () => {
  it('each have a contract test on a real lab, and no such test is of a fault that is gone', () => {
    expect(namesIn('test/contract/faults')).to.deep.equal(namesIn('lab/faults'));
  });
});
