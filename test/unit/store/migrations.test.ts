import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge } from '../../../lab/check.ts';
import { scenarios } from '../../../lab/cli/registry.ts';
import { parseRecord, recordSchema } from '../../../lab/record.ts';
import { openStore } from '../../../lab/store/open-store.ts';
import { renderHtml } from '../../../reports/html.ts';
import { renderTerminal } from '../../../reports/terminal.ts';
import { keptRecord, keptRecords } from '../../fixtures/kept-records.ts';
import { keepAsBefore } from '../../fixtures/runs.ts';

type Kept = (typeof keptRecords)[number];

/** What these runs measured, written down when they were kept. */
const known: Record<
  Kept,
  { schema: number; verdict: string; stalls: (number | null)[]; loss: number | null }
> = {
  'schema-1-hard-halt': { schema: 1, verdict: 'pass', stalls: [31.233, 1.136], loss: 0 },
  'schema-1-link-flap': { schema: 1, verdict: 'pass', stalls: [6.841], loss: 0 },
  'schema-1-broken': { schema: 1, verdict: 'unknown', stalls: [], loss: null },
  'schema-2-hard-halt': { schema: 2, verdict: 'pass', stalls: [60.103, 18.731], loss: 0 },
  'schema-2-fail': { schema: 2, verdict: 'fail', stalls: [36.625, 54.645], loss: 0 },
  'schema-3-hard-halt': { schema: 3, verdict: 'pass', stalls: [47.1, 3.785], loss: 0 },
  'schema-3-fail': { schema: 3, verdict: 'fail', stalls: [81.036, 17.889], loss: 0 },
  'schema-4-hard-halt': { schema: 4, verdict: 'pass', stalls: [58.169, 2.722], loss: 0 },
  'schema-4-split-brain': { schema: 4, verdict: 'pass', stalls: [18.156], loss: 70 },
};

describe('records of older releases', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lab-store-test-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('are kept of every schema before the one that is written', () => {
    const kept = new Set(Object.values(known).map(({ schema }) => schema));
    const readable = Array.from({ length: recordSchema - 1 }, (_, i) => i + 1);
    expect([...kept]).to.include.members(readable);
  });

  for (const name of keptRecords)
    describe(name, () => {
      const text = keptRecord(name);
      const { schema, verdict, stalls, loss } = known[name];

      it('is of its schema, and is read as one of this release with the figures it had', () => {
        expect(JSON.parse(text)).to.include({ schema });
        const record = parseRecord(text, name);
        expect(record).to.include({ schema: recordSchema, verdict, stallSeconds: stalls[0] ?? null });
        expect(record.windows.map(({ stallSeconds }) => stallSeconds)).to.deep.equal(stalls);
        for (const window of record.windows) {
          const phasesMs = window.phases.reduce(
            (sum, { seconds }) => sum + Math.round((seconds ?? 0) * 1000),
            0,
          );
          expect(phasesMs).to.equal(Math.round((window.stallSeconds ?? 0) * 1000));
        }
      });

      it('is judged and drawn', () => {
        const record = parseRecord(text, name);
        const { checks = [] } = scenarios.find((each) => each.name === record.scenario) ?? {};
        expect(judge(record, checks)).to.have.length(checks.length).and.not.to.have.length(0);
        expect(renderHtml(record)).to.contain(record.id);
        expect(renderTerminal(record, { colour: false, width: 100 })).to.contain(
          record.verdict.toUpperCase(),
        );
      });

      it('is taken into the index, once, and stays as it was', async () => {
        const { id } = parseRecord(text, name);
        await keepAsBefore(folder, id, text);
        const store = openStore(folder);
        const [summary] = await store.summaries();
        expect(summary).to.include({ id, night: null, verdict, lost: loss });
        expect(await store.readRecord(id)).to.deep.equal(parseRecord(text, name));
        expect((await store.read()).notes).to.deep.equal([]);
      });

      it('is refused when it is damaged', () => {
        const damaged = { ...(JSON.parse(text) as object), durationMs: 'long' };
        expect(() => parseRecord(JSON.stringify(damaged), name)).to.throw(/not a valid record[^]*durationMs/);
        expect(() => parseRecord(text.slice(0, -20), name)).to.throw(/not a record/);
      });
    });
});
