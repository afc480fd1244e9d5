import { expect } from 'chai';
import { HostError, LabError, RigError, UsageError } from '../../../../../lab/errors.ts';
import type { NetworkRule } from '../../../../../lab/network.ts';
import { guestRules, parseList } from '../../../../../lab/providers/vagrant/guest-network/rules.ts';
import type { Topology } from '../../../../../lab/topology.ts';
import { failureOf } from '../../../../fakes/failure.ts';
import { fakeLab, fakeTopology } from '../../../../fakes/lab.ts';
import type { FakeLab, FakeShell } from '../../../../fakes/lab.ts';

const macs: Readonly<Record<string, string>> = {
  sv01: '52:54:00:00:00:01',
  sv02: '52:54:00:00:00:02',
  nfs01: '52:54:00:00:00:0A',
  nfs02: '52:54:00:00:00:0b',
};

const dropped: NetworkRule = {
  network: 'lan',
  from: 'nfs01',
  to: 'sv01',
  effect: { kind: 'drop' },
  ttlMs: 5000.2,
};

function rulesOver(
  shell: FakeShell = () => ({}),
  topology: Topology = fakeTopology,
): { fake: FakeLab; rules: ReturnType<typeof guestRules> } {
  const fake = fakeLab(shell);
  return {
    fake,
    rules: guestRules({ topology, machine: fake.machine, macOf: (node) => macs[node] ?? '' }),
  };
}

/** The words after `add` or another verb, of all commands on a node. */
function asked(fake: FakeLab, node: string): string[] {
  return fake.machine(node).executed.map(({ command }) => command.replace('exec perl - ', ''));
}

function fields(command: string | undefined): Record<string, string> {
  const words = [...(command ?? '').replaceAll("'", '').matchAll(/ (\w+)=(\S*)/g)];
  return Object.fromEntries(words.map(([, key = '', value = '']) => [key, value]));
}

function hintOf(error: Error): string | undefined {
  return error instanceof LabError ? error.hint : undefined;
}

