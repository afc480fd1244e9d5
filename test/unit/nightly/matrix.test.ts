import { expect } from 'chai';
import { scenarios, stacks } from '../../../lab/cli/registry.ts';
import { HostError, UsageError } from '../../../lab/errors.ts';
import { parseNightConfig } from '../../../lab/nightly/config.ts';
import { labNameOf, variantOf } from '../../../lab/nightly/lab-name.ts';
import type { NightChoice } from '../../../lab/nightly/matrix.ts';
import { nightMatrix } from '../../../lab/nightly/matrix.ts';
import { capabilities, type Capability } from '../../../lab/provider.ts';

const all: ReadonlySet<Capability> = new Set(capabilities);

function matrixOf(text: string, choice: NightChoice = {}, can: ReadonlySet<Capability> = all) {
  const provider = { name: 'qemu' as const, capabilities: can };
  return nightMatrix(parseNightConfig(text), choice, { stacks, scenarios, provider });
}

function keysOf(text: string, choice: NightChoice = {}): string[] {
  return matrixOf(text, choice).cells.map(({ cell }) => cell.key);
}

const two = 'stacks: [heartbeat-sarge, pacemaker-centos7]\nscenarios: [hard-halt, kill-corosync]\n';

describe('the matrix of a night', () => {
  it('is every stack with every scenario that makes sense on it, where nobody says otherwise', () => {
    const { cells, without } = matrixOf('');
    expect(cells.length + without.length).to.equal(stacks.length * scenarios.length);
    expect(cells.every(({ cell }) => cell.repeats === 1 && cell.label === null)).to.equal(true);
  });

  it('leaves a combination of the cross product out that makes no sense, and says why', () => {
    const { cells, without } = matrixOf(two);
    expect(cells.map(({ cell }) => cell.key)).to.deep.equal([
      'heartbeat-sarge/hard-halt',
      'pacemaker-centos7/hard-halt',
      'pacemaker-centos7/kill-corosync',
    ]);
    expect(without).to.have.length(1);
    expect(without[0]?.cell).to.equal('heartbeat-sarge/kill-corosync');
    expect(without[0]?.why).to.contain('corosync');
  });

  it('refuses one that an entry names itself, with its line', () => {
    const text =
      'stacks:\n  - stack: heartbeat-sarge\n    scenarios:\n      - hard-halt\n      - kill-corosync\n';
    expect(() => matrixOf(text)).to.throw(
      UsageError,
      /^nightly\.yaml:5: kill-corosync makes no sense on heartbeat-sarge/,
    );
  });

  it('leaves out what the provider cannot do', () => {
    const { cells, without } = matrixOf(
      'stacks: [heartbeat-sarge]\nscenarios: [link-flap]\n',
      {},
      new Set(['power']),
    );
    expect(cells).to.deep.equal([]);
    expect(without[0]?.why).to.match(/^qemu cannot .*link/);
  });

  it('has variants of a stack with settings, scenarios and repeats of their own', () => {
    const { cells } = matrixOf(
      'stacks:\n  - heartbeat-sarge\n  - {stack: heartbeat-sarge, label: slow, settings: {deadtime: 30}, scenarios: [hard-halt], repeats: 5}\n' +
        'scenarios: [hard-halt, link-flap]\nrepeats: 2\n',
    );
    expect(cells.map(({ cell }) => [cell.key, cell.repeats, cell.settings])).to.deep.equal([
      ['heartbeat-sarge/hard-halt', 2, {}],
      ['heartbeat-sarge/link-flap', 2, {}],
      ['heartbeat-sarge+slow/hard-halt', 5, { deadtime: 30 }],
    ]);
    expect(cells[2]?.settings['deadtime']).to.equal(30);
    expect(cells[2]?.settings).to.have.property('keepalive');
  });

  it('gives a setting of the night to the stacks that have it; an entry wins, and the command line over both', () => {
    const text =
      'stacks:\n  - pacemaker-centos7\n  - heartbeat-sarge\n  - {stack: heartbeat-sarge, label: own, settings: {deadtime: 20}}\nscenarios: [hard-halt]\n' +
      'settings: {deadtime: 15}\n';
    const asked = (choice: NightChoice) => matrixOf(text, choice).cells.map(({ cell }) => cell.settings);
    expect(asked({})).to.deep.equal([{}, { deadtime: 15 }, { deadtime: 20 }]);
    expect(asked({ set: { deadtime: '25' } })).to.deep.equal([{}, { deadtime: 25 }, { deadtime: 25 }]);
  });

  it('lets the command line choose stacks, variants and scenarios', () => {
    const text =
      'stacks:\n  - heartbeat-sarge\n  - {stack: heartbeat-sarge, label: slow}\nscenarios: [hard-halt, link-flap]\n';
    expect(keysOf(text, { stacks: ['heartbeat-sarge+slow'], scenarios: ['link-flap'] })).to.deep.equal([
      'heartbeat-sarge+slow/link-flap',
    ]);
    expect(keysOf(text, { stacks: ['heartbeat-sarge'] })).to.have.length(4);
    expect(keysOf(text, { stacks: ['pacemaker-centos7'], scenarios: ['hard-halt'] })).to.deep.equal([
      'pacemaker-centos7/hard-halt',
    ]);
    expect(matrixOf(text, { stacks: ['heartbeat-sarge+slow'], repeats: 3 }).cells[0]?.cell.repeats).to.equal(
      3,
    );
  });

  it('takes of the scenarios of an entry those that the command line names', () => {
    const text = 'stacks:\n  - {stack: heartbeat-sarge, scenarios: [hard-halt, link-flap]}\n';
    expect(keysOf(text, { scenarios: ['link-flap', 'split-brain'] })).to.deep.equal([
      'heartbeat-sarge/link-flap',
    ]);
  });

  for (const { text, choice = {}, says } of [
    { text: 'stacks:\n  - heartbeat-sarg\n', says: /^nightly\.yaml:2: unknown stack "heartbeat-sarg"$/ },
    {
      text: 'scenarios:\n  - hard-halt\n  - hard-hal\n',
      says: /^nightly\.yaml:3: unknown scenario "hard-hal"$/,
    },
    {
      text: 'stacks:\n  - heartbeat-sarge\n  - {stack: heartbeat-sarge, settings: {deadtime: 30}}\n',
      says: /^nightly\.yaml:3: heartbeat-sarge is there already, at nightly\.yaml:2$/,
    },
    {
      text: 'stacks:\n  - stack: heartbeat-sarge\n    settings:\n      deadtim: 30\n',
      says: /^nightly\.yaml:4: heartbeat-sarge has no setting "deadtim"$/,
    },
    {
      text: 'stacks:\n  - stack: heartbeat-sarge\n    settings:\n      nfs:\n        version: 9\n',
      says: /^nightly\.yaml:5: nfs\.version cannot be 9/,
    },
    {
      text: 'stacks: [heartbeat-sarge]\nsettings:\n  nfs:\n    version: 9\n',
      says: /^nightly\.yaml:4: nfs\.version cannot be 9/,
    },
    {
      text: 'settings:\n  deadtim: 3\n',
      says: /^nightly\.yaml:2: no stack of this night has a setting "deadtim"$/,
    },
    {
      text: 'stacks:\n  - stack: heartbeat-sarge\n    settings:\n      deadtime: 1\n      keepalive: 2\n',
      says: /^nightly\.yaml:3: .*deadtime must be longer than twice keepalive/,
    },
    {
      text: 'stacks:\n  - stack: heartbeat-sarge\n    edition: period\n',
      says: /^nightly\.yaml:3: the period edition of heartbeat-sarge is rendered, not run/,
    },
    { text: '', choice: { stacks: ['nope'] }, says: /^--stacks: unknown stack "nope"$/ },
    { text: '', choice: { scenarios: ['nope'] }, says: /^--scenarios: unknown scenario "nope"$/ },
    {
      text: '',
      choice: { set: { nope: '1' } },
      says: /^--set: no stack of this night has a setting "nope"$/,
    },
    {
      text: '',
      choice: { stacks: ['heartbeat-sarge'], set: { deadtime: '1' } },
      says: /^--set: .*contradict/,
    },
  ])
    it(`refuses ${JSON.stringify(text)} with ${JSON.stringify(choice)}`, () => {
      expect(() => matrixOf(text, choice)).to.throw(UsageError, says);
    });

  it('refuses settings that the provider cannot serve', () => {
    const text = 'stacks:\n  - {stack: pacemaker-centos7, settings: {fencing: host}}\n';
    expect(() => matrixOf(text, {}, new Set(['power', 'link']))).to.throw(HostError, /cannot fence/);
  });
});

