import { expect } from 'chai';
import { didYouMean, nearest } from '../../lab/nearest.ts';

const settings = ['keepalive', 'deadtime', 'warntime', 'initdead', 'autoFailback', 'nfs.version'];

describe('nearest', () => {
  it('finds the name behind a typing slip, best first', () => {
    expect(nearest('deadtme', settings)).to.deep.equal(['deadtime']);
    expect(nearest('warmtime', ['warntime', 'wartime2', 'warmtim'])[0]).to.equal('warntime');
    expect(nearest('nfs03', ['sv01', 'nfs01', 'nfs02'])).to.deep.equal(['nfs01', 'nfs02']);
  });

  it('does not mind case', () => {
    expect(nearest('AUTOFAILBACK', settings)).to.deep.equal(['autoFailback']);
    expect(nearest('failback', settings)).to.deep.equal(['autoFailback']);
  });

  it('finds the longer name that holds what was given', () => {
    expect(nearest('heartbeat', ['heartbeat-sarge', 'pacemaker-centos7'])).to.deep.equal(['heartbeat-sarge']);
  });

  it('offers nothing for what is no slip', () => {
    expect(nearest('zebra', settings)).to.deep.equal([]);
    expect(nearest('xy', ['ab', 'cd'])).to.deep.equal([]);
    expect(nearest('', settings)).to.deep.equal([]);
  });

  it('offers three at most', () => {
    expect(nearest('node', ['node1', 'node2', 'node3', 'node4'])).to.deep.equal(['node1', 'node2', 'node3']);
  });
});

describe('didYouMean', () => {
  it('names the nearest, or all when none is near', () => {
    expect(didYouMean('deadtme', settings)).to.equal('did you mean deadtime?');
    expect(didYouMean('zebra', ['sv01', 'sv02'])).to.equal('known: sv01, sv02');
    expect(didYouMean('zebra', [])).to.equal('there is none');
  });
});
