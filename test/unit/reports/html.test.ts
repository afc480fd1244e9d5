import { Script } from 'node:vm';
import { expect } from 'chai';
import type { RunRecord } from '../../../lab/record.ts';
import { renderHtml } from '../../../reports/html.ts';
import * as bad from '../../fixtures/bad-records.ts';
import { exampleRecord } from '../../fixtures/record.ts';
import { columns, openLoopSamples } from '../../fixtures/samples.ts';
import { readPage } from './page.ts';

const read = (record: RunRecord) => readPage(renderHtml(record));

const records: Record<string, RunRecord> = {
  example: exampleRecord(),
  loss: bad.recordWithLoss(),
  'two actives': bad.recordWithTwoActives(),
  'over budget': bad.recordOverBudget(),
  errors: bad.recordWithErrors(),
  'silent client': bad.recordWithSilentClient(),
  'open stall': bad.recordWithOpenStall(),
  broken: bad.brokenRecord('qemu ended\nKernel panic'),
  nothing: exampleRecord({
    clients: [],
    windows: [],
    phases: [],
    faults: [],
    tenures: [],
    checks: [],
    events: [],
    clocks: [],
    files: [],
    versions: {},
    settings: {},
    host: {},
    final: null,
    stallSeconds: null,
    durationMs: 0,
    verdict: 'unknown',
  }),
};

