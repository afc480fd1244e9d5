import { expect } from 'chai';
import { renderSweepHtml } from '../../../reports/html/sweep.ts';
import { renderSweep } from '../../../reports/sweep-text.ts';
import { sweepOf } from '../../../reports/sweep.ts';
import { exampleRecord } from '../../fixtures/record.ts';
import { exampleSweep, sweptRun } from '../../fixtures/sweep.ts';
import { readPage } from './page.ts';

describe('a sweep of records', () => {
  it('finds what varies, and holds measured against predicted for each value', () => {
    const sweep = sweepOf(exampleSweep());
    expect(sweep.axes).to.deep.equal([{ name: 'deadtime', values: [3, 5, 10, 30] }]);
    expect(sweep.constant).not.to.have.property('deadtime');
    expect(sweep.constant).to.include({ keepalive: 2 });
    expect(sweep.seeds).to.deep.equal([7]);
    const ten = sweep.cells[2];
    expect(ten?.at).to.deep.equal({ deadtime: 10 });
    expect(ten?.windows[0]?.distribution).to.include({ count: 2, worst: 61.2 });
    expect(ten?.windows[0]?.measured.map((each) => each.standing)).to.deep.equal([
      'within the band',
      'above the band',
    ]);
  });

  it('takes the prediction that was made before a value was measured', () => {
    const [three] = sweepOf([...exampleSweep()].reverse()).cells;
    expect(three?.windows[0]?.predicted).to.include({ records: 0, expectedSeconds: null, floorSeconds: 1 });
  });

  it('counts what could not be judged, says why, and keeps it out of the figures', () => {
    const five = sweepOf(exampleSweep()).cells[1];
    expect(five?.verdicts).to.deep.equal({ pass: 1, fail: 0, unknown: 1 });
    expect(five?.broken).to.deep.equal(['qemu of nfs02 ended']);
    expect(five?.windows[0]?.distribution?.count).to.equal(1);
    const starved = sweepOf([
      sweptRun('a', 20, { deadtime: 5 }),
      sweptRun('b', 90, { deadtime: 9 }, { verdict: 'unknown' }),
    ]);
    expect(starved.cells[1]?.windows[0]?.distribution).to.equal(null);
  });

  it('sorts numbers as numbers, over several settings', () => {
    const runs = [30, 5, 10].flatMap((deadtime) => [2, 1].map((keepalive) => ({ deadtime, keepalive })));
    const sweep = sweepOf(runs.map((settings, i) => sweptRun(`r${String(i)}`, 20, settings)));
    expect(sweep.cells.map(({ at }) => [at['keepalive'], at['deadtime']])).to.deep.equal([
      [1, 5],
      [1, 10],
      [1, 30],
      [2, 5],
      [2, 10],
      [2, 30],
    ]);
  });

  it('is drawn after its first combination already, when nothing differs yet', () => {
    const sweep = sweepOf(exampleSweep().slice(0, 2));
    expect(sweep.axes).to.deep.equal([]);
    expect(renderSweep(sweep, { colour: false, width: 100 })).to.contain(
      'over one combination so far: 2 runs',
    );
    expect(readPage(renderSweepHtml(sweep)).text).to.contain('one combination so far');
  });

  it('refuses runs that are not of one sweep, and none at all', () => {
    const other = exampleRecord({ id: 'x', scenario: 'link-flap' });
    expect(() => sweepOf([...exampleSweep(), other])).to.throw(/a1 and x are not of one sweep/);
    expect(() => sweepOf([])).to.throw('there is no run to draw');
  });
});

describe('a sweep on a terminal', () => {
  it('has a row for each combination, and says which runs were unexpected and which broke', () => {
    const text = renderSweep(sweepOf(exampleSweep()), { colour: false, width: 120 });
    expect(text).to.match(/hard-halt on heartbeat-sarge over deadtime: 8 runs, seed 7/);
    expect(text).to.match(
      /\n10\s+2\s+0\s+0\s+44\.8 s\s+61\.2 s\s+16\.4 s\s+8\.0 s\s+27\.5 s\s+22-44 s\s+50 % unexpected\n/,
    );
    expect(text).to.match(/\n3\s.*\s-\s+-\n/);
    expect(text).to.contain('deadtime=5: not judged: qemu of nfs02 ended');
  });
});

