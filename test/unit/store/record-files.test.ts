import { expect } from 'chai';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { RigError } from '../../../lab/errors.ts';
import { parseRecord, recordSchema } from '../../../lab/record.ts';
import { readRecordFile, writeRecord } from '../../../lab/store/record-files.ts';
import { failureOf } from '../../fakes/failure.ts';
import { keptRecord } from '../../fixtures/kept-records.ts';
import { exampleRecord } from '../../fixtures/record.ts';
import { smallRecord } from '../../fixtures/runs.ts';

describe('a record on disk', () => {
  let folder: string;
  let file: string;
  let samples: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lab-store-test-'));
    file = join(folder, 'record.json');
    samples = join(folder, 'samples.json.gz');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('comes back as it was, and its samples lie beside it, compressed', async () => {
    const record = exampleRecord();
    await writeRecord(folder, record);
    expect(readdirSync(folder).sort()).to.deep.equal(['record.json', 'samples.json.gz']);
    expect(await readRecordFile(file)).to.deep.equal(record);
    const bare = JSON.parse(readFileSync(file, 'utf8')) as { clients: { samples: unknown }[] };
    expect(bare.clients.map((client) => client.samples)).to.deep.equal([
      'samples.json.gz',
      'samples.json.gz',
    ]);
    expect(bare).to.deep.include({ id: record.id, stallSeconds: record.stallSeconds });
  });

  it('takes less than two thirds of the room that it took with its samples in it', async () => {
    const text = keptRecord('schema-2-hard-halt');
    await writeRecord(folder, parseRecord(text, 'it'));
    expect(statSync(file).size + statSync(samples).size).to.be.below((text.length * 2) / 3);
  });

  it('of a run without clients has no samples beside it', async () => {
    const record = exampleRecord({ clients: [] });
    await writeRecord(folder, record);
    expect(readdirSync(folder)).to.deep.equal(['record.json']);
    expect(await readRecordFile(file)).to.deep.equal(record);
  });

  it('is read with its samples in it, as earlier releases wrote it', async () => {
    writeFileSync(file, JSON.stringify(smallRecord()));
    expect(await readRecordFile(file)).to.deep.equal(smallRecord());
  });

  const spoilings: [what: string, spoil: () => void, says: RegExp][] = [
    [
      'has lost its samples',
      () => {
        rmSync(samples);
      },
      /samples\.json\.gz: not the samples of a run: ENOENT/,
    ],
    [
      'has half of its samples',
      () => {
        writeFileSync(samples, readFileSync(samples).subarray(0, 30));
      },
      /samples\.json\.gz: not the samples of a run: unexpected end of file/,
    ],
    [
      'has samples that are none',
      () => {
        writeFileSync(samples, gzipSync('{"run": 7}'));
      },
      /samples\.json\.gz: not the samples of a run/,
    ],
    [
      'has samples of another run',
      () => {
        const text = gunzipSync(readFileSync(samples)).toString('utf8');
        writeFileSync(samples, gzipSync(text.replace(smallRecord().id, 'another-run')));
      },
      /these are samples of another-run, not of /,
    ],
    [
      'has samples of another client',
      () => {
        const text = gunzipSync(readFileSync(samples)).toString('utf8');
        writeFileSync(samples, gzipSync(text.replace('"sv01"', '"sv09"')));
      },
      /no samples of the client sv01/,
    ],
    [
      'has samples that do not fit',
      () => {
        const text = gunzipSync(readFileSync(samples)).toString('utf8');
        writeFileSync(samples, gzipSync(text.replace('"dueMs":[0', '"dueMs":["soon"')));
      },
      /not a valid record[^]*samples\.dueMs/,
    ],
    [
      'names another file for its samples',
      () => {
        const text = readFileSync(file, 'utf8');
        writeFileSync(file, text.replace('samples.json.gz', '../../secret.gz'));
      },
      /not a valid record[^]*clients\[0\]\.samples/,
    ],
    [
      'is cut short',
      () => {
        writeFileSync(file, readFileSync(file).subarray(0, 200));
      },
      /record\.json: not a record/,
    ],
    [
      'is of a newer schema',
      () => {
        const text = readFileSync(file, 'utf8');
        writeFileSync(file, text.replace(`"schema":${String(recordSchema)}`, '"schema":999'));
      },
      /schema 999 is newer than this lab reads/,
    ],
  ];
  for (const [what, spoil, says] of spoilings)
    it(`is refused when it ${what}`, async () => {
      await writeRecord(folder, smallRecord());
      spoil();
      const error = await failureOf(readRecordFile(file));
      expect(error).to.be.instanceOf(RigError);
      expect(error.message).to.match(says);
    });
});
