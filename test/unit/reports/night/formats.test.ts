import { expect } from 'chai';
import { field, renderNightCsv } from '../../../../reports/night/csv.ts';
import { NightDocument, renderNightJson } from '../../../../reports/night/json.ts';
import { plain, renderNightMarkdown } from '../../../../reports/night/markdown.ts';
import { renderNightText } from '../../../../reports/night/text.ts';
import { exampleNight, hostile, nightReport, poisonedNight } from '../../../fixtures/night.ts';

/** Reads RFC 4180. @throws Error for a quote inside a field without quotes, a bare line break, rows of different lengths */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const token = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw new Error(`not a field: ${text.slice(at, at + 40)}`);
    rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '\r\n' && token.lastIndex < text.length) rows.push([]);
  }
  if (rows.some((row) => row.length !== rows[0]?.length)) throw new Error('rows of different lengths');
  return rows;
}

describe('CSV of a night', () => {
  it('is a row for each run and one for a cell without any, under documented columns', () => {
    const [head = [], ...rows] = readCsv(renderNightCsv(exampleNight()));
    expect(head.slice(0, 12)).to.deep.equal([
      'night',
      'cell',
      'stack',
      'edition',
      'label',
      'scenario',
      'cell_verdict',
      'repeat',
      'attempt',
      'outcome',
      'run',
      'started_at',
    ]);
    expect(rows).to.have.length(24);
    const at = (row: string[] | undefined, name: string): string =>
      row?.[head.indexOf(name)] ?? 'no such column';
    expect(at(rows[0], 'stall_seconds')).to.equal('76.9');
    expect(at(rows[0], 'phases_seconds')).to.match(/^detect=27.1;address=/);
    const lost = rows.find((row) => at(row, 'cell') === 'pacemaker-centos7/link-cut');
    const told = ['verdict', 'lost', 'damaged', 'lock', 'errors'].map((name) => at(lost, name));
    expect(told).to.deep.equal(['fail', '3', '2', 'lost', 'EROFS=12']);
    const left = rows.find((row) => at(row, 'outcome') === 'not-run');
    expect([at(left, 'run'), at(left, 'problem')]).to.deep.equal(['', 'the budget of 4 h was used up']);
  });

  it('lets no text become a formula, and stays readable', () => {
    for (const bad of ['=1+1', '+1', '-1', '@x', '\t=1', ' =1', '"=1', '\uff1dx', '|calc', ';=1', '%0A'])
      expect(readCsv(`${field(bad)}\r\n`)[0]?.[0], bad).to.match(/^'/);
    for (const good of ['detect=10', 'a-b', '2026-11-22', '10', 'x@y']) expect(field(good)).to.equal(good);
    expect(field(-0.5)).to.equal('-0.5');
    const rows = readCsv(renderNightCsv(poisonedNight(exampleNight())));
    for (const text of rows.flat()) expect(text).not.to.match(/^[=+@\t\r\n-]/);
    expect(rows.flat().join('')).not.to.match(/[\u0000\u001b\u202e]|\p{Cs}/u);
  });

  it('would be caught with a quote or a line break let through', () => {
    expect(() => readCsv('a"b,c\r\n')).to.throw('not a field');
    expect(() => readCsv('a\nb,c\r\n')).to.throw('not a field');
    expect(() => readCsv('a,b\r\nc\r\n')).to.throw('different lengths');
  });
});

describe('JSON of a night', () => {
  it('is a document of its schema with all that the report has', () => {
    const document = NightDocument.parse(JSON.parse(renderNightJson(exampleNight())));
    expect(document.schema).to.equal(1);
    expect(document.cells).to.have.length(12);
    const [first] = document.cells;
    expect(first).to.deep.include({ medianSeconds: 77.2, verdicts: { pass: 2, fail: 0, unknown: 0 } });
    expect(first?.runs[0]).to.include({
      verdict: 'pass',
      page: '../../20261122T010000Z-heartbeat-sarge-hard-halt-0/report.html',
    });
    expect(first?.history).to.have.length(20);
    expect(first?.trend).to.have.length(30);
    expect(document.cells[9]?.runs[1]).to.include({ summary: null, verdict: 'unknown' });
    expect(document.setAside).to.have.length(1);
  });

  it('is refused by its schema when a field has another type', () => {
    const document = JSON.parse(renderNightJson(exampleNight())) as Record<string, unknown>;
    expect(NightDocument.safeParse({ ...document, schema: 2 }).success).to.equal(false);
    expect(NightDocument.safeParse({ ...document, cells: {} }).success).to.equal(false);
  });

  it('brings every text back as it was, and moves no terminal', () => {
    const report = exampleNight();
    const poisoned = poisonedNight(report);
    // Names of folders are checked before anything is drawn.
    const { id, attempts } = report.night;
    const text = renderNightJson({ ...poisoned, night: { ...poisoned.night, id, attempts } });
    expect(text).not.to.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/);
    const document = NightDocument.parse(JSON.parse(text));
    expect(document.judgement.sentence.startsWith(hostile)).to.equal(true);
  });
});

