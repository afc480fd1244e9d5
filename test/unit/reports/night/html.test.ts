import { expect } from 'chai';
import { renderNightHtml } from '../../../../reports/night/html.ts';
import { nightStyle } from '../../../../reports/night/page/style.ts';
import { style } from '../../../../reports/html/style.ts';
import { exampleNight, largeNight, nightReport, poisonedNight } from '../../../fixtures/night.ts';
import { readPage } from '../page.ts';
import type { Page } from '../page.ts';

const html = renderNightHtml(exampleNight());
const page = readPage(html);

function ids({ tags }: Page): string[] {
  return tags.flatMap(({ attributes: { id } }) => id ?? []);
}

/** Ids that something refers to and that nothing has. */
function dangling(of: Page): string[] {
  const known = new Set(ids(of));
  const wanted = of.tags.flatMap(({ attributes }) => [
    ...(attributes['href']?.startsWith('#') === true ? [attributes['href'].slice(1)] : []),
    ...(attributes['aria-labelledby'] ?? '').split(' ').filter((id) => id !== ''),
  ]);
  return wanted.filter((id) => !known.has(id));
}

/** Headings that skip a level, as `h2 -> h4`. */
function skipped({ tags }: Page): string[] {
  const levels = tags.flatMap(({ name }) => /^h([1-6])$/.exec(name)?.[1] ?? []).map(Number);
  return levels.flatMap((level, i) =>
    level > (levels[i - 1] ?? 0) + 1 ? [`h${String(levels[i - 1] ?? 0)} -> h${String(level)}`] : [],
  );
}

