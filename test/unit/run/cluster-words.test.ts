import { expect } from 'chai';
import { CommandError, NotRecoveredError, UsageError } from '../../../lab/errors.ts';
import { clusterWords, type ClusterWords } from '../../../lab/run/cluster-words.ts';
import type { Stack } from '../../../lab/stack.ts';
import { failureOf } from '../../fakes/failure.ts';
import { fakeLab, type FakeShell } from '../../fakes/lab.ts';
import { fakeSpec, fakeStack } from '../../fakes/stack.ts';
import { fakeAnatomy } from '../../fakes/stage.ts';

const cleanups: (() => void)[] = [];

function rig(
  stack: Partial<Stack> = {},
  shell: FakeShell = () => ({}),
): { words: ClusterWords; told: string[]; expected: string[] } {
  const { lab } = fakeLab(shell);
  const { spec, remove } = fakeSpec(lab, fakeStack(stack));
  cleanups.push(remove);
  const told: string[] = [];
  const expected: string[] = [];
  const words = clusterWords({
    spec,
    lab,
    signal: new AbortController().signal,
    step: async (_text, work) => await work(),
    told: (text, kind, node) => told.push(`${kind} ${node ?? '-'}: ${text}`),
    expect: (node) => expected.push(node),
  });
  return { words, told, expected };
}

describe('what a scenario can ask of the cluster', function () {
  this.timeout(20_000);

  afterEach(() => {
    for (const clean of cleanups.splice(0)) clean();
  });

  it('names what faults take hold of, or says that the stack does not', () => {
    expect(rig({ anatomy: () => fakeAnatomy }).words.anatomy()).to.equal(fakeAnatomy);
    expect(() => rig({ anatomy: () => undefined }).words.anatomy()).to.throw(
      UsageError,
      'fake-stack does not say',
    );
  });

  it('knows the cables of a node on a network', () => {
    const { words } = rig();
    expect(words.nicsOf('nfs01', 'lan')).to.deep.equal(['eth1']);
    expect(() => words.nicsOf('nfs01', 'cross')).to.throw(UsageError, 'nfs01 has no NIC on cross');
    expect(() => words.nicsOf('nfs03', 'lan')).to.throw(UsageError);
  });

  it('waits until one node is alone, and expects the service there', async () => {
    const seen = [['nfs01', 'nfs02'], [], ['nfs02']];
    const { words, expected } = rig({ active: () => Promise.resolve(seen.shift() ?? ['nfs02']) });
    expect(await words.settled({ timeoutMs: 5000, forMs: 0 })).to.equal('nfs02');
    expect(expected).to.deep.equal(['nfs02']);
  });

  it('takes a node that holds the service for a moment for no settled cluster', async () => {
    const seen = [['nfs01'], [], ['nfs02'], ['nfs01', 'nfs02']];
    const { words } = rig({ active: () => Promise.resolve(seen.shift() ?? ['nfs02']) });
    expect(await words.settled({ timeoutMs: 15_000, forMs: 1500 })).to.equal('nfs02');
    expect(seen).to.deep.equal([]);
  });

  it('finds no settled cluster in one that both servers serve, nor in one that nobody does', async () => {
    for (const holders of [['nfs01', 'nfs02'], []]) {
      const { words, expected } = rig({ active: () => Promise.resolve(holders) });
      expect(await failureOf(words.settled({ timeoutMs: 20 }))).to.be.instanceOf(NotRecoveredError);
      expect(expected).to.deep.equal([]);
    }
  });

  it('tells of both servers when both hold the service, and does not take one for two', async () => {
    const both = rig({ active: () => Promise.resolve(['nfs01', 'nfs02']) });
    await both.words.bothActive({ timeoutMs: 1000 });
    expect(both.told).to.deep.equal(['both-active -: nfs01 and nfs02 both hold the service']);
    const one = rig();
    const error = await failureOf(one.words.bothActive({ timeoutMs: 20 }));
    expect(error).to.be.instanceOf(NotRecoveredError);
    expect(error.message).to.include('on nfs01');
  });

  it('gives replicas up that refuse each other for good, long before its patience ends', async () => {
    const found = 'nfs01: StandAlone';
    const { words } = rig({ redundant: () => Promise.resolve({ ok: false, stuck: true, found }) });
    const startedMs = Date.now();
    const error = await failureOf(words.redundant({ timeoutMs: 60_000 }));
    expect(error).to.be.instanceOf(NotRecoveredError);
    expect(error.message).to.equal('the replicas will not meet again by themselves: nfs01: StandAlone');
    expect(Date.now() - startedMs).to.be.within(4000, 9000);
  });

  it('goes on waiting for replicas that refuse each other for a moment', async () => {
    const seen = [{ ok: false, stuck: true }, { ok: false }, { ok: false, stuck: true }, { ok: true }];
    const { words } = rig({
      redundant: () => Promise.resolve({ found: '', ...(seen.shift() ?? { ok: true }) }),
    });
    await words.redundant({ timeoutMs: 30_000 });
    expect(seen).to.deep.equal([]);
  });

  it('does what an operator would, and tells it; an order that fails is an error', async () => {
    const { words, told } = rig({}, (_node, command) => ({ status: command === 'fail' ? 1 : 0 }));
    await words.order({ node: 'nfs01', title: 'nfs01 goes standby', command: 'hb_standby' });
    expect(told).to.deep.equal(['order nfs01: nfs01 goes standby: hb_standby']);
    const refused = words.order({ node: 'nfs01', title: 'x', command: 'fail' });
    expect(await failureOf(refused)).to.be.instanceOf(CommandError);
    expect(told).to.have.length(1);
  });

  it('looks until a node says what is awaited, and tells what it said', async () => {
    const answers = ['cs:WFConnection', 'cs:StandAlone'];
    const { words, told } = rig({}, () => ({ stdout: answers.shift() ?? '' }));
    const look = { node: 'nfs02', what: 'it stands alone', command: 'cat', prints: /StandAlone/ };
    expect(await words.see(look, { timeoutMs: 5000 })).to.equal('cs:StandAlone');
    expect(told).to.deep.equal(['seen nfs02: it stands alone: cs:StandAlone']);
    const either = rig({}, (node) => ({ stdout: node === 'nfs01' ? 'cs:StandAlone' : 'cs:WFConnection' }));
    await either.words.see({ ...look, node: ['nfs02', 'nfs01'] }, { timeoutMs: 1000 });
    expect(either.told).to.deep.equal(['seen nfs01: it stands alone: cs:StandAlone']);
    const error = await failureOf(words.see(look, { timeoutMs: 20 }));
    expect(error).to.be.instanceOf(NotRecoveredError);
  });
});
