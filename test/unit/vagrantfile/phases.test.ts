import { expect } from 'chai';
import { heartbeatSarge } from '../../../provisioners/heartbeat-sarge.ts';
import { pacemakerCentos7 } from '../../../provisioners/pacemaker-centos7.ts';
import type { Plan, PlanStep } from '../../../lab/plan.ts';
import { resolveSettings } from '../../../lab/settings.ts';
import { phaseOn, phasesOf } from '../../../lab/vagrantfile/phases.ts';

const both = ['a', 'b'];

function run(title: string, nodes: readonly string[]): PlanStep {
  return { kind: 'run', title, nodes, commands: ['true'], timeoutMs: 1000 };
}

function wait(title: string, nodes: readonly string[]): PlanStep {
  return { kind: 'wait', title, nodes, awaited: title, until: 'true', timeoutMs: 1000 };
}

function file(title: string, nodes: readonly string[]): PlanStep {
  return { kind: 'file', title, nodes, path: '/x', mode: 0o644, content: '' };
}

function planOf(...sections: readonly PlanStep[][]): Plan {
  return {
    stack: 's',
    edition: 'current',
    title: 't',
    introduction: ['read this first'],
    nodes: both.map((name) => ({ name, role: 'server', addresses: [] })),
    settings: {},
    sections: sections.map((steps, i) => ({ title: `section ${String(i)}`, steps })),
    errata: [],
  };
}

function titles(plan: Plan): string[][] {
  return phasesOf(plan).map(({ sections }) =>
    sections.flatMap(({ steps }) => steps.map(({ title }) => title)),
  );
}

describe('the phases of a plan', () => {
  for (const { what, steps, phases } of [
    {
      what: 'commands of the same nodes stay together',
      steps: [run('1', both), file('2', both), run('3', both)],
      phases: [['1', '2', '3']],
    },
    {
      what: 'a command of one node waits for what others did',
      steps: [run('1', both), run('2', ['a'])],
      phases: [['1'], ['2']],
    },
    {
      what: 'a command of a node waits for a file of another one',
      steps: [file('1', ['b']), run('2', ['a'])],
      phases: [['1'], ['2']],
    },
    {
      what: 'files and packages wait for nothing',
      steps: [run('1', ['a']), file('2', ['b']), file('3', both)],
      phases: [['1', '2', '3']],
    },
    {
      what: 'nobody waits for what nodes do in the same phase',
      steps: [run('1', both), wait('2', both)],
      phases: [['1'], ['2']],
    },
    {
      what: 'a node may wait for what it did itself',
      steps: [run('1', ['a']), wait('2', ['a'])],
      phases: [['1', '2']],
    },
    {
      what: 'waits follow each other',
      steps: [wait('1', ['a']), wait('2', ['b']), wait('3', both)],
      phases: [['1', '2', '3']],
    },
    {
      what: 'what was awaited on all is true for the next command',
      steps: [wait('1', both), run('2', both)],
      phases: [['1'], ['2']],
    },
  ])
    it(`are such that ${what}`, () => {
      expect(titles(planOf(steps))).to.deep.equal(phases);
      expect(titles(planOf(...steps.map((step) => [step])))).to.deep.equal(phases);
    });

  it('have names that sort as they run and that fit a file', () => {
    const names = phasesOf(
      planOf([run('Write /etc/hosts!', both), run('ä', ['a']), run('long word '.repeat(9), both)]),
    ).map(({ name }) => name);
    expect(names).to.deep.equal([
      '01-write-etc-hosts',
      '02-step',
      '03-long-word-long-word-long-word-long-word',
    ]);
  });

  it('give each node what it does, in its sections', () => {
    const plan = planOf([file('1', both)], [file('2', ['b']), file('3', both)]);
    const [phase] = phasesOf(plan);
    if (phase === undefined) throw new Error('there is no phase');
    const part = phaseOn(plan, phase, 'a');
    expect(
      part?.sections.map(({ title, steps }) => [title, steps.map((step) => [step.title, step.nodes])]),
    ).to.deep.equal([
      ['section 0', [['1', ['a']]]],
      ['section 1', [['3', ['a']]]],
    ]);
    expect(part?.introduction).to.deep.equal([]);
    expect(phaseOn(planOf([]), phase, 'c')).to.equal(undefined);
  });

  for (const stack of [heartbeatSarge, pacemakerCentos7])
    for (const edition of stack.editions)
      it(`hold every step of ${stack.name}, ${edition} edition, once and in order`, () => {
        const secrets = { authkeys: 'x' };
        const plan = stack.plan(edition, resolveSettings(stack, edition, {}), secrets);
        const all = plan.sections.flatMap(({ steps }) => steps);
        const inPhases = phasesOf(plan).flatMap(({ sections }) => sections.flatMap(({ steps }) => steps));
        expect(inPhases).to.deep.equal(all);
      });
});