describe('the page of a sweep', () => {
  const page = (records = exampleSweep()) => readPage(renderSweepHtml(sweepOf(records)));

  it('is whole, needs nothing beside it, and runs no script', () => {
    const { tags, scripts } = page();
    expect(scripts).to.deep.equal([]);
    for (const { name, attributes } of tags) {
      expect(['link', 'img', 'iframe', 'object']).not.to.include(name);
      expect(Object.keys(attributes).filter((each) => each.startsWith('on') || each === 'src')).to.deep.equal(
        [],
      );
    }
    const links = tags.filter((tag) => tag.name === 'a').map((tag) => tag.attributes['href']);
    expect(links).to.include('c2/report.html');
    for (const link of links) expect(link).not.to.match(/^[a-z]+:|^\/\/|\.\./i);
  });

  it('draws each run once, medians, predictions, bands and the floor', () => {
    const { tags } = page();
    const paths = (className: string): string[] =>
      tags
        .filter((tag) => tag.attributes['class'] === className && tag.name === 'path')
        .map((tag) => tag.attributes['d'] ?? '');
    const moves = (d: string | undefined): number => (d ?? '').split('M').length - 1;
    expect(moves(paths('dots')[0])).to.equal(6);
    expect(moves(paths('errors')[0])).to.equal(1);
    expect(paths('median')[0]).to.match(/^M.*(L.*){3}$/);
    expect(paths('expected')[0]).to.match(/^M[^L]*(L[^L]*){2}$/);
    expect(tags.filter((tag) => tag.name === 'rect')).to.have.length(3);
  });

  it('tells the charts in words, flags what was unexpected, and lists what broke', () => {
    const { text, tags } = page();
    expect(text).to.contain('above the band');
    expect(text).to.contain('1 run could not be judged and is in no figure');
    expect(text).to.contain('qemu of nfs02 ended');
    const chart = tags.find((tag) => tag.name === 'svg')?.attributes['aria-label'];
    expect(chart).to.contain('deadtime 30: median 50.1 s, worst 52.3 s of 2, predicted');
  });

  it('has a chart of its own for each value of a second setting, and places words evenly', () => {
    const runs = ['A', 'C'].flatMap((protocol) =>
      [5, 10].map((deadtime) =>
        sweptRun(`${protocol}${String(deadtime)}`, 20, { deadtime, 'drbd.protocol': protocol }),
      ),
    );
    const { text, tags } = page(runs);
    expect(tags.filter((tag) => tag.name === 'svg').length).to.equal(4);
    expect(text).to.contain('drbd.protocol=A');
    const words = ['A', 'C'].map((protocol) => sweptRun(protocol, 20, { 'drbd.protocol': protocol }));
    expect(
      page(words)
        .tags.filter((tag) => tag.attributes['class'] === 'tick middle')
        .map((tag) => tag.attributes['style']),
    ).to.include('left:25.00%');
  });

  it('lets no text of a record become markup', () => {
    const hostile = `</style><img src=x onerror="alert('x')">&\``;
    const runs = exampleSweep().map((run) => ({
      ...run,
      id: `${hostile}${run.id}`,
      scenario: hostile,
      stack: hostile,
      broken: run.broken === null ? null : hostile,
      accelerator: hostile,
      settings: { ...run.settings, [hostile]: hostile },
      windows: run.windows.map((window) => ({ ...window, name: `${hostile}${window.name}` })),
    }));
    const { tags, text } = page(runs);
    expect(tags.map((tag) => tag.name)).not.to.include('img');
    expect(text).to.contain(hostile);
  });
});