describe('Markdown of a night', () => {
  const text = renderNightMarkdown(exampleNight());

  it('has the sentence first, then the matrix, then what is worse', () => {
    const lines = text.split('\n');
    expect(lines[0]).to.match(/^## ✕ regressed: Worse than before in 2 of 12 cells/);
    expect(lines).to.include('| Stack | hard-halt | link-cut | link-flap | kill-nfsd | split-brain |');
    expect(lines).to.include(
      '| **heartbeat-sarge** | 77.2 s (+26 %) **✕ regressed** | 34.4 s (+1 %) = unchanged | 18.9 s (+1 %) = unchanged | 4.2 s (+1 %) = unchanged | - |',
    );
    expect(text.indexOf('### Regressions')).to.be.below(text.indexOf('### Improvements'));
    expect(lines).to.include('  - detect grew most: 10.2 s -&gt; 27.1 s, governed by deadtime=30');
  });

  it('keeps what a guest said from being Markdown, HTML, a mention or a link', () => {
    const written = plain(hostile);
    expect(written).not.to.match(/[<>]|(?<!\\)[`|[\]()*_~!$]/);
    expect(written).not.to.match(/@\w|#\d|:\/\/|\n/);
    expect(plain('www.example.org GH-12 https://x')).not.to.match(/www\.|GH-|:\/\//);
    expect(plain('- x')).to.equal('\\- x');
    expect(plain('1. x')).to.equal('\\1. x');
    expect(plain('a `b` | *c*')).to.equal('a \\`b\\` \\| \\*c\\*');
    expect(plain('&lt;b&gt;')).to.equal('&amp;lt;b&amp;gt;');
  });

  it('has rows of as many cells as the head, whatever is in them', () => {
    const lines = renderNightMarkdown(poisonedNight(exampleNight())).split('\n');
    const rows = lines.filter((line) => line.startsWith('|'));
    const cells = rows.map((row) => row.replaceAll(/\\./g, '').split('|').length);
    expect(rows.length).to.be.above(4);
    expect(new Set(cells).size).to.equal(1);
    expect(lines.join('\n')).not.to.match(/<[a-z/]/);
  });
});

describe('a night on a terminal', () => {
  it('says the verdict, the matrix and what is worse, with what may have caused it', () => {
    const text = renderNightText(exampleNight(), { colour: false, width: 140 });
    expect(text).to.match(/^REGRESSED {2}night-20261122T010000Z\nWorse than before in 2 of 12 cells/);
    expect(text).to.match(/heartbeat-sarge +77\.2 s \+26 % ✕ +34\.4 s \+1 % = /);
    expect(text).to.contain('✕ regressed, = unchanged, ▼ improved, ◇ first night, ? unknown, ○ not run');
    expect(text).to.contain('    detect grew most: 10.2 s -> 27.1 s, governed by deadtime=30');
    expect(text).to.contain('    different: setting deadtime: 10 -> 30');
    expect(text).to.contain('broken record, set aside: record.json ends within a string');
  });

  it('is a list of cells where the terminal is narrow, and stays within it', () => {
    const text = renderNightText(exampleNight(), { colour: false, width: 60 });
    expect(text).to.contain('  heartbeat-sarge/hard-halt: 77.2 s +26 % ✕ regressed\n');
    expect(text.split('\n').filter((line) => line.length > 60)).to.deep.equal([]);
  });

  it('is coloured only where that is allowed', () => {
    const colour = renderNightText(exampleNight(), { colour: true, width: 140 });
    expect(colour).to.contain('\u001b[');
    expect(colour.replaceAll(/\u001b\[\d+m/g, '')).to.equal(
      renderNightText(exampleNight(), { colour: false, width: 140 }),
    );
  });

  it('moves no cursor for a guest', () => {
    for (const width of [60, 4000])
      expect(renderNightText(poisonedNight(exampleNight()), { colour: false, width })).not.to.match(
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/,
      );
  });

  it('says little of a night without cells', () => {
    const text = renderNightText(
      nightReport({ cells: [], verdict: 'incomplete', sentence: 'Nothing was run.' }),
      {
        colour: false,
        width: 80,
      },
    );
    expect(text).to.equal('INCOMPLETE  night-20261122T010000Z\nNothing was run.\n');
  });
});