describe('rules in the guests', () => {
  it('are put in force by the receiver, which is told the sender’s address', async () => {
    const { fake, rules } = rulesOver();
    const id = await rules.addRule(dropped);
    const [command, ...others] = asked(fake, 'sv01');
    expect(others).to.deep.equal([]);
    expect(fields(command)).to.deep.equal({
      id,
      ttl: '5001',
      kind: 'drop',
      a: '0',
      b: '0',
      nics: 'eth1',
      from: '3',
      macs: '52:54:00:00:00:0a',
      rule: Buffer.from(JSON.stringify(dropped)).toString('base64url'),
    });
    for (const node of ['sv02', 'nfs01', 'nfs02']) expect(asked(fake, node)).to.deep.equal([]);
    expect(fake.machine('sv01').executed[0]?.input).to.include('/run/lab/network-rules');
  });

  it('are put in force on every node but the sender when no receiver is named', async () => {
    const { fake, rules } = rulesOver();
    const { to: _, ...toAny } = dropped;
    const id = await rules.addRule(toAny);
    for (const node of ['sv01', 'sv02', 'nfs02'])
      expect(asked(fake, node)).to.have.length(1).and.have.nested.property('[0]').that.includes(id);
    expect(asked(fake, 'nfs01')).to.deep.equal([]);
    const { from: _from, ...anyToAny } = toAny;
    await rules.addRule(anyToAny);
    expect(fields(asked(fake, 'nfs01')[0])).to.include({ from: '0', macs: '' });
  });

  it('mean all NICs of a bond, of the sender and of the receiver', async () => {
    const bonded: Topology = {
      ...fakeTopology,
      nodes: fakeTopology.nodes.map((node) => ({
        ...node,
        nics: [...node.nics, { name: 'eth2', network: 'lan' }],
      })),
    };
    const fake = fakeLab();
    const macOf = (node: string, nic: string): string =>
      (macs[node] ?? '').replace('00:00:00', `00:00:0${nic.slice(3)}`);
    await guestRules({ topology: bonded, machine: fake.machine, macOf }).addRule(dropped);
    expect(fields(asked(fake, 'sv01')[0])).to.include({
      nics: 'eth1,eth2',
      macs: '52:54:00:00:01:0a,52:54:00:00:02:0a',
    });
  });

  const figures: [NetworkRule['effect'], string, string][] = [
    [{ kind: 'loss', probability: 0.25 }, '250000', '0'],
    [{ kind: 'loss', probability: 1 }, '1000000', '0'],
    [{ kind: 'delay', delayMs: 12.3456, jitterMs: 0.5 }, '12346', '500'],
    [{ kind: 'rate', bytesPerSecond: 1000.4, queueBytes: 5000 }, '1000', '5000'],
  ];
  for (const [effect, a, b] of figures)
    it(`tell ${JSON.stringify(effect)} in parts per million, microseconds and bytes`, async () => {
      const { fake, rules } = rulesOver();
      await rules.addRule({ ...dropped, effect });
      expect(fields(asked(fake, 'sv01')[0])).to.include({ kind: effect.kind, a, b });
    });

  const refused: [string, unknown, RegExp][] = [
    ['an unknown network', { ...dropped, network: 'lam' }, /no network lam/],
    ['an unknown sender', { ...dropped, from: 'nfs03' }, /no node nfs03/],
    ['an unknown receiver', { ...dropped, to: 'x; reboot' }, /no node x; reboot/],
    ['a sender that is the receiver', { ...dropped, to: 'nfs01' }, /to itself/],
    ['an effect that is none', { ...dropped, effect: { kind: 'explode' } }, /not a rule: effect/],
    ['a probability above 1', { ...dropped, effect: { kind: 'loss', probability: 1.1 } }, /probability/],
    ['no time to live', { ...dropped, ttlMs: 0 }, /ttlMs/],
    [
      'more jitter than netem has',
      { ...dropped, effect: { kind: 'delay', delayMs: 1, jitterMs: 2001 } },
      /2001 ms/,
    ],
    [
      'a rate below tc’s',
      { ...dropped, effect: { kind: 'rate', bytesPerSecond: 99, queueBytes: 1 } },
      /99 bytes/,
    ],
  ];
  for (const [what, rule, words] of refused)
    it(`refuse ${what} before a node is asked`, async () => {
      const { fake, rules } = rulesOver();
      const error = await failureOf(rules.addRule(rule as NetworkRule));
      expect(error).to.be.instanceOf(UsageError);
      expect(error.message).to.match(words);
      for (const { name } of fakeTopology.nodes) expect(asked(fake, name)).to.deep.equal([]);
    });

  it('need the sender’s address', async () => {
    const { machine } = fakeLab();
    const rules = guestRules({ topology: fakeTopology, machine, macOf: () => '$(reboot)' });
    const error = await failureOf(rules.addRule(dropped));
    expect(error).to.be.instanceOf(HostError);
    expect(error.message).to.equal('the MAC address of nfs01 on lan is not known');
  });

  it('are removed everywhere when one receiver does not take them', async () => {
    const { fake, rules } = rulesOver((node, command) => {
      if (node === 'sv02' && command.includes(' add ')) throw new RigError('sv02 does not answer');
      return { stdout: 'none\n' };
    });
    const { to: _, ...toAny } = dropped;
    const failure = await failureOf(rules.addRule(toAny));
    expect(failure).to.be.instanceOf(RigError);
    expect(failure.message).to.include('sv02 does not answer');
    for (const node of ['sv01', 'nfs02']) {
      const [added, removed] = asked(fake, node);
      expect(removed).to.equal(`remove ${fields(added)['id'] ?? ''}`);
    }
  });

  const problems: [string, number, string, RegExp, RegExp | undefined][] = [
    ['perl', 127, 'sh: 1: exec: perl: not found', /need perl/, /perl/],
    ['nft', 3, 'lab-missing nft', /sv01: network rules need nft/, /nftables/],
    [
      'a module',
      3,
      'lab-failed sch_netem: tc qdisc: Error: unknown',
      /sch_netem: tc qdisc: Error: unknown/,
      /modprobe sch_netem/,
    ],
    ['a lock', 3, 'lab-failed lock: another change takes long', /lock: another change/, undefined],
  ];
  for (const [what, status, stderr, message, hint] of problems)
    it(`say that the guest lacks ${what}`, async () => {
      const { rules } = rulesOver((_, command) => (command.includes(' add ') ? { status, stderr } : {}));
      const error = await failureOf(rules.addRule(dropped));
      expect(error).to.be.instanceOf(HostError);
      expect(error.message).to.match(message);
      if (hint !== undefined) expect(hintOf(error)).to.match(hint);
      else expect(hintOf(error)).to.equal(undefined);
    });

  it('of all nodes that answer are listed once, with the sum of their hits', async () => {
    const { to: _, ...toAny } = dropped;
    const text = Buffer.from(JSON.stringify(toAny)).toString('base64url');
    const { rules } = rulesOver((node) => {
      if (node === 'nfs01') throw new RigError('it was halted');
      return node === 'nfs02' ? {} : { stdout: `r1 ${node === 'sv01' ? '900' : '1000'} 21 ${text}\n` };
    });
    expect(await rules.rules()).to.deep.equal([{ ...toAny, id: 'r1', expiresInMs: 1000, hits: 42 }]);
  });

  it('are ended where this process put them, without a look at the others', async () => {
    const { fake, rules } = rulesOver((_, command) =>
      command.includes(' remove ') ? { stdout: 'removed\n' } : {},
    );
    const id = await rules.addRule(dropped);
    expect(await rules.removeRule(id)).to.equal(true);
    expect(asked(fake, 'sv01')).to.have.length(2);
    expect(asked(fake, 'sv02')).to.deep.equal([]);
  });

  it('of another process are ended on every node, and what is no id reaches no shell', async () => {
    const { fake, rules } = rulesOver((node) => ({ stdout: node === 'nfs02' ? 'removed\n' : 'none\n' }));
    expect(await rules.removeRule('r12ab')).to.equal(true);
    for (const { name } of fakeTopology.nodes) expect(asked(fake, name)).to.deep.equal(['remove r12ab']);
    expect(await rules.removeRule('r1; reboot')).to.equal(false);
    expect(asked(fake, 'sv01')).to.have.length(1);
  });

  it('that make no sense are not believed', () => {
    const text = Buffer.from(JSON.stringify(dropped)).toString('base64url');
    expect(parseList(`r1 5 7 ${text}\n`)).to.have.length(1);
    for (const line of [
      'r1',
      `r1 x 7 ${text}`,
      'r1 5 7 bm90IGpzb24',
      `r1 5 7 ${Buffer.from('{}').toString('base64url')}`,
    ])
      expect(() => parseList(`${line}\n`)).to.throw(RigError, 'cannot be one');
  });
});
