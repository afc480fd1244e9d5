import { expect } from 'chai';
import { crcOf, formatRecord, parseRecords, payloadOf, readBack, recordBytes } from '../../lab/ledger.ts';

const client = 'sv01';
const sequences = Array.from({ length: 20 }, (_, i) => i + 1);
const ledger = sequences.map((sequence) => ({ sequence, crc: crcOf(payloadOf(client, sequence)) }));
const records = sequences.map((sequence) => formatRecord(client, sequence));
const reader = 'replica nfs02';

function read(text: string) {
  return readBack({ client, ledger }, text, reader);
}

describe('a ledger record', () => {
  it('is one line of fixed size that tells client, sequence, CRC and payload', () => {
    const record = formatRecord('sv02', 61);
    expect(record).to.have.length(recordBytes);
    expect(record).to.match(/^lab1 sv02 0000000061 [0-9a-f]{8} (sv02:0000000061;)+.*\n$/);
    expect(Buffer.byteLength(record)).to.equal(recordBytes);
  });

  it('has the same size for the longest client name and sequence', () => {
    expect(formatRecord('a'.repeat(31), 9_999_999_999)).to.have.length(recordBytes);
  });

  it('has the CRC-32 of zlib', () => {
    expect(crcOf('123456789')).to.equal('cbf43926');
  });

  it('is found again, for a client that is called like the format too', () => {
    expect(parseRecords(formatRecord('lab1', 7))).to.deep.equal([
      { client: 'lab1', sequence: 7, crc: crcOf(payloadOf('lab1', 7)) },
    ]);
  });
});

describe('reading back', () => {
  it('finds everything in a clean file', () => {
    expect(read(records.join(''))).to.deep.equal({
      reader,
      records: 20,
      lost: 0,
      damaged: 0,
      examples: [],
    });
  });

  it('does not mind another order, duplicates, other clients and unacknowledged records', () => {
    const text = [
      ...records.toReversed(),
      ...records.slice(3, 6),
      formatRecord('sv02', 1),
      formatRecord(client, 21),
    ].join('');
    expect(read(text)).to.deep.include({ records: 21, lost: 0, damaged: 0 });
  });

  it('counts a missing record as lost', () => {
    expect(read(records.toSpliced(4, 2).join(''))).to.deep.include({
      records: 18,
      lost: 2,
      damaged: 0,
      examples: [5, 6],
    });
  });

  it('counts everything as lost in an empty file', () => {
    expect(read('')).to.deep.include({ records: 0, lost: 20, damaged: 0 });
  });

  it('counts the same record of another client as lost', () => {
    const text = records.with(4, formatRecord('sv02', 5)).join('');
    expect(read(text)).to.deep.include({ lost: 1, damaged: 0, examples: [5] });
  });

  for (const [what, change] of [
    ['a byte of its payload', (r: string) => r.replace(/.\n$/, '#\n')],
    ['its CRC', (r: string) => r.replace(/ [0-9a-f]{8} /, ' 00000000 ')],
    ['a payload of zeros', (r: string) => r.slice(0, 60) + '\0'.repeat(67) + '\n'],
    ['the payload of its neighbour', (r: string) => r.slice(0, 30) + formatRecord(client, 6).slice(30)],
    ['no newline', (r: string) => r.slice(0, -1)],
    ['half of it', (r: string) => r.slice(0, 64)],
    ['half of it and a newline', (r: string) => `${r.slice(0, 64)}\n`],
    ['a letter too much', (r: string) => r.replace(/\n$/, 'x\n')],
  ] as const) {
    it(`counts a record with ${what} as damaged, and no other`, () => {
      const text = records.with(4, change(records[4] ?? '')).join('');
      expect(read(text)).to.deep.include({ records: 19, lost: 0, damaged: 1, examples: [5] });
    });
  }

  it('counts a record torn within its header as lost', () => {
    const text = records.with(4, 'lab1 sv01 00000').join('');
    expect(read(text)).to.deep.include({ records: 19, lost: 1, damaged: 0, examples: [5] });
  });

  it('takes a whole copy beside a torn one', () => {
    const torn = records[4]?.slice(0, 70) ?? '';
    expect(read(records.toSpliced(4, 0, torn).join(''))).to.deep.include({ lost: 0, damaged: 0 });
  });

  it('counts a record whose CRC is not the acknowledged one as damaged', () => {
    const other = [{ sequence: 1, crc: 'ffffffff' }];
    expect(readBack({ client, ledger: other }, records.join(''), reader)).to.deep.include({
      lost: 0,
      damaged: 1,
    });
  });

  it('survives text that is no record at all', () => {
    const noise = '\0\0\0 lab1 \n\n lab1 lab1 \uFFFD\uFFFD';
    expect(read(noise + records.join(noise))).to.deep.include({ records: 20, lost: 0, damaged: 0 });
  });

  it('gives ten examples at most', () => {
    expect(read('').examples).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});
