import { expect } from 'chai';
import type { Phase, Window } from '../../../lab/record.ts';
import { explainedByTries } from '../../../lab/run/tries.ts';
import type { TimelineEvent } from '../../../lab/timeline.ts';

const reconnect: Phase = {
  name: 'reconnect',
  seconds: 20,
  observed: true,
  startMs: 10_000,
  endMs: 30_000,
  includes: [],
  evidence: 'first acknowledgement (probe)',
  uncertaintyMs: 0,
};

const tried: TimelineEvent = {
  atMs: 29_000,
  uncertaintyMs: 0,
  source: 'fabric',
  node: 'sv01',
  kind: 'retransmission',
  text: 'once more',
};

function evidenceOf(includes: string[]): string | undefined {
  const window: Pick<Window, 'stalls' | 'worst' | 'phases'> = {
    stalls: [{ client: 'sv01', seconds: 30, startMs: 0, endMs: 30_000, open: false }],
    worst: 'sv01',
    phases: [{ ...reconnect, includes }],
  };
  return explainedByTries(window, [tried]).window.phases[0]?.evidence;
}

describe('the way back of a client', () => {
  it('is told by its tries, and by when the service was there', () => {
    expect(evidenceOf([])).to.contain('tried 29.0 s into its stall; the service was there 10.0 s into it');
  });

  it('says nothing of when the service was there where its last steps were not seen', () => {
    expect(evidenceOf(['serve']))
      .to.contain('tried 29.0 s into its stall')
      .and.not.contain('the service was there');
  });
});
