import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { fileURLToPath } from 'node:url';
import { scenarios, stacks } from '../../../lab/cli/registry.ts';
import { UsageError } from '../../../lab/errors.ts';
import { defaultNight, nightlyJsonSchema, parseNightConfig } from '../../../lab/nightly/config.ts';
import { durationSeconds, spoken } from '../../../lab/nightly/duration.ts';
import { nightMatrix } from '../../../lab/nightly/matrix.ts';
import { capabilities } from '../../../lab/provider.ts';

const docs = fileURLToPath(new URL('../../../docs/', import.meta.url));
const schemaFile = `${docs}nightly.schema.json`;

describe('nightly.yaml', () => {
  it('may be absent or empty: every stack, every scenario, once, and nights that change nothing are accepted', () => {
    expect(parseNightConfig('').config).to.deep.equal(defaultNight.config);
    const { stacks: named, scenarios: listed, repeats, accept, rules, budget } = defaultNight.config;
    expect([named, listed, repeats, accept, budget]).to.deep.equal([
      undefined,
      undefined,
      1,
      'unchanged',
      undefined,
    ]);
    expect(rules.shiftShare).to.equal(0.1);
  });

  it('takes a stack by its name, or with what is special about it', () => {
    const { config, lineOf } = parseNightConfig(
      'stacks:\n  - heartbeat-sarge\n  - stack: heartbeat-sarge\n    label: slow\n    settings:\n      nfs:\n        version: 3\n',
    );
    expect(config.stacks).to.deep.equal([
      'heartbeat-sarge',
      { stack: 'heartbeat-sarge', label: 'slow', settings: { nfs: { version: 3 } } },
    ]);
    expect(lineOf(['stacks', 1])).to.equal('nightly.yaml:3');
    expect(lineOf(['stacks', 1, 'settings', 'nfs', 'version'])).to.equal('nightly.yaml:7');
  });

  for (const { text, says, hint } of [
    {
      text: 'repeats: 2\nscenario: [a]\n',
      says: /^nightly\.yaml:2: unknown key scenario$/,
      hint: /scenarios/,
    },
    {
      text: 'stacks:\n  - stack: a\n    lable: b\n',
      says: /^nightly\.yaml:3: unknown key stacks\.0\.lable$/,
      hint: /label/,
    },
    {
      text: 'rules:\n  shiftShar: 1\n',
      says: /^nightly\.yaml:2: unknown key rules\.shiftShar$/,
      hint: /shiftShare/,
    },
    { text: 'repeats: 0\n', says: /^nightly\.yaml:1: repeats: / },
    { text: 'stacks: []\n', says: /^nightly\.yaml:1: stacks: / },
    { text: 'stacks:\n  - a\n  - 5\n', says: /^nightly\.yaml:3: stacks\.1: / },
    {
      text: 'stacks:\n  - stack: a\n    label: Not It\n',
      says: /^nightly\.yaml:3: stacks\.0\.label: lower-case/,
    },
    { text: 'stacks:\n  - stack: a\n    label: period\n', says: /name of an edition/ },
    { text: '\nbudget: soon\n', says: /^nightly\.yaml:2: budget: a time as 4h/ },
    { text: 'notify: ftp://x\n', says: /^nightly\.yaml:1: notify: an address that begins with http/ },
    { text: 'accept: always\n', says: /^nightly\.yaml:1: accept: / },
    { text: 'rules:\n  shiftShare: -1\n', says: /^nightly\.yaml:2: rules\.shiftShare: / },
    { text: 'repeats: 1\nrepeats: 2\n', says: /^nightly\.yaml:2: .*unique/ },
    { text: 'a: "\n', says: /^nightly\.yaml:\d+: / },
  ])
    it(`refuses ${JSON.stringify(text)} with its line`, () => {
      try {
        parseNightConfig(text);
      } catch (error) {
        expect(error).to.be.instanceOf(UsageError);
        expect((error as UsageError).message).to.match(says);
        if (hint !== undefined) expect((error as UsageError).hint).to.match(hint);
        return;
      }
      expect.fail('it was accepted');
    });

  it('refuses a few lines of aliases that make something huge', () => {
    const rows = Array.from({ length: 12 }, (_, i) => {
      const before = `*a${String(i)},`.repeat(9);
      return i === 0
        ? 'a0: &a0 [x]'
        : `a${String(i)}: &a${String(i)} [${before.replaceAll(`*a${String(i)}`, `*a${String(i - 1)}`)}]`;
    });
    expect(() => parseNightConfig(rows.join('\n'))).to.throw(UsageError, /alias/);
  });

  it('is described by docs/nightly.schema.json for editors (LAB_UPDATE_GOLDEN=1 writes it anew)', async () => {
    const options = await resolveConfig(schemaFile);
    const text = await format(JSON.stringify(nightlyJsonSchema()), { ...options, parser: 'json' });
    if (process.env['LAB_UPDATE_GOLDEN'] === '1') writeFileSync(schemaFile, text);
    expect(readFileSync(schemaFile, 'utf8')).to.equal(text);
    expect(nightlyJsonSchema()).to.have.nested.property('properties.stacks.items.anyOf');
    expect(nightlyJsonSchema()).to.have.property('additionalProperties', false);
    expect(nightlyJsonSchema()).not.to.have.property('required');
  });

  it('has a commented example in docs/nightly.example.yaml that makes a night', () => {
    const read = parseNightConfig(readFileSync(`${docs}nightly.example.yaml`, 'utf8'));
    expect(read.config.rules).to.deep.equal(defaultNight.config.rules);
    const provider = { name: 'qemu' as const, capabilities: new Set(capabilities) };
    const { cells } = nightMatrix(read, {}, { stacks, scenarios, provider });
    expect(cells.map(({ cell }) => cell.key)).to.include('pacemaker-centos7+fenced/kill-corosync');
    expect(cells.length).to.be.greaterThan(10);
  });
});

describe('a time', () => {
  it('is read in days, hours and minutes', () => {
    expect(durationSeconds('4h', '--budget')).to.equal(14_400);
    expect(durationSeconds('90m', '--budget')).to.equal(5400);
    expect(durationSeconds('1h30m', '--budget')).to.equal(5400);
    expect(durationSeconds('1d', '--budget')).to.equal(86_400);
  });

  for (const text of ['', '0h', 'h', '4', '4 h', '-4h', '30m1h', '4h x', '1e3m'])
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(() => durationSeconds(text, '--budget')).to.throw(UsageError, /--budget .*not a time/);
    });

  it('is spoken of as people do', () => {
    expect([0, 45, 90, 3600, 3900, 7200].map(spoken)).to.deep.equal([
      '0 s',
      '45 s',
      '2 min',
      '1 h',
      '1 h 5 min',
      '2 h',
    ]);
  });
});
