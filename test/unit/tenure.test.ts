import { expect } from 'chai';
import type { Tenure } from '../../lab/record.ts';
import { tenuresOf } from '../../lab/tenure.ts';
import type { TimelineEvent } from '../../lab/timeline.ts';

const address = '192.168.33.20';
const endMs = 100_000;

function holder(node: string, atMs: number, subject = address): TimelineEvent {
  const text = `${node} sends from ${subject}`;
  return { kind: 'address-holder', atMs, uncertaintyMs: 0, source: 'fabric', node, subject, text };
}

function announcer(node: string, mac: string, atMs: number): TimelineEvent {
  return { ...holder(node, atMs), kind: 'address-announcer', mac };
}

function role(kind: 'promoted' | 'demoted', node: string, atMs: number): TimelineEvent {
  return { kind, atMs, uncertaintyMs: 1, source: 'drbd', node, subject: 'r0', text: kind };
}

function lost(node: string, atMs: number): TimelineEvent {
  return {
    kind: 'node-lost',
    atMs,
    uncertaintyMs: 0,
    source: 'fabric',
    subject: node,
    text: 'its last frame',
  };
}

function spans(tenures: readonly Tenure[]): [string, number, number][] {
  return tenures.map((tenure) => [tenure.node, tenure.fromMs, tenure.toMs]);
}

describe('tenures of the address', () => {
  it('follow one another in a clean takeover and back', () => {
    const events = [holder('nfs01', 0), holder('nfs02', 20_000), holder('nfs01', 70_000)];
    expect(spans(tenuresOf(events, endMs))).to.deep.equal([
      ['nfs01', 0, 20_000],
      ['nfs02', 20_000, 70_000],
      ['nfs01', 70_000, endMs],
    ]);
    expect(tenuresOf(events, endMs)[0]).to.deep.include({ of: 'address', subject: address });
  });

  it('do not depend on the order in which events are given', () => {
    const events = [holder('nfs01', 70_000), holder('nfs02', 20_000), holder('nfs01', 0)];
    expect(spans(tenuresOf(events, endMs))).to.have.length(3);
  });

  it('end when the node is proven lost', () => {
    const events = [holder('nfs01', 0), lost('nfs01', 5000), holder('nfs02', 20_000)];
    expect(spans(tenuresOf(events, endMs))).to.deep.equal([
      ['nfs01', 0, 5000],
      ['nfs02', 20_000, endMs],
    ]);
  });

  it('overlap when two nodes send in turns', () => {
    const turns = [10_000, 11_000, 12_000, 13_000, 14_000].flatMap((atMs) => [
      holder('nfs02', atMs),
      holder('nfs01', atMs + 300),
    ]);
    expect(spans(tenuresOf([holder('nfs01', 0), ...turns], endMs))).to.deep.equal([
      ['nfs01', 0, endMs],
      ['nfs02', 10_000, 19_000 + 300],
    ]);
  });

  it('overlap only by the lateness of a last frame', () => {
    const events = [holder('nfs01', 0), holder('nfs02', 9000), holder('nfs01', 9002), holder('nfs02', 9004)];
    expect(spans(tenuresOf(events, endMs))).to.deep.equal([
      ['nfs01', 0, 9004],
      ['nfs02', 9000, endMs],
    ]);
  });

  it('overlap for long when a node announces the address, is silent, and the other one goes on', () => {
    const events = [holder('nfs01', 0), holder('nfs02', 9000), holder('nfs01', 9020)];
    expect(spans(tenuresOf(events, endMs))).to.deep.equal([
      ['nfs01', 0, endMs],
      ['nfs02', 9000, 14_020],
    ]);
  });

  it('do not reach over the loss of a node', () => {
    const events = [
      holder('nfs01', 0),
      holder('nfs02', 9000),
      holder('nfs01', 9010),
      lost('nfs01', 9015),
      holder('nfs02', 9020),
      holder('nfs01', 12_000),
    ];
    expect(spans(tenuresOf(events, endMs)).filter(([node]) => node === 'nfs01')).to.deep.equal([
      ['nfs01', 0, 9015],
      ['nfs01', 12_000, endMs],
    ]);
  });

  it('of two addresses are apart', () => {
    const events = [holder('nfs01', 0, '10.0.0.1'), holder('nfs02', 10, '10.0.0.2')];
    expect(tenuresOf(events, endMs).map((each) => [each.node, each.subject, each.toMs])).to.deep.equal([
      ['nfs01', '10.0.0.1', endMs],
      ['nfs02', '10.0.0.2', endMs],
    ]);
  });
});

