import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { LabError, exitCode } from '../lab/errors.ts';
import { parseRecord, type RunRecord } from '../lab/record.ts';
import type { StoreContents } from '../lab/store.ts';
import { openStore } from '../lab/store/open-store.ts';
import { indexFile } from '../lab/store/index-file.ts';
import { writeRecord } from '../lab/store/record-files.ts';
import { writeBesideRecord } from '../lab/store/run-folder.ts';
import { summaryOf } from '../lab/summarise.ts';
import type { BenchRow } from './row.ts';

const runs = 10_000;
const oldRuns = 200;
const sample = new URL('../test/fixtures/records/schema-2-hard-halt.json.gz', import.meta.url);

/** A results folder of many runs: copies of a record of a real run, with ids of their own. The files are in the page cache. */
export async function benchStore(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-bench-store-'));
  try {
    const template = parseRecord(gunzipSync(readFileSync(sample)).toString('utf8'), 'the sample');
    await fill(folder, template);
    const store = openStore(folder);
    await store.read();
    await rm(join(folder, indexFile));
    const madeMs = await timed(() => store.read(), runs);
    const rebuiltMs = await timed(() => store.rebuild(), runs);
    const readMs = await timed(() => store.read(), runs);
    const addedMs = await timed(async () => {
      await store.keep({ ...template, id: 'the-last' });
      return await store.read();
    }, runs + 1);
    const old = join(folder, 'old');
    for (let i = 0; i < oldRuns; i++) await keepOld(old, { ...template, id: idOf(i) });
    const oldMs = await timed(() => openStore(old).read(), oldRuns);
    const count = runs.toLocaleString('en');
    return [
      goalRow(`index of ${count} runs made, it was lost`, madeMs, 2000),
      goalRow(`index of ${count} runs made anew, lab list runs --rebuild`, rebuiltMs, 2000),
      goalRow(`index of ${count} runs read and held against the folder`, readMs, 1000),
      goalRow(`a run kept where there are ${count}, and the index read`, addedMs, 2000),
      goalRow(`${String(oldRuns)} records of older releases taken in, once`, oldMs, 10_000),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function idOf(i: number): string {
  return `20260101T000000Z-heartbeat-sarge-hard-halt-${i.toString(16).padStart(4, '0')}`;
}

async function fill(folder: string, template: RunRecord): Promise<void> {
  for (let i = 0; i < runs; i++) {
    const record = { ...template, id: idOf(i) };
    // Samples are not what an index is made of; without them the folder takes a third of the space.
    const clients = record.clients.map((client) => ({
      ...client,
      samples: { ...client.samples, dueMs: [], startMs: [], endMs: [], error: [] },
    }));
    await mkdir(join(folder, record.id), { recursive: true });
    await writeRecord(join(folder, record.id), { ...record, clients }, { flush: false });
    await writeBesideRecord(folder, { sequence: i + 1, ...summaryOf(record, null) });
  }
}

/** As releases before the store did: samples in the record, nothing beside it. */
async function keepOld(folder: string, record: RunRecord): Promise<void> {
  await mkdir(join(folder, record.id), { recursive: true });
  await writeFile(join(folder, record.id, 'record.json'), JSON.stringify(record));
}

/** @throws LabError when the work did less than it is measured for */
async function timed(work: () => Promise<StoreContents>, expected: number): Promise<number> {
  const beganMs = performance.now();
  const { runs: found, notes } = await work();
  const tookMs = performance.now() - beganMs;
  if (found.length !== expected || notes.length > 0)
    throw new LabError(`${String(found.length)} runs found, not ${String(expected)}; ${notes.join()}`, {
      exitCode: exitCode.bug,
    });
  return tookMs;
}

function goalRow(what: string, measuredMs: number, goalMs: number): BenchRow {
  return {
    what,
    measured: `${measuredMs.toFixed(0)} ms`,
    goal: `< ${String(goalMs)} ms`,
    ratio: `${(measuredMs / goalMs).toFixed(2)} of the goal`,
  };
}