describe('the name of a night’s lab', () => {
  const lab = { stack: 'heartbeat-sarge', edition: 'current' as const, label: null };

  it('says what it is', () => {
    expect(labNameOf(lab)).to.equal('night-heartbeat-sarge');
    expect(labNameOf({ ...lab, label: 'slow' })).to.equal('night-heartbeat-sarge--slow');
    expect(labNameOf({ ...lab, edition: 'period' })).to.equal('night-heartbeat-sarge--period');
    expect(variantOf({ ...lab, edition: 'period', label: 'slow' })).to.equal('heartbeat-sarge@period+slow');
  });

  it('is cut where it is too long, and still tells labs apart', () => {
    const names = ['a-long-label', 'a-long-label-too'].map((label) =>
      labNameOf({ stack: 'heartbeat-etch-apache', edition: 'period', label }),
    );
    expect(new Set(names).size).to.equal(2);
    for (const name of names) expect(name).to.match(/^night-heartbeat-etch-apa-[0-9a-f]{6}$/);
  });

  it('can be that of a folder, whatever the stack and the label', () => {
    for (const { name } of stacks)
      for (const edition of ['current', 'period'] as const)
        for (const label of [null, 'x', 'a-label-of-twenty-ch'])
          expect(labNameOf({ stack: name, edition, label })).to.match(/^[a-z0-9][a-z0-9-]{0,30}$/);
  });
});