describe('tenures of the announced address', () => {
  it('are of MAC addresses, so two of one node overlap', () => {
    const events = [
      announcer('nfs01', 'aa', 0),
      announcer('nfs01', 'bb', 9000),
      announcer('nfs01', 'aa', 9500),
    ];
    expect(tenuresOf(events, endMs)).to.deep.equal([
      { of: 'announcement', node: 'nfs01', mac: 'aa', subject: address, fromMs: 0, toMs: endMs },
      { of: 'announcement', node: 'nfs01', mac: 'bb', subject: address, fromMs: 9000, toMs: 14_500 },
    ]);
  });

  it('do not overlap when the one before is fenced', () => {
    const fenced: TimelineEvent = { ...lost('nfs01', 5000), node: 'nfs02', kind: 'fenced' };
    const events = [announcer('nfs01', 'aa', 0), fenced, announcer('nfs02', 'bb', 5100)];
    expect(spans(tenuresOf(events, endMs))).to.deep.equal([
      ['nfs01', 0, 5000],
      ['nfs02', 5100, endMs],
    ]);
  });

  it('are apart from those of the address and of the service', () => {
    const served: TimelineEvent = { ...holder('nfs02', 20), kind: 'service-holder' };
    const events = [holder('nfs01', 0), announcer('nfs01', 'aa', 10), served];
    expect(tenuresOf(events, endMs).map(({ of, node }) => [of, node])).to.deep.equal([
      ['address', 'nfs01'],
      ['announcement', 'nfs01'],
      ['service', 'nfs02'],
    ]);
  });
});

describe('tenures of the service', () => {
  it('overlap when two servers answer in turns', () => {
    const answers = (node: string, atMs: number): TimelineEvent => ({
      ...holder(node, atMs),
      kind: 'service-holder',
    });
    const events = [
      answers('nfs01', 0),
      answers('nfs02', 9000),
      answers('nfs01', 9100),
      answers('nfs02', 9200),
    ];
    const [first, second] = tenuresOf(events, endMs);
    expect(first).to.deep.include({ of: 'service', node: 'nfs01', fromMs: 0, toMs: 9200 });
    expect(second).to.deep.include({ of: 'service', node: 'nfs02', fromMs: 9000, toMs: endMs });
  });
});

describe('tenures of the replica', () => {
  it('run from promotion to demotion', () => {
    const events = [
      role('promoted', 'nfs01', 0),
      role('demoted', 'nfs01', 30_000),
      role('promoted', 'nfs02', 31_000),
    ];
    expect(spans(tenuresOf(events, endMs))).to.deep.equal([
      ['nfs01', 0, 30_000],
      ['nfs02', 31_000, endMs],
    ]);
    expect(tenuresOf(events, endMs)[0]).to.deep.include({ of: 'replica', subject: 'r0' });
  });

  it('end when the node is lost, and begin anew after its return', () => {
    const events = [
      role('promoted', 'nfs01', 0),
      lost('nfs01', 5000),
      role('demoted', 'nfs01', 40_000),
      role('promoted', 'nfs01', 60_000),
    ];
    expect(spans(tenuresOf(events, endMs))).to.deep.equal([
      ['nfs01', 0, 5000],
      ['nfs01', 60_000, endMs],
    ]);
  });

  it('end when the node is fenced, and not when its power was given back', () => {
    const fencing = (kind: string, atMs: number): TimelineEvent => ({ ...lost('nfs01', atMs), kind });
    const until = (kind: string): number | undefined =>
      tenuresOf([role('promoted', 'nfs01', 0), fencing(kind, 7000)], endMs)[0]?.toMs;
    expect([until('fenced'), until('powered-on'), until('fence-asked')]).to.deep.equal([7000, endMs, endMs]);
  });

  it('overlap when both are primary', () => {
    const events = [role('promoted', 'nfs01', 0), role('promoted', 'nfs02', 9000)];
    expect(spans(tenuresOf(events, endMs))).to.deep.equal([
      ['nfs01', 0, endMs],
      ['nfs02', 9000, endMs],
    ]);
  });

  it('do not double when a promotion is told twice', () => {
    const events = [role('promoted', 'nfs01', 0), role('promoted', 'nfs01', 10)];
    expect(spans(tenuresOf(events, endMs))).to.deep.equal([['nfs01', 0, endMs]]);
  });

  it('are not made up from a demotion alone', () => {
    expect(tenuresOf([role('demoted', 'nfs02', 0)], endMs)).to.deep.equal([]);
  });
});

describe('tenures', () => {
  it('are none without events', () => {
    expect(tenuresOf([], endMs)).to.deep.equal([]);
    expect(tenuresOf([lost('nfs01', 5)], endMs)).to.deep.equal([]);
  });
});