describe('the page of a night', () => {
  it('says the verdict in a sentence before anything else', () => {
    const { judgement } = exampleNight();
    const text = page.text.replaceAll('\u00a0', ' ');
    expect(text.indexOf(judgement.sentence)).to.be.within(0, 150);
    expect(html).to.contain('<title>regressed: night-20261122T010000Z</title>');
  });

  it('shows what is worse before what is better, and that before what was not measured', () => {
    const places = [
      'Regressions',
      'Improvements and notices',
      'Not measured',
      'Every cell',
      'About this night',
    ];
    const found = places.map((place) => html.indexOf(`>${place}</h2>`));
    expect(found).to.deep.equal([...found].sort((a, b) => a - b));
    expect(found[0]).to.be.above(html.indexOf('<table class="matrix"'));
  });

  it('is a matrix with headed rows and columns, whose cells say median, change and verdict in words', () => {
    const matrix = html.slice(html.indexOf('<table class="matrix"'), html.indexOf('</table>'));
    expect(matrix.match(/<th scope="col"/g)).to.have.length(6);
    expect(matrix.match(/<th scope="row"/g)).to.have.length(3);
    const cell = (id: string): string => textOfCell(matrix, id);
    expect(cell('cell-1')).to.equal('77.2 s +26 % ✕ regressed');
    expect(cell('cell-2')).to.equal('34.4 s +1 % = unchanged');
    expect(cell('cell-7')).to.equal('15.3 s -29 % ▼ improved');
    expect(cell('cell-9')).to.equal('12.6 s ◇ first night');
    expect(cell('cell-10')).to.equal('– ? unknown');
    expect(cell('cell-11')).to.equal('– ○ not run');
    expect(matrix).to.contain('0 of 2 pass').and.contain('1 of 2 pass');
    expect(matrix.match(/class="none"/g), 'combinations that are not suited').to.have.length(3);
  });

  it('draws the last nights, with a gap where one measured nothing', () => {
    const [, line = ''] = /class="trend" d="([^"]*)"/.exec(html) ?? [];
    expect(line.match(/M/g)).to.have.length(3);
    expect(line.match(/[ML]/g)).to.have.length(28);
    expect(html).to.contain(
      'Medians of 30 nights: 59.4 s to 77.5 s, 2 without a measurement, tonight 77.5 s',
    );
  });

  it('shows of what is worse both distributions, the phase that grew, what is suspected and the runs', () => {
    const article = html.slice(html.indexOf('id="cell-1"'), html.indexOf('id="cell-6"'));
    expect(article).to.contain(
      'Stall. Before, 20 runs: median 61.2 s, from 59.4 s to 63.0 s. Tonight, 2 runs: median 77.2 s',
    );
    expect(article).to.match(/detect <em class="tag grown">changed most<\/em>/);
    expect(article).to.contain('10.200 s</td>').and.contain('27.100 s</td>').and.contain('+16.9 s</td>');
    expect(article).to.contain('deadtime=10, now deadtime=30');
    expect(article).to.contain('package drbd-utils on nfs01: 9.15.0-1 -&gt; 9.22.0-1');
    expect(article).to.contain('href="../../20261122T010000Z-heartbeat-sarge-hard-halt-0/report.html"');
  });

  it('names what clients lost in a run', () => {
    expect(page.text).to.contain('3 writes lost; 2 writes damaged; a client lost its NFS lock; ');
  });

  it('names infrastructure failures, what was left out and broken records', () => {
    for (const words of [
      'the fabric ended while the scenario ran',
      'the host was too busy: 4.1 s without a turn',
      'its record is not there',
      'the budget of 4 h was used up',
      '20261122T031500Z-heartbeat-sarge-link-cut-9',
      'record.json ends within a string',
    ])
      expect(page.text).to.contain(words);
  });

  it('needs nothing beside it and runs no script', () => {
    const [policy = ''] = page.tags.flatMap(({ attributes }) =>
      attributes['http-equiv'] === undefined ? [] : [attributes['content'] ?? ''],
    );
    expect(policy).to.match(/^default-src 'none'; style-src 'unsafe-inline'; base/);
    expect(page.tags.filter(({ name }) => ['script', 'img', 'link', 'iframe'].includes(name))).to.deep.equal(
      [],
    );
    expect(html).not.to.match(/url\(|@import|https?:/);
  });

  it('says so where nothing is worse, and where nothing was run', () => {
    const quiet = renderNightHtml(
      nightReport({
        verdict: 'unchanged',
        cells: [{ stack: 's', scenario: 'x', now: [1], before: [1], verdict: 'unchanged' }],
      }),
    );
    expect(readPage(quiet).text).to.contain('Nothing is worse than in the accepted history.');
    expect(quiet).not.to.contain('Not measured</h2>');
    const empty = readPage(renderNightHtml(nightReport({ verdict: 'incomplete', cells: [] })));
    expect(empty.text).to.contain('0 of 0 cells');
  });

  it('shows a cell that nobody judged as unknown', () => {
    const report = exampleNight();
    const unjudged = { ...report, judgement: { ...report.judgement, cells: [] } };
    const all = renderNightHtml(unjudged);
    expect(all.match(/<td class="cell unknown"/g)).to.have.length(12);
  });

  it('leads nowhere but into the results folder', () => {
    const report = exampleNight();
    const addresses = [
      'javascript:alert(1)',
      '//example.org/x',
      'https://example.org',
      '/etc/passwd',
      ' javascript:x',
      '\\\\host',
    ];
    const pages = new Map(report.runs.map(({ id }, i) => [id, addresses[i % addresses.length] ?? '']));
    const { tags } = readPage(renderNightHtml({ ...report, pages }));
    const links = tags.flatMap(({ attributes: { href } }) => href ?? []);
    expect(links.filter((href) => !href.startsWith('#'))).to.deep.equal([]);
  });
});

function textOfCell(matrix: string, id: string): string {
  const [, link = ''] = new RegExp(`<a href="#${id}">(.*?)</a>`).exec(matrix) ?? [];
  return readPage(`<p>${link}</p>`).text.replaceAll(/\s+/g, ' ').trim();
}

