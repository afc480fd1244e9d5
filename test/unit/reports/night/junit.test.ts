import { expect } from 'chai';
import { XMLParser } from 'fast-xml-parser';
import { renderNightJunit } from '../../../../reports/night/junit.ts';
import { exampleNight, nightReport, poisonedNight } from '../../../fixtures/night.ts';
import { leftOpen } from '../../../fixtures/xml.ts';

interface Node {
  name: string;
  attributes: Record<string, string>;
  children: Node[];
  text: string;
}

/** What a schema allows in an element: its attributes, those that have to be there, and its children in order. */
interface Allowed {
  required: readonly string[];
  optional: readonly string[];
  /** Names in the order in which they may come; `?` at most once, `*` any number. */
  children: readonly string[];
  text: boolean;
}

const time = /^\d+(?:\.\d*)?$/;
/**
 * What junit-4.xsd (the strictest) to junit-10.xsd of Jenkins' xunit plugin have in common. GitLab's parser takes the elements of
 * a case that are in it, and wants every pair of classname and name once in a report.
 */
const schema: Readonly<Record<string, Allowed>> = {
  testsuites: {
    required: [],
    optional: ['name', 'time', 'tests', 'failures', 'errors'],
    children: ['testsuite*'],
    text: false,
  },
  testsuite: {
    required: ['name', 'tests', 'failures', 'errors'],
    optional: ['time', 'skipped', 'timestamp', 'hostname', 'id', 'package'],
    children: ['properties?', 'testcase*', 'system-out?', 'system-err?'],
    text: false,
  },
  properties: { required: [], optional: [], children: ['property*'], text: false },
  property: { required: ['name', 'value'], optional: [], children: [], text: false },
  testcase: {
    required: ['name'],
    optional: ['classname', 'time'],
    children: ['skipped?', 'error*', 'failure*', 'system-out*', 'system-err*'],
    text: false,
  },
  failure: { required: [], optional: ['type', 'message'], children: [], text: true },
  error: { required: [], optional: ['type', 'message'], children: [], text: true },
  skipped: { required: [], optional: [], children: [], text: true },
  'system-out': { required: [], optional: [], children: [], text: true },
  'system-err': { required: [], optional: [], children: [], text: true },
};

/** @throws Error for an element that is not closed in order, and for a bare `&` or `<` */
function parse(xml: string): Node {
  const open = leftOpen(xml);
  if (open.length > 0) throw new Error(`not closed: ${open.join(' ')}`);
  const [bare] = /&(?!(?:amp|lt|gt|quot|apos|#\d+);)|<(?![a-z/?])|="[^"]*</.exec(xml) ?? [];
  if (bare !== undefined) throw new Error(`not escaped: ${bare}`);
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    trimValues: false,
  });
  const [root] = (parser.parse(xml) as Record<string, unknown>[])
    .map(nodeOf)
    .filter(({ name }) => name !== '?xml');
  if (root === undefined) throw new Error('no element');
  return root;
}

function nodeOf(found: Record<string, unknown>): Node {
  const name = Object.keys(found).find((key) => key !== ':@') ?? '';
  const inner = (Array.isArray(found[name]) ? found[name] : []) as Record<string, unknown>[];
  return {
    name,
    attributes: (found[':@'] ?? {}) as Record<string, string>,
    children: inner.filter((each) => !('#text' in each)).map(nodeOf),
    text: inner.map(({ '#text': text }) => (typeof text === 'string' ? text : '')).join(''),
  };
}

/** What the schema has against a document. */
function problems(node: Node): string[] {
  const allowed = schema[node.name];
  if (allowed === undefined) return [`<${node.name}> is not known`];
  const names = Object.keys(node.attributes);
  const order = allowed.children.map((each) => each.slice(0, -1));
  const places = node.children.map(({ name }) => order.indexOf(name));
  return [
    ...allowed.required
      .filter((name) => !names.includes(name))
      .map((name) => `<${node.name}> without ${name}`),
    ...names
      .filter((name) => ![...allowed.required, ...allowed.optional].includes(name))
      .map((name) => `<${node.name}> has no attribute ${name}`),
    ...(node.attributes['time'] === undefined || time.test(node.attributes['time'])
      ? []
      : ['time is no number']),
    ...places.flatMap((place, i) =>
      place < 0 ? [`<${node.children[i]?.name ?? ''}> in <${node.name}>`] : [],
    ),
    ...(places.some((place, i) => place < (places[i - 1] ?? 0)) ? [`<${node.name}>: wrong order`] : []),
    ...allowed.children
      .filter((each) => each.endsWith('?'))
      .filter((each) => node.children.filter(({ name }) => name === each.slice(0, -1)).length > 1)
      .map((each) => `<${node.name}>: more than one ${each.slice(0, -1)}`),
    ...(!allowed.text && node.text.trim() !== '' ? [`<${node.name}> has a text`] : []),
    ...node.children.flatMap(problems),
  ];
}

function cases(root: Node): Node[] {
  return root.children.flatMap((suite) => suite.children.filter(({ name }) => name === 'testcase'));
}

function outcome(found: Node | undefined): string {
  return found?.children.find(({ name }) => name !== 'system-out')?.name ?? 'passed';
}

const xml = renderNightJunit(exampleNight());
const root = parse(xml);

