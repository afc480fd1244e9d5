import { expect } from 'chai';
import { RunRecord } from '../../../lab/record.ts';
import { renderHtml } from '../../../reports/html.ts';
import { recordWithErrors } from '../../fixtures/bad-records.ts';
import { readPage } from './page.ts';

const hostile = `</script><img src=x onerror="alert('x')">&\`\u2028`;
/** Fields whose values are a closed set: the schema lets nothing else in. */
const closed = new Set(['verdict', 'edition', 'source', 'of', 'outcome']);

/** The value with hostile text put before every string and every key of a free table. */
function poisoned(value: unknown, field: string): unknown {
  if (typeof value === 'string') return closed.has(field) ? value : `${hostile}${value}`;
  if (Array.isArray(value)) return value.map((each) => poisoned(each, field));
  if (typeof value !== 'object' || value === null) return value;
  const free = ['settings', 'errors', 'versions', 'host', 'versions.'].includes(field);
  const inner = field === 'versions' ? 'versions.' : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      free ? `${hostile}${key}` : key,
      poisoned(each, inner ?? key),
    ]),
  );
}

describe('a record full of markup', () => {
  const source = { ...recordWithErrors(), broken: 'first\nsecond' };
  const record = RunRecord.parse(poisoned(source, ''));
  const html = renderHtml(record);

  it('is poisoned in every free string', () => {
    const texts = JSON.stringify(record).split(JSON.stringify(hostile).slice(1, -1)).length - 1;
    expect(texts).to.be.above(200);
    for (const [field, value] of Object.entries(record))
      if (typeof value === 'string' && !closed.has(field)) expect(value, field).to.contain(hostile);
  });

  it('comes out as text only', () => {
    expect(html).not.to.contain('<img');
    const { tags } = readPage(html);
    expect(tags.filter((tag) => tag.name === 'img')).to.deep.equal([]);
    expect(tags.filter((tag) => tag.name === 'script')).to.have.length(2);
    expect(
      tags.flatMap((tag) => Object.keys(tag.attributes)).filter((name) => name.startsWith('on')),
    ).to.deep.equal([]);
  });

  it('is still readable as what it was', () => {
    expect(readPage(html).text).to.contain(`<img src=x onerror="alert('x')">&\``);
  });

  it('leaves the inline data whole', () => {
    const [data = ''] = readPage(html).scripts;
    expect(data).not.to.match(/[<>\u2028]/);
    expect(JSON.parse(data)).to.have.nested.property('clients[0].client', `${hostile}sv01`);
  });

  it('would be caught if one text were let through', () => {
    const leaked = html.replace('&lt;/script&gt;&lt;img', '</script><img');
    expect(() => readPage(leaked)).to.throw();
  });
});
