import { expect } from 'chai';
import { shownVerdict, verdictSentence } from '../../../reports/verdict.ts';
import {
  brokenRecord,
  recordWithErrors,
  recordWithLoss,
  recordWithOpenStall,
  recordWithSilentClient,
} from '../../fixtures/bad-records.ts';
import { exampleRecord } from '../../fixtures/record.ts';

describe('the verdict sentence', () => {
  it('says who waited how long after what, and that nothing was lost', () => {
    expect(verdictSentence(exampleRecord())).to.equal(
      'sv02 could not write for 28.4 s after halt -f on nfs01; nothing acknowledged was lost.',
    );
  });

  it('counts what was lost and damaged', () => {
    expect(verdictSentence(recordWithLoss())).to.contain(
      '3 acknowledged writes were lost, 1 acknowledged write was damaged',
    );
    expect(verdictSentence(recordWithLoss())).not.to.contain('nothing acknowledged was lost');
  });

  it('names errors and clients that never wrote', () => {
    expect(verdictSentence(recordWithErrors())).to.contain('20 writes failed with EIO');
    expect(verdictSentence(recordWithSilentClient())).to.contain('sv02 never got a write acknowledged');
  });

  it('does not claim an end for a stall that has none', () => {
    expect(verdictSentence(recordWithOpenStall())).to.contain(
      'sv01 could not write for at least 29.9 s after halt -f on nfs01 and was still blocked',
    );
  });

  it('does not claim that nothing was lost when nothing was read back', () => {
    const record = exampleRecord();
    const clients = record.clients.map((client) => ({ ...client, lost: null, damaged: null, readBacks: [] }));
    const sentence = verdictSentence({ ...record, clients });
    expect(sentence).to.contain('the writes of sv01 and sv02 could not be read back');
    expect(sentence).not.to.contain('nothing acknowledged was lost');
  });

  it('claims nothing when nothing was exercised', () => {
    const record = exampleRecord({ clients: [], windows: [], faults: [], stallSeconds: null });
    expect(verdictSentence(record)).to.equal('No write was acknowledged, so there is no stall to speak of.');
  });

  it('gives the first line of why a run broke, and nothing else', () => {
    const record = brokenRecord('qemu of nfs02 ended\nlast line of its console');
    expect(verdictSentence(record)).to.equal('The run could not be judged: qemu of nfs02 ended');
  });

  it('never shows a broken run as passed', () => {
    expect(shownVerdict(exampleRecord({ verdict: 'pass', broken: 'the fabric died' }))).to.equal('unknown');
    expect(shownVerdict(exampleRecord({ verdict: 'fail' }))).to.equal('fail');
  });
});