function caseOf(classname: string, name: string): Node | undefined {
  return cases(root).find(
    ({ attributes }) => attributes['classname'] === classname && attributes['name'] === name,
  );
}

describe('JUnit XML of a night', () => {
  it('keeps to what Jenkins and GitLab accept', () => {
    expect(problems(root)).to.deep.equal([]);
    const names = cases(root).map(
      ({ attributes: { classname, name } }) => `${classname ?? ''} ${name ?? ''}`,
    );
    expect(new Set(names).size).to.equal(12);
  });

  it('is a suite for each stack with a case for each scenario, and totals that agree', () => {
    expect(root.children.map(({ attributes }) => attributes['name'])).to.deep.equal([
      'heartbeat-sarge',
      'pacemaker-centos7',
      'heartbeat-etch-apache+serial',
    ]);
    expect(root.attributes).to.include({ tests: '12', failures: '2', errors: '1' });
    for (const suite of root.children) {
      const own = cases({ ...root, children: [suite] });
      const count = (what: string): string => String(own.filter((each) => outcome(each) === what).length);
      expect(suite.attributes).to.include({
        tests: String(own.length),
        failures: count('failure'),
        errors: count('error'),
        skipped: count('skipped'),
        timestamp: '2026-11-22T01:00:00',
      });
    }
  });

  it('fails what is worse, with the finding, the phase and what is suspected as text', () => {
    const failure = caseOf('heartbeat-sarge', 'hard-halt')?.children[0];
    expect(failure).to.include({ name: 'failure' });
    expect(failure?.attributes['type']).to.equal('slower');
    expect(failure?.text)
      .to.contain('26.1 % more')
      .and.contain('detect grew most')
      .and.contain('setting deadtime: 10 -&gt; 30'.replace('&gt;', '>'));
    expect(outcome(caseOf('pacemaker-centos7', 'link-cut'))).to.equal('failure');
  });

  it('passes what fails as it did before, what is better, and a first night', () => {
    const asBefore = caseOf('pacemaker-centos7', 'split-brain');
    expect(outcome(asBefore)).to.equal('passed');
    expect(asBefore?.children[0]?.text).to.contain('runs: 0 of 2 pass');
    expect(outcome(caseOf('pacemaker-centos7', 'link-flap'))).to.equal('passed');
    expect(outcome(caseOf('heartbeat-etch-apache+serial', 'hard-halt'))).to.equal('passed');
  });

  it('is an error where the rig broke, and skipped where nothing was tried', () => {
    const broken = caseOf('heartbeat-etch-apache+serial', 'link-cut');
    expect(outcome(broken)).to.equal('error');
    expect(broken?.children[0]?.attributes['type']).to.equal('infrastructure');
    expect(broken?.children[0]?.text).to.contain('the fabric ended while the scenario ran');
    const left = caseOf('heartbeat-etch-apache+serial', 'link-flap');
    expect(outcome(left)).to.equal('skipped');
    expect(left?.children[0]?.text).to.equal('the budget of 4 h was used up');
  });

  it('never passes a cell whose tries all broke, whatever it was judged', () => {
    const report = nightReport({
      cells: [{ stack: 's', scenario: 'x', verdict: 'not-run', broken: ['gone'] }],
    });
    expect(outcome(cases(parse(renderNightJunit(report)))[0])).to.equal('error');
  });

  it('is whole whatever a guest said, and gives GitLab no file to attach', () => {
    const hostile = renderNightJunit(poisonedNight(exampleNight()));
    expect(problems(parse(hostile))).to.deep.equal([]);
    // What XML 1.0 does not allow, not even as a reference.
    expect(hostile).not.to.match(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\uffff]|\p{Cs}/u);
    expect(hostile).not.to.match(/<system-out>[^<]*\[\[ATTACHMENT/);
    expect(hostile).not.to.contain('<img').and.not.to.contain('<![CDATA');
    expect(hostile).to.contain('&lt;img src=x');
  });
});

describe('the description of the schema', () => {
  it('refuses what is not XML', () => {
    expect(() => parse('<testcase name="x"><skipped></testcase>')).to.throw('not closed');
    expect(() => parse('<testcase name="a&b"/>')).to.throw('not escaped');
    expect(() => parse('<testcase name="<a"/>')).to.throw();
  });

  const wrong: [string, string][] = [
    ['<testsuites><testcase name="x"/></testsuites>', '<testcase> in <testsuites>'],
    ['<testsuites><testsuite name="a" tests="1" errors="0"/></testsuites>', '<testsuite> without failures'],
    [
      '<testsuite name="a" tests="1" failures="0" errors="0"><testcase name="x" file="y"/></testsuite>',
      '<testcase> has no attribute file',
    ],
    [
      '<testcase name="x"><system-out>a</system-out><failure>b</failure></testcase>',
      '<testcase>: wrong order',
    ],
    ['<testcase name="x"><properties/></testcase>', '<properties> in <testcase>'],
    ['<testcase name="x"><skipped message="a"/></testcase>', '<skipped> has no attribute message'],
    ['<testcase name="x"><skipped/><skipped/></testcase>', '<testcase>: more than one skipped'],
    ['<testcase name="x" time="1,5 s"/>', 'time is no number'],
    ['<testcase name="x">text</testcase>', '<testcase> has a text'],
  ];
  for (const [document, says] of wrong)
    it(`condemns ${document}`, () => {
      expect(problems(parse(document))).to.include(says);
    });
});
