import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { CommandError, InterruptedError, TimeoutError } from '../../../lab/errors.ts';
import type { Plan, PlanStep } from '../../../lab/plan.ts';
import { applyPlan, freshSecrets } from '../../../lab/run/apply-plan.ts';
import { pause } from '../../../lab/wait.ts';
import { failureOf } from '../../fakes/failure.ts';
import { fakeLab } from '../../fakes/lab.ts';
import { fakeStack, heardProgress } from '../../fakes/stack.ts';

const servers = ['nfs01', 'nfs02'];
const never = new AbortController().signal;
const planOf = (...steps: PlanStep[]): Plan => ({
  ...fakeStack().plan('current', {}, {}),
  sections: [{ title: 'DRBD', steps }],
});
const run = (title: string, command: string, nodes = servers): PlanStep => ({
  kind: 'run',
  title,
  nodes,
  commands: [command],
  timeoutMs: 1000,
});

describe('applying a plan', () => {
  it('does every step on its nodes, in order', async () => {
    const { lab, machine } = fakeLab();
    const progress = heardProgress();
    const file: PlanStep = {
      kind: 'file',
      title: 'Write it',
      nodes: ['nfs01'],
      path: '/etc/ha.d/ha.cf',
      mode: 0o600,
      content: 'x',
    };
    await applyPlan(lab, planOf(run('First', 'one'), file, run('Last', 'two', ['nfs02'])), progress, never);
    expect(progress.steps).to.deep.equal([
      'DRBD',
      'First (nfs01, nfs02)',
      'Write it (nfs01)',
      'Last (nfs02)',
    ]);
    expect(machine('nfs01').executed).to.deep.equal([{ command: 'sh -e -s', input: 'one\n' }]);
    expect(machine('nfs02').executed.map((each) => each.input)).to.deep.equal(['one\n', 'two\n']);
    expect(machine('nfs01').uploads).to.deep.equal([{ path: '/etc/ha.d/ha.cf', content: 'x', mode: 0o600 }]);
    expect(machine('sv01').executed).to.deep.equal([]);
  });

  it('ends at the first step that fails, on all of its nodes', async () => {
    let interrupted = false;
    const { lab, machine } = fakeLab((node, _command, { signal }) =>
      node === 'nfs01'
        ? { status: 1, stderr: 'no such device' }
        : pause(60_000, signal).then(
            () => ({}),
            (error: unknown) => {
              interrupted = true;
              throw error;
            },
          ),
    );
    const error = await failureOf(
      applyPlan(lab, planOf(run('First', 'one'), run('Last', 'two')), heardProgress(), never),
    );
    expect(error).to.be.instanceOf(CommandError);
    expect(error.message).to.include('no such device');
    expect(interrupted).to.equal(true);
    expect(machine('nfs01').executed).to.have.length(1);
  });

  it('waits for what it is told to wait for, bounded, and tells the last state', async () => {
    let looks = 0;
    const { lab } = fakeLab(() => ({ status: ++looks < 2 ? 1 : 0, stdout: 'WFConnection\n' }));
    const wait: PlanStep = {
      kind: 'wait',
      title: 'Wait',
      nodes: ['nfs01'],
      awaited: 'DRBD to be Connected',
      until: 'look',
      timeoutMs: 1000,
    };
    await applyPlan(lab, planOf(wait), heardProgress(), never);
    expect(looks).to.equal(2);
    looks = -1000;
    const error = await failureOf(applyPlan(lab, planOf({ ...wait, timeoutMs: 20 }), heardProgress(), never));
    expect(error).to.be.instanceOf(TimeoutError);
    expect(error.message).to.include('DRBD to be Connected on nfs01').and.include('WFConnection');
  });

  it('is interrupted', async () => {
    const { lab } = fakeLab((_node, _command, { signal }) => pause(60_000, signal).then(() => ({})));
    const controller = new AbortController();
    const running = failureOf(
      applyPlan(lab, planOf(run('First', 'one')), heardProgress(), controller.signal),
    );
    setImmediate(() => {
      controller.abort();
    });
    expect(await running).to.be.instanceOf(InterruptedError);
  });

  it('asks for packages in a script that a shell can read and that runs nothing from their names', async () => {
    const { lab, machine } = fakeLab();
    const step: PlanStep = {
      kind: 'packages',
      title: 'Install',
      nodes: ['nfs01'],
      packages: ['drbd-utils', "x'; touch /tmp/owned; '"],
    };
    await applyPlan(lab, planOf(step), heardProgress(), never);
    const script = machine('nfs01').executed[0]?.input ?? '';
    execFileSync('sh', ['-n'], { input: script });
    expect(script).to.include(`drbd-utils 'x'\\''; touch /tmp/owned; '\\'''`);
  });
});

describe('fresh secrets', () => {
  it('are one for each name, never the same', () => {
    const secrets = freshSecrets(['a', 'b']);
    expect(Object.keys(secrets)).to.deep.equal(['a', 'b']);
    expect(secrets['a'])
      .to.match(/^[0-9a-f]{32}$/)
      .and.not.equal(secrets['b']);
    expect(freshSecrets(['a'])['a']).to.not.equal(secrets['a']);
  });
});