describe('the HTML report', () => {
  for (const [name, record] of Object.entries(records)) {
    it(`is well formed, labelled and free of odd numbers (${name})`, () => {
      const html = renderHtml(record);
      const { tags, text } = readPage(html);
      expect(html.replace(/<script>.*?<\/script>/s, '')).not.to.match(
        /\b(?:NaN|Infinity|undefined|\[object)\b/,
      );
      expect(tags.filter((tag) => tag.name === 'h1')).to.have.length(1);
      const ids = tags.flatMap((tag) => tag.attributes['id'] ?? []);
      expect(new Set(ids).size).to.equal(ids.length);
      for (const tag of tags) {
        const labelled = tag.attributes['aria-labelledby'];
        if (labelled !== undefined) expect(ids).to.include(labelled);
        if (tag.name === 'th') expect(tag.attributes['scope']).to.be.oneOf(['col', 'row']);
        if (tag.name === 'svg') expect(tag.attributes['aria-label']).to.match(/writes/);
      }
      expect(text).to.contain(record.scenario);
    });
  }

  it('asks nothing of any network', () => {
    const html = renderHtml(exampleRecord());
    expect(html).not.to.match(/\b(?:https?:)?\/\/[a-z0-9.-]+\.[a-z]{2,}/i);
    expect(html).not.to.match(/<(?:link|img|iframe)|@import|url\(/);
    const policy = readPage(html).tags.find(
      (tag) => tag.attributes['http-equiv'] === 'Content-Security-Policy',
    );
    expect(policy?.attributes['content']).to.match(/^default-src 'none'; style-src 'unsafe-inline';/);
  });

  it('holds a script that compiles', () => {
    const [, script = ''] = read(exampleRecord()).scripts;
    expect(() => new Script(script)).not.to.throw();
  });

  it('tells things in the order in which they are asked', () => {
    const { text } = read(exampleRecord());
    const order = [
      'sv02 could not write for 28.4 s after halt -f on nfs01; nothing acknowledged was lost.',
      'Stall, failover',
      'Where the time went',
      'How long each write took',
      'What happened',
      'Checks',
      'Clients',
      'How it was left',
      'Under which circumstances',
    ].map((part) => text.indexOf(part));
    expect(order).not.to.include(-1);
    expect(order).to.deep.equal([...order].sort((a, b) => a - b));
  });

  it('shows phases that add up to the stall it shows', () => {
    const html = renderHtml(exampleRecord());
    const tables = [...html.matchAll(/<table class="legend">.*?<\/table>/gs)].map((match) => match[0]);
    expect(tables).to.have.length(2);
    for (const table of tables) {
      const seconds = [...table.matchAll(/<td class="num">(\d+\.\d{3}) s</g)].map((match) =>
        Number(match[1]),
      );
      const stall = seconds.pop();
      expect(seconds.reduce((a, b) => a + b, 0)).to.be.closeTo(stall ?? 0, 1e-9);
    }
  });

  it('names an unobserved phase as such and says where its time is', () => {
    expect(read(exampleRecord()).text).to.match(/address – not observed its time is inside promote/);
  });

  it('hatches time that no phase explains', () => {
    const record = exampleRecord();
    const windows = record.windows.map((window) => ({ ...window, phases: [] }));
    const { tags, text } = read({ ...record, windows });
    expect(text).to.contain('not attributed');
    expect(tags.some((tag) => tag.attributes['class'] === 'part unseen')).to.equal(true);
  });

  it('never shows pass anywhere for a run that is unknown', () => {
    const { tags, text } = read(bad.brokenRecord());
    expect(text).not.to.match(/\bpass/i);
    expect(tags.filter((tag) => / pass\b/.test(tag.attributes['class'] ?? ''))).to.deep.equal([]);
    const contradictory = read(
      exampleRecord({ verdict: 'pass', broken: 'the fabric died', checks: [], final: null }),
    );
    expect(contradictory.text).not.to.match(/\bpass/i);
  });

  it('gives the reason of a broken run first', () => {
    const { text } = read(bad.brokenRecord('qemu ended\nKernel panic'));
    expect(text).to.match(
      /\? unknown hard-halt on heartbeat-sarge The run could not be judged: qemu ended Kernel panic/,
    );
  });

  it('puts what spoke against a pass under the sentence', () => {
    const { text } = read(bad.recordOverBudget());
    expect(text.indexOf('8.4 s over the budget')).to.be.below(
      text.indexOf('Key figures') + text.indexOf('Stall,'),
    );
    expect(text).to.contain('Over budget: 142 % of the budget of 20 s');
  });

  it('draws one dot for each write and a mark for each error', () => {
    const html = renderHtml(bad.recordWithErrors());
    const drawn = (name: string): number[] =>
      [...html.matchAll(new RegExp(`<path class="${name}" d="([^"]*)"`, 'g'))].map(
        (match) => (match[1] ?? '').split('h0').length - 1,
      );
    expect(drawn('dots')).to.deep.equal([1515, 1495]);
    expect(drawn('errors')).to.deep.equal([0, 20]);
  });

  it('has a table of the stretches of errors, and none without errors', () => {
    expect(read(bad.recordWithErrors()).text).to.contain('Errors instead of waiting');
    expect(read(bad.recordWithErrors()).text).to.match(/sv02\s*EIO\s*\d+\s*0:/);
    expect(read(exampleRecord()).text).not.to.contain('Errors instead of waiting');
  });

  it('says what became of a lock, and who held what through the whole run', () => {
    const { text } = read(exampleRecord());
    expect(text).to.contain('A lock through the run');
    expect(text).to.contain('kept: sv02 was refused 2 times');
    expect(text).to.contain('Through the whole run');
    expect(read(exampleRecord({ locks: null })).text).not.to.contain('A lock through the run');
  });

  it('has a row for who announced the address only where two did', () => {
    const held = { of: 'announcement' as const, node: 'nfs01', mac: 'aa', fromMs: 0, toMs: 90_000 };
    const lanes = (...tenures: RunRecord['tenures']): boolean =>
      read(exampleRecord({ tenures })).text.includes('nfs01 ARP');
    expect(lanes(held)).to.equal(false);
    expect(lanes(held, { ...held, node: 'nfs02', mac: 'bb', fromMs: 9000 })).to.equal(true);
  });

  it('shows for how long two nodes held the service at once', () => {
    const titles = (record: RunRecord): string[] =>
      read(record).tags.flatMap((tag) => (tag.attributes['title'] ?? '').match(/^two at once.*/) ?? []);
    expect(titles(exampleRecord())).to.deep.equal([]);
    expect(titles(bad.recordWithTwoActives())[0]).to.equal(
      'two at once (address): 0:16.010 to 0:24.000, 8.0 s',
    );
  });

  it('shows who was kept from the processor where that was watched', () => {
    const load = {
      watchdogs: [{ of: 'nfs02', everyMs: 200, wakes: 700, worstLateMs: 1400.4 }],
      late: [{ of: 'nfs02', atMs: 20_000, lateMs: 1400.4 }],
      steal: [{ fromMs: 0, toMs: 5000, share: 0.4 }],
      others: [{ fromMs: 0, toMs: 5000, share: 0.31, idle: 0.02 }],
    };
    const { text } = readPage(renderHtml(exampleRecord({ load })));
    expect(text).to.contain('nfs02 700 1400 ms 1');
    expect(text).to.contain('Steal from this host, at most: 40.0 %');
    expect(readPage(renderHtml(exampleRecord())).text).not.to.contain('Starvation');
  });

  it('has no chart without samples, and says why there is no stall', () => {
    const record = exampleRecord();
    const empty = { intervalMs: 100, dueMs: [], startMs: [], endMs: [], error: [] };
    const clients = record.clients.map((client) => ({
      ...client,
      stallSeconds: null,
      operations: 0,
      acknowledged: 0,
      lost: null,
      damaged: null,
      samples: empty,
    }));
    const windows = record.windows.map((window) => ({
      ...window,
      stalls: [],
      worst: null,
      stallSeconds: null,
      phases: [],
    }));
    const { tags, text } = read({ ...record, clients, windows, stallSeconds: null, verdict: 'unknown' });
    expect(tags.filter((tag) => tag.name === 'svg')).to.deep.equal([]);
    expect(text).to.contain('No write was acknowledged in this window');
    expect(text).to.contain('No write was acknowledged after halt -f on nfs01');
  });

  it('stays under a megabyte for a run of twenty minutes and keeps its worst moment', () => {
    const untilMs = 1_200_000;
    const record = exampleRecord({ durationMs: untilMs });
    const outages = [{ fromMs: 600_000, stallSeconds: 61.5 }];
    const samples = columns(openLoopSamples({ seed: 5, intervalMs: 100, untilMs, outages }), 100);
    const html = renderHtml({ ...record, clients: record.clients.map((client) => ({ ...client, samples })) });
    expect(html.length).to.be.below(1_000_000);
    expect(html).to.contain('slowest 61.5 s');
    const [data = ''] = readPage(html).scripts;
    const maxima = [...data.matchAll(/"latencyMs":\[([^\]]*)\]/g)].map((match) =>
      Math.max(...(match[1] ?? '').split(',').map(Number)),
    );
    for (const maximum of maxima) expect(maximum).to.be.closeTo(61_500, 100);
  });
});
