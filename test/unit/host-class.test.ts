import { expect } from 'chai';
import { hostClassOf } from '../../lab/host-class.ts';

const host = { cpu: 'Example  CPU\n@ 2 GHz', cores: '2', memoryMib: '8000', loadAverage: '0.1 0.2 0.3' };

describe('the kind of a host', () => {
  it('is accelerator, processor and number of cores, in one line', () => {
    expect(hostClassOf({ accelerator: 'tcg', host })).to.equal('tcg / Example CPU @ 2 GHz / 2 cores');
    expect(hostClassOf({ accelerator: 'kvm', host: { ...host, cores: '1' } })).to.match(/ \/ 1 core$/);
  });

  it('does not depend on how busy the host was, or on its memory', () => {
    const other = { ...host, memoryMib: '9000', loadAverage: '7 7 7', steal: '3 %' };
    expect(hostClassOf({ accelerator: 'tcg', host: other })).to.equal(
      hostClassOf({ accelerator: 'tcg', host }),
    );
  });

  it('is another one where any of the three differs', () => {
    const kinds = [
      hostClassOf({ accelerator: 'tcg', host }),
      hostClassOf({ accelerator: 'kvm', host }),
      hostClassOf({ accelerator: 'tcg', host: { ...host, cpu: 'Other CPU' } }),
      hostClassOf({ accelerator: 'tcg', host: { ...host, cores: '4' } }),
      hostClassOf({ accelerator: 'tcg', host: {} }),
    ];
    expect(new Set(kinds).size).to.equal(kinds.length);
  });

  it('says what a record does not: nothing is taken for a known kind', () => {
    expect(hostClassOf({ accelerator: 'none', host: {} })).to.equal('none / unknown / unknown');
    expect(hostClassOf({ accelerator: ' ', host: { cpu: ' ' } })).to.equal('unknown / unknown / unknown');
  });
});
