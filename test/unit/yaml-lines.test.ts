import { expect } from 'chai';
import { z } from 'zod';
import { UsageError } from '../../lab/errors.ts';
import { readYaml, yamlComplaint } from '../../lab/yaml-lines.ts';

const Schema = z.strictObject({ list: z.array(z.union([z.string(), z.strictObject({ name: z.string() })])) });

function complaintOf(text: string): UsageError {
  const { value, lineOf } = readYaml(text, 'x.yaml');
  const parsed = Schema.safeParse(value);
  return yamlComplaint(parsed.error?.issues[0], lineOf, (path) => (path.length === 0 ? ['list'] : ['name']));
}

describe('lines of YAML', () => {
  it('are found through keys and lists, else through the nearest parent', () => {
    const { lineOf } = readYaml('# c\na:\n  - b\n  - c: 1\n    d:\n      - e\n', 'x.yaml');
    expect(lineOf(['a', 0])).to.equal('x.yaml:3');
    expect(lineOf(['a', 1, 'd'])).to.equal('x.yaml:5');
    expect(lineOf(['a', 1, 'd', 0])).to.equal('x.yaml:6');
    expect(lineOf(['a', 1, 'nothing'])).to.equal('x.yaml:4');
    expect(lineOf(['a', 9])).to.equal('x.yaml:2');
    expect(lineOf(['nothing'])).to.equal('x.yaml');
    expect(lineOf([])).to.equal('x.yaml');
  });

  it('are those of what is wrong in one of several kinds', () => {
    expect(complaintOf('list:\n  - a\n  - name: 5\n').message).to.match(/^x\.yaml:3: list\.1\.name: /);
    const unknown = complaintOf('list:\n  - naem: a\n    name: b\n');
    expect(unknown.message).to.equal('x.yaml:2: unknown key list.0.naem');
    expect(unknown.hint).to.contain('name');
    expect(complaintOf('list:\n  - 5\n').message).to.match(/^x\.yaml:2: list\.0: /);
  });

  it('are told of what is no YAML', () => {
    expect(() => readYaml('a: 1\nb: [\n', 'x.yaml')).to.throw(UsageError, /^x\.yaml:\d: /);
  });

  it('are those of an empty mapping where there is nothing', () => {
    expect(readYaml('', 'x.yaml').value).to.deep.equal({});
  });
});
