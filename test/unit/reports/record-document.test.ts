import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { z } from 'zod';
import { RunRecord, recordSchema } from '../../../lab/record.ts';

const JsonSchema = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  $ref: z.string().optional(),
});

/** Every field name of the schema, with the path it was found at. */
function fields(schema: unknown, path = ''): { name: string; path: string }[] {
  const parsed = JsonSchema.safeParse(schema);
  if (!parsed.success) return [];
  const { properties = {}, items, anyOf = [] } = parsed.data;
  return [
    ...Object.entries(properties).flatMap(([name, inner]) => [
      { name, path: `${path}.${name}` },
      ...fields(inner, `${path}.${name}`),
    ]),
    ...fields(items, `${path}[]`),
    ...anyOf.flatMap((inner) => fields(inner, path)),
  ];
}

describe('docs/record.md', () => {
  const document = readFileSync(new URL('../../../docs/record.md', import.meta.url), 'utf8');
  const all = fields(z.toJSONSchema(RunRecord, { reused: 'inline' }));
  const missingFrom = (text: string): string[] =>
    all.filter(({ name }) => !text.includes(`\`${name}\``)).map(({ path }) => path);

  it('is checked against fields on every level of the schema', () => {
    const paths = all.map(({ path }) => path);
    expect(paths).to.include.members([
      '.schema',
      '.clients[].samples.dueMs',
      '.clients[].readBacks[].reader',
      '.windows[].budget.terms[].from',
      '.final.replicas.identical',
      '.events[].subject',
    ]);
  });

  it('describes every field of a record', () => {
    expect(missingFrom(document)).to.deep.equal([]);
  });

  it('would be found wanting without a field', () => {
    expect(missingFrom(document.replaceAll('`governedBy`', ''))).to.include('.phases[].governedBy');
  });

  it('is about the version that is read', () => {
    expect(document).to.contain(`version ${String(recordSchema)} of its schema`);
  });
});