describe('the page of a night for the keyboard and a screen reader', () => {
  it('has headings in order, names for what it refers to, and every id once', () => {
    expect(skipped(page)).to.deep.equal([]);
    expect(dangling(page)).to.deep.equal([]);
    expect(new Set(ids(page)).size).to.equal(ids(page).length);
  });

  it('begins with a link that skips to the matrix', () => {
    const first = page.tags.find(({ name, attributes }) => name === 'a' || attributes['tabindex'] === '0');
    expect(first?.attributes).to.include({ class: 'skip', href: '#matrix' });
  });

  it('lets every box that scrolls be reached and named, and every drawing be read', () => {
    const boxes = page.tags.filter(({ attributes }) => attributes['class'] === 'scroll');
    expect(boxes).to.have.length.above(4);
    for (const { attributes } of boxes) {
      expect(attributes).to.include({ role: 'region', tabindex: '0' });
      expect(attributes['aria-label'] ?? attributes['aria-labelledby']).not.to.equal(undefined);
    }
    const drawings = page.tags.filter(({ attributes }) => attributes['role'] === 'img');
    expect(drawings).to.have.length.above(15);
    for (const { attributes } of drawings) expect(attributes['aria-label']).not.to.equal('');
    for (const { name, attributes } of page.tags)
      if (name === 'svg') expect(attributes['aria-hidden']).to.equal('true');
  });

  it('would notice a level that is skipped and a reference that leads nowhere', () => {
    const bad = readPage('<h1>a</h1><h3>b</h3><a href="#gone">c</a><p aria-labelledby="lost">d</p>');
    expect(skipped(bad)).to.deep.equal(['h1 -> h3']);
    expect(dangling(bad)).to.deep.equal(['gone', 'lost']);
  });
});

/** WCAG 2.1, relative luminance and contrast ratio. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string): number => {
    const hex = colour.length === 4 ? colour.replaceAll(/[0-9a-f]/g, '$&$&') : colour;
    const [red = 0, green = 0, blue = 0] = [1, 3, 5]
      .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

describe('the colours of the page of a night', () => {
  const themes = [...style.matchAll(/:root\{color-scheme:(light|dark);([^}]*)\}/g)].map(
    ([, name = '', body = '']) => ({
      name,
      colours: new Map(
        [...body.matchAll(/--([a-z-]+):(#[0-9a-f]+)/g)].map(([, key = '', value = '']) => [key, value]),
      ),
    }),
  );

  for (const { name, colours } of themes)
    it(`have a contrast of at least 4.5 between text and ground when it is ${name}`, () => {
      const pairs = [
        ...['page', 'card'].flatMap((ground) =>
          ['ink', 'soft', 'accent', 'fail', 'pass', 'unknown'].map((text) => [text, ground]),
        ),
        ...['fail', 'pass', 'unknown'].flatMap((tone) => [tone, 'ink'].map((text) => [text, `${tone}-tint`])),
      ];
      for (const [text = '', ground = ''] of pairs)
        expect(
          contrast(colours.get(text) ?? '#000', colours.get(ground) ?? '#000'),
          `${text} on ${ground}`,
        ).to.be.at.least(4.5);
    });

  it('are those of the sheet of all pages, in both themes', () => {
    expect(themes.map(({ name }) => name)).to.deep.equal(['light', 'dark']);
    expect(nightStyle).not.to.match(/#[0-9a-f]{3,6}\b/);
    expect(contrast('#777', '#fff')).to.be.below(4.5);
  });
});

describe('a night full of markup', () => {
  const report = poisonedNight(exampleNight());
  const hostilePage = renderNightHtml(report);

  it('comes out as text only', () => {
    const { tags, text } = readPage(hostilePage);
    expect(tags.filter(({ name }) => ['img', 'script'].includes(name))).to.deep.equal([]);
    expect(
      tags.flatMap(({ attributes }) => Object.keys(attributes)).filter((name) => name.startsWith('on')),
    ).to.deep.equal([]);
    expect(text).to.contain('<img src=x onerror="alert(\'1\')">');
    expect(hostilePage).not.to.match(/[\u0000-\u0008\u000b\u001b\u202e]/);
  });

  it('would be caught if one text were let through', () => {
    expect(() => readPage(hostilePage.replace('&lt;/script&gt;&lt;img', '</script><img'))).to.throw();
  });
});

describe('a large night', () => {
  it('stays under 2 MB with 40 cells and 30 nights', () => {
    const text = renderNightHtml(largeNight(5, 8, 30, 5));
    expect(Buffer.byteLength(text)).to.be.below(2_000_000);
    expect(readPage(text).tags.filter(({ attributes }) => attributes['class'] === 'spark')).to.have.length(
      40,
    );
  });
});
