import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { HostError, LabError } from '../../lab/errors.ts';
import type { NetworkRule } from '../../lab/network.ts';
import { within } from '../../lab/wait.ts';
import { failureOf } from '../fakes/failure.ts';
import { addressOfNode, eventually, macOf, startRig } from './rig.ts';
import type { Name, Rig } from './rig.ts';

function hintOf(error: Error): string | undefined {
  return error instanceof LabError ? error.hint : undefined;
}

describe('rules that guests keep', () => {
  let rig: Rig;
  let network: ReturnType<Rig['open']>;

  before(async () => {
    rig = await startRig();
    network = rig.open();
  });
  after(() => rig.close());
  beforeEach(async () => {
    for (const one of ['sv01', 'sv02', 'nfs01', 'nfs02'] as const)
      await rig.run(one, 'ip neigh flush dev eth1 nud all; ip neigh flush nud permanent');
  });
  afterEach(async () => {
    for (const { id } of await network.rules()) await network.removeRule(id);
  });

  const rule = (effect: NetworkRule['effect'], ends: Pick<NetworkRule, 'from' | 'to'> = {}): NetworkRule => ({
    network: 'lan',
    ...ends,
    effect,
    ttlMs: 60_000,
  });
  const drop = { kind: 'drop' } as const;
  const nfs01ToSv01 = { from: 'nfs01', to: 'sv01' };

  /** What a rule of this id has hit. */
  async function hitsOf(id: string): Promise<number> {
    const found = (await network.rules()).find((one) => one.id === id);
    if (found === undefined) throw new Error(`rule ${id} is not in force`);
    return found.hits;
  }

  /** Nobody has to ask for an address, so the frames of a test are the only ones. */
  async function acquaint(one: Name, other: Name): Promise<void> {
    const known = (name: Name): string =>
      `ip neigh replace ${addressOfNode(name)} lladdr ${macOf(name)} dev eth1 nud permanent`;
    await rig.run(one, known(other));
    await rig.run(other, known(one));
  }

  interface Pings {
    sent: number;
    received: number;
    /** Round trips, in the order of arrival. */
    replies: { sequence: number; ms: number }[];
  }

  async function ping(from: Name, to: Name, options = '-c 3 -i 0.05 -W 0.5'): Promise<Pings> {
    const text = await rig.run(from, `ping -n ${options} ${addressOfNode(to)}`);
    const counted = /(\d+) packets transmitted, (\d+) received/.exec(text);
    const replies = [...text.matchAll(/icmp_seq=(\d+) ttl=\d+ time=([\d.]+) ms/g)];
    return {
      sent: Number(counted?.[1]),
      received: Number(counted?.[2]),
      replies: replies.map(([, sequence, ms]) => ({ sequence: Number(sequence), ms: Number(ms) })),
    };
  }

  /** How long these bytes take over TCP, in milliseconds. */
  async function transferMs(from: Name, to: Name, bytes: number): Promise<number> {
    const receiver = rig.run(to, 'timeout 20 nc -l -p 9000 | wc -c');
    await eventually('the receiver', async () => (await rig.run(to, 'ss -ltn')).includes(':9000'));
    const startMs = performance.now();
    const sender = rig.run(
      from,
      `head -c ${String(bytes)} /dev/zero | nc -N -w 20 ${addressOfNode(to)} 9000`,
    );
    expect((await receiver).trim()).to.equal(String(bytes));
    const tookMs = performance.now() - startMs;
    await sender;
    return tookMs;
  }

  /** All that rules could leave on a node. */
  async function tracesOn(node: Name): Promise<string> {
    const looks = ['nft list ruleset', 'tc qdisc show', 'ip -o link show type ifb'];
    const files = '(ls /run/lab/network-rules; grep -al ^lab-network-rule /proc/[0-9]*/cmdline) 2>/dev/null';
    return await rig.run(node, [...looks, files].join('; '));
  }

  it('drop frames of one direction between two nodes, ARP included, and no others', async () => {
    const id = await network.addRule(rule(drop, nfs01ToSv01));
    expect((await ping('sv01', 'nfs01')).received).to.equal(0);
    expect(await rig.run('sv01', `ip neigh show ${addressOfNode('nfs01')}`)).to.match(/FAILED|INCOMPLETE/);
    expect(await rig.run('nfs01', `ip neigh show ${addressOfNode('sv01')}`)).to.include(macOf('sv01'));
    expect(await hitsOf(id)).to.be.at.least(1);
    expect((await ping('nfs01', 'sv02')).received).to.equal(3);
    expect((await ping('sv01', 'nfs02')).received).to.equal(3);
    await acquaint('sv01', 'nfs01');
    const arrivals = rig.run('nfs01', 'timeout 5 nc -u -l -p 9001 -W 1');
    await eventually('the receiver', async () => (await rig.run('nfs01', 'ss -lun')).includes(':9001'));
    await rig.run('sv01', `echo hello | nc -u -w 1 ${addressOfNode('nfs01')} 9001`);
    expect(await arrivals).to.include('hello');
  });

  it('count exactly what they drop', async () => {
    await acquaint('sv01', 'nfs01');
    const id = await network.addRule(rule(drop, nfs01ToSv01));
    expect(await ping('sv01', 'nfs01', '-c 20 -i 0.01 -W 0.5')).to.include({ sent: 20, received: 0 });
    expect(await hitsOf(id)).to.equal(20);
  });

  it('keep a broadcast from one receiver and let the others have it', async () => {
    await network.addRule(rule(drop, nfs01ToSv01));
    const text = await rig.run('nfs01', 'ping -n -b -c 3 -i 0.2 -W 1 192.168.33.255');
    expect(text)
      .to.include(`from ${addressOfNode('sv02')}`)
      .and.include(`from ${addressOfNode('nfs02')}`);
    expect(text).not.to.include(`from ${addressOfNode('sv01')}`);
  });

  it('mean any sender and any receiver when none is named', async () => {
    const toNfs01 = await network.addRule(rule(drop, { to: 'nfs01' }));
    expect((await ping('sv01', 'nfs01', '-c 1 -W 0.5')).received).to.equal(0);
    expect((await ping('nfs02', 'nfs01', '-c 1 -W 0.5')).received).to.equal(0);
    expect((await ping('sv01', 'sv02', '-c 1 -W 0.5')).received).to.equal(1);
    await network.removeRule(toNfs01);
    const fromNfs01 = await network.addRule(rule(drop, { from: 'nfs01' }));
    expect((await ping('nfs01', 'nfs02', '-c 1 -W 0.5')).received).to.equal(0);
    expect((await ping('sv01', 'nfs01', '-c 1 -W 0.5')).received).to.equal(0);
    expect((await ping('sv01', 'nfs02', '-c 1 -W 0.5')).received).to.equal(1);
    await network.removeRule(fromNfs01);
    await network.addRule(rule(drop));
    expect((await ping('sv01', 'nfs02', '-c 1 -W 0.5')).received).to.equal(0);
  });

  it('lose the share of frames that was asked for, and count exactly the lost ones', async () => {
    await acquaint('sv01', 'nfs01');
    const id = await network.addRule(rule({ kind: 'loss', probability: 0.25 }, nfs01ToSv01));
    const { sent, received } = await ping('sv01', 'nfs01', '-q -f -c 1000 -W 0.5');
    expect(sent).to.equal(1000);
    expect(await hitsOf(id)).to.equal(sent - received);
    // Six standard deviations of a binomial distribution: 250 +- 82.
    expect(sent - received).to.be.within(168, 332);
  });

  it('lose nothing with probability 0 and everything with 1', async () => {
    await acquaint('sv01', 'nfs01');
    const none = await network.addRule(rule({ kind: 'loss', probability: 0 }, nfs01ToSv01));
    expect((await ping('sv01', 'nfs01')).received).to.equal(3);
    expect(await hitsOf(none)).to.equal(0);
    await network.addRule(rule({ kind: 'loss', probability: 1 }, nfs01ToSv01));
    expect((await ping('sv01', 'nfs01')).received).to.equal(0);
  });

  it('hold one direction to a rate', async () => {
    const effect = { kind: 'rate', bytesPerSecond: 100_000, queueBytes: 1_000_000 } as const;
    const id = await network.addRule(rule(effect, nfs01ToSv01));
    const slowMs = await transferMs('nfs01', 'sv01', 200_000);
    const hits = await hitsOf(id);
    const otherWayMs = await transferMs('sv01', 'nfs01', 200_000);
    const otherNodeMs = await transferMs('nfs01', 'sv02', 200_000);
    expect(slowMs).to.be.within(1900, 2800);
    expect(hits).to.be.within(140, 400);
    expect(otherWayMs).to.be.below(1000);
    expect(otherNodeMs).to.be.below(500);
  });

  it('discard what a rate’s queue cannot hold', async () => {
    await acquaint('sv01', 'nfs01');
    await network.addRule(rule({ kind: 'rate', bytesPerSecond: 10_000, queueBytes: 5000 }, nfs01ToSv01));
    const { sent, received } = await ping('sv01', 'nfs01', '-q -c 40 -i 0.002 -s 958 -W 3');
    expect(sent).to.equal(40);
    // Frames of 1000 bytes: 3200 pass at once (tbf's burst is two frames and some), 5000 wait, the rate adds some.
    expect(received).to.be.within(6, 14);
  });

  it('add up: the slowest of several rates counts, and drop wins', async () => {
    const rate = (bytesPerSecond: number): NetworkRule['effect'] => ({
      kind: 'rate',
      bytesPerSecond,
      queueBytes: 1_000_000,
    });
    await network.addRule(rule(rate(200_000), { to: 'sv01' }));
    const slow = await network.addRule(rule(rate(50_000), nfs01ToSv01));
    expect(await transferMs('nfs01', 'sv01', 100_000)).to.be.within(1800, 3000);
    expect(await transferMs('nfs02', 'sv01', 100_000)).to.be.within(350, 1200);
    expect(await network.removeRule(slow)).to.equal(true);
    expect(await transferMs('nfs01', 'sv01', 100_000)).to.be.within(350, 1200);
    const cut = await network.addRule(rule(drop, nfs01ToSv01));
    expect((await ping('sv01', 'nfs01')).received).to.equal(0);
    await network.removeRule(cut);
    expect((await ping('sv01', 'nfs01')).received).to.equal(3);
  });

  describe('on a kernel that has sch_netem', () => {
    before(async function () {
      const answer = await rig.run(
        'sv01',
        'tc qdisc add dev lo root netem delay 1ms && tc qdisc del dev lo root',
      );
      if (answer === '') return;
      process.stderr.write(`      not available: this kernel refuses netem (${answer.trim()})\n`);
      this.skip();
    });

    it('delay one direction, and several delays add up', async () => {
      await acquaint('sv01', 'nfs01');
      const delayed = (delayMs: number): NetworkRule['effect'] => ({ kind: 'delay', delayMs, jitterMs: 0 });
      const first = await network.addRule(rule(delayed(60), nfs01ToSv01));
      expect(await tripMs('sv01', 'nfs01')).to.be.within(60, 75);
      expect(await tripMs('sv02', 'nfs01')).to.be.within(0, 10);
      await network.addRule(rule(delayed(40), { to: 'sv01' }));
      expect(await tripMs('sv01', 'nfs01')).to.be.within(100, 115);
      await network.removeRule(first);
      expect(await tripMs('sv01', 'nfs01')).to.be.within(40, 55);
    });

    it('keep the order of frames in spite of jitter', async () => {
      await acquaint('sv01', 'nfs01');
      const id = await network.addRule(rule({ kind: 'delay', delayMs: 30, jitterMs: 25 }, nfs01ToSv01));
      const { sent, replies } = await ping('sv01', 'nfs01', '-c 300 -i 0.004 -W 1');
      expect(sent).to.equal(300);
      const sequences = replies.map(({ sequence }) => sequence);
      expect(sequences).to.have.length(300);
      expect(sequences).to.deep.equal([...sequences].sort((a, b) => a - b));
      const trips = replies.map(({ ms }) => ms);
      expect(Math.max(...trips) - Math.min(...trips)).to.be.above(10);
      expect(Math.min(...trips)).to.be.within(5, 40);
      expect(await hitsOf(id)).to.equal(300);
    });

    it('delay and slow down at once, and lose nothing that waits when a delay ends', async () => {
      await acquaint('sv01', 'nfs01');
      const effect = { kind: 'rate', bytesPerSecond: 100_000, queueBytes: 1_000_000 } as const;
      const rate = await network.addRule(rule(effect, nfs01ToSv01));
      const delay = await network.addRule(rule({ kind: 'delay', delayMs: 100, jitterMs: 0 }, nfs01ToSv01));
      expect(await tripMs('sv01', 'nfs01')).to.be.within(100, 120);
      expect(await transferMs('nfs01', 'sv01', 100_000)).to.be.within(1000, 2500);
      await network.removeRule(rate);
      expect(await tripMs('sv01', 'nfs01')).to.be.within(100, 115);
      const pinging = ping('sv01', 'nfs01', '-c 100 -i 0.01 -W 2');
      await eventually('some pings', async () => (await hitsOf(delay)) > 40);
      await network.removeRule(delay);
      expect((await pinging).received).to.equal(100);
    });

    /** The fastest of some round trips, which a busy host does not stretch. */
    async function tripMs(from: Name, to: Name): Promise<number> {
      const { sent, replies } = await ping(from, to, '-c 5 -i 0.2 -W 2');
      expect(replies).to.have.length(sent);
      return Math.min(...replies.map(({ ms }) => ms));
    }
  });

  it('end by themselves though their owner was killed', async () => {
    const given = { ...rule(drop, nfs01ToSv01), ttlMs: 6000 };
    const words = [
      fileURLToPath(new URL('owner.ts', import.meta.url)),
      JSON.stringify(rig.pids),
      JSON.stringify(given),
    ];
    const owner = spawn(process.execPath, ['--import', 'tsx', ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [printed] = (await within('the rule', 20_000, once(owner.stdout, 'data'))) as [Buffer];
    const gone = once(owner, 'exit');
    owner.kill('SIGKILL');
    await gone;
    const [held] = await network.rules();
    expect(held?.id).to.equal(printed.toString().trim());
    expect(held?.expiresInMs).to.be.within(0, 6000);
    expect((await ping('sv01', 'nfs01', '-c 1 -W 0.3')).received).to.equal(0);
    await eventually('the end of the rule', async () => (await network.rules()).length === 0);
    expect((await ping('sv01', 'nfs01')).received).to.equal(3);
    expect(await tracesOn('sv01')).not.to.match(/lab/);
  });

  it('are listed and ended from another process', async () => {
    const given = rule({ kind: 'loss', probability: 0.5 }, { from: 'nfs01' });
    const id = await network.addRule(given);
    const other = rig.open();
    const [seen] = await other.rules();
    expect(seen).to.deep.include({ ...given, id });
    expect(seen?.expiresInMs).to.be.within(1, 60_000);
    expect(await other.removeRule(id)).to.equal(true);
    expect(await network.removeRule(id)).to.equal(false);
    expect(await network.rules()).to.deep.equal([]);
  });

  it('leave nothing behind, and nothing of the guest’s own is touched', async () => {
    const own = [
      'nft add table inet mine',
      'nft "add chain inet mine input { type filter hook input priority 0; policy accept; }"',
      'nft add table netdev mine',
      'nft "add chain netdev mine in { type filter hook ingress device eth1 priority 0; policy accept; }"',
      'nft add rule netdev mine in ip protocol tcp accept',
      'tc qdisc add dev eth1 root tbf rate 1gbit burst 100k limit 1m',
    ];
    const before = await tracesOn('sv01');
    await rig.run('sv01', own.join(' && '));
    const given = await tracesOn('sv01');
    expect(given).not.to.equal(before);
    try {
      const ids = [
        await network.addRule(rule(drop, nfs01ToSv01)),
        await network.addRule(rule({ kind: 'rate', bytesPerSecond: 1e6, queueBytes: 1e5 }, { to: 'sv01' })),
      ];
      const during = await tracesOn('sv01');
      expect(during)
        .to.match(/lab_r/)
        .and.match(/lab-eth1/)
        .and.match(/\/proc\/\d+\/cmdline/);
      expect(during).to.include('policy accept').and.include('tbf').and.include('ip protocol tcp accept');
      for (const id of ids) expect(await network.removeRule(id)).to.equal(true);
      expect(await tracesOn('sv01')).to.equal(given);
    } finally {
      await rig.run('sv01', 'nft flush ruleset; tc qdisc del dev eth1 root');
    }
  });

  it('act on a NIC that hangs in another device, as a bond’s slave does', async () => {
    const address = addressOfNode('sv01');
    const above = `ip link add over type bridge && ip link set over up && ip address del ${address}/24 dev eth1
      ip link set eth1 master over && ip address add ${address}/24 brd + dev over`;
    await rig.run('sv01', above);
    try {
      await eventually('the way', async () => (await ping('sv01', 'nfs01', '-c 1 -W 0.5')).received === 1);
      const slow = await network.addRule(
        rule({ kind: 'rate', bytesPerSecond: 100_000, queueBytes: 1e6 }, nfs01ToSv01),
      );
      expect(await transferMs('nfs01', 'sv01', 100_000)).to.be.within(900, 2000);
      expect(await hitsOf(slow)).to.be.above(50);
      await network.addRule(rule(drop, nfs01ToSv01));
      expect((await ping('nfs01', 'sv01')).received).to.equal(0);
    } finally {
      await rig.run('sv01', `ip link del over; ip address add ${address}/24 brd + dev eth1`);
    }
  });

  it('are not in force any more when the guest’s own firewall flushes every table', async () => {
    const id = await network.addRule(rule(drop, nfs01ToSv01));
    await rig.run('sv01', 'nft flush ruleset');
    expect(await network.rules()).to.deep.equal([]);
    expect(await network.removeRule(id)).to.equal(false);
  });

  it('name the program that a guest lacks, and leave nothing on the other receivers', async () => {
    await rig.run('sv02', 'mount --bind /dev/null /usr/sbin/nft');
    try {
      const error = await failureOf(network.addRule(rule(drop, { from: 'nfs01' })));
      expect(error).to.be.instanceOf(HostError);
      expect(error.message).to.equal('sv02: network rules need nft, which is not there');
      expect(hintOf(error)).to.include('nftables');
    } finally {
      await rig.run('sv02', 'umount /usr/sbin/nft');
    }
    for (const node of ['sv01', 'sv02', 'nfs02'] as const) expect(await tracesOn(node)).not.to.match(/lab/);
  });

  it('name the kernel module that a guest lacks', async () => {
    // A tc that knows no netem stands for a kernel without it.
    const script =
      '#!/bin/sh\\ncase "$*" in *netem*) echo Error: Specified qdisc kind is unknown. >&2; exit 2;; esac\\nexec /run/tc "$@"';
    await rig.run(
      'sv01',
      `cp /usr/sbin/tc /run/tc && printf '${script}\\n' > /run/fake && chmod 755 /run/fake && mount --bind /run/fake /usr/sbin/tc`,
    );
    try {
      const error = await failureOf(
        network.addRule(rule({ kind: 'delay', delayMs: 10, jitterMs: 0 }, nfs01ToSv01)),
      );
      expect(error).to.be.instanceOf(HostError);
      expect(error.message).to.match(/^sv01: the network rule failed at sch_netem: .*unknown/);
      expect(hintOf(error)).to.include('sch_netem');
    } finally {
      await rig.run('sv01', 'umount /usr/sbin/tc');
    }
    expect(await tracesOn('sv01')).not.to.match(/lab/);
  });
});
