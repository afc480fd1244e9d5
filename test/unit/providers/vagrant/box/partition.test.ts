import { expect } from 'chai';
import { LabError } from '../../../../../lab/errors.ts';
import {
  beforeFirstPartition,
  firstSector,
  sectorBytes,
} from '../../../../../lab/providers/vagrant/box/partition.ts';

const bootSector = Buffer.alloc(512, 0xb0);
const core = Buffer.alloc(3000, 0xc0);

describe('the start of a disk', () => {
  const start = beforeFirstPartition(bootSector, core, 16 * 2 ** 20);

  it('holds 440 bytes of boot code, and its mark at the end', () => {
    expect(start.subarray(0, 440).every((byte) => byte === 0xb0)).to.equal(true);
    expect(start.subarray(510, 512)).to.deep.equal(Buffer.from([0x55, 0xaa]));
  });

  it('holds one active Linux partition that begins at 1 MiB', () => {
    expect(start[446]).to.equal(0x80);
    expect(start[450]).to.equal(0x83);
    expect(start.readUInt32LE(454)).to.equal(2048);
    expect(start.readUInt32LE(458)).to.equal((16 * 2 ** 20) / 512);
    expect(start.subarray(462, 510).every((byte) => byte === 0)).to.equal(true);
    expect(start).to.have.length(firstSector * sectorBytes);
  });

  it('holds the core from the second sector on', () => {
    expect(start.subarray(512, 512 + core.length)).to.deep.equal(core);
  });

  it('is refused for a core that would reach into the partition, and for none', () => {
    expect(() => beforeFirstPartition(bootSector, Buffer.alloc(2047 * 512), 512)).not.to.throw();
    for (const bad of [Buffer.alloc(2047 * 512 + 1), Buffer.alloc(0)])
      expect(() => beforeFirstPartition(bootSector, bad, 512)).to.throw(LabError, /does not fit/);
    expect(() => beforeFirstPartition(Buffer.alloc(100), core, 512)).to.throw(LabError, /100 and 3000 bytes/);
  });
});
