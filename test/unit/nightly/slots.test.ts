import { expect } from 'chai';
import { fitsBeside, labNeeds, slots } from '../../../lab/nightly/slots.ts';
import { heartbeatSarge } from '../../../provisioners/heartbeat-sarge.ts';

const topology = heartbeatSarge.topology('current');
const emulated = labNeeds(topology, 2304, { emulated: true });
const virtualised = labNeeds(topology, 2304, { emulated: false });

describe('labs side by side', () => {
  it('a lab of four machines takes two cores in emulation, one with hardware virtualisation', () => {
    expect(emulated).to.deep.equal({ memoryMib: 2304, cores: 2 });
    expect(virtualised).to.deep.equal({ memoryMib: 2304, cores: 1 });
  });

  it('are one on two cores that emulate, however much memory there is', () => {
    expect(slots({ memoryMib: 64_000, cores: 2, emulated: true }, [emulated, emulated, emulated])).to.equal(
      1,
    );
  });

  it('are as many as memory and cores allow', () => {
    const three = [emulated, emulated, emulated];
    expect(slots({ memoryMib: 64_000, cores: 5, emulated: true }, three)).to.equal(2);
    expect(slots({ memoryMib: 2304 * 2 + 512, cores: 16, emulated: true }, three)).to.equal(2);
    expect(slots({ memoryMib: 2304 * 2 + 511, cores: 16, emulated: true }, three)).to.equal(1);
    expect(slots({ memoryMib: 64_000, cores: 16, emulated: true }, three)).to.equal(3);
    expect(slots({ memoryMib: 64_000, cores: 2, emulated: false }, [virtualised, virtualised])).to.equal(2);
    expect(slots({ memoryMib: 64_000, cores: 2, emulated: false }, [])).to.equal(0);
  });

  it('never keep a lab from running alone', () => {
    const host = { memoryMib: 100, cores: 1, emulated: true };
    expect(fitsBeside(host, [], emulated)).to.equal(true);
    expect(fitsBeside(host, [emulated], emulated)).to.equal(false);
  });
});
