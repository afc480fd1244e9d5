import { expect } from 'chai';
import { parseRecord, recordSchema } from '../../lab/record.ts';
import { recordOfSchema1, recordOfSchema2 } from '../fixtures/old-record.ts';
import { exampleRecord } from '../fixtures/record.ts';

describe('a record that is read', () => {
  it('comes back as it was written', () => {
    const record = exampleRecord();
    expect(parseRecord(JSON.stringify(record), 'here')).to.deep.equal(record);
  });

  it('of schema 1 is the same run, with null for what was not recorded then', () => {
    const read = parseRecord(JSON.stringify(recordOfSchema1()), 'here');
    expect(read).to.deep.equal(exampleRecord({ locks: null }));
    expect([read.schema, read.blow, read.load]).to.deep.equal([recordSchema, null, null]);
    expect(read.windows.map((window) => window.prediction)).to.deep.equal([null, null]);
  });

  it('of schema 2 is the same run, of which nobody knows what became of locks', () => {
    expect(parseRecord(JSON.stringify(recordOfSchema2()), 'here')).to.deep.equal(
      exampleRecord({ locks: null }),
    );
  });

  it('of schema 1 is refused where it does not fit schema 1 either', () => {
    const broken = { ...recordOfSchema1(), stallSeconds: 'long' };
    expect(() => parseRecord(JSON.stringify(broken), 'here')).to.throw(
      /here: not a valid record[^]*stallSeconds/,
    );
    expect(() => parseRecord(JSON.stringify({ schema: 1 }), 'here')).to.throw(/not a valid record/);
  });

  it('of this schema is refused without a field of this schema', () => {
    const { blow: _blow, ...rest } = exampleRecord();
    expect(() => parseRecord(JSON.stringify(rest), 'here')).to.throw(/blow/);
  });

  it('of a newer schema is refused, and the versions are told', () => {
    const newer = { ...exampleRecord(), schema: recordSchema + 1 };
    expect(() => parseRecord(JSON.stringify(newer), 'here')).to.throw(
      `schema ${String(recordSchema + 1)} is newer than this lab reads (${String(recordSchema)})`,
    );
  });

  it('that is no JSON is refused', () => {
    expect(() => parseRecord('{', 'here')).to.throw(/here: not a record/);
  });
});
