import { expect } from 'chai';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HostError, UsageError } from '../../../lab/errors.ts';
import type { FabricConnection } from '../../../lab/fabric/client.ts';
import { eventually, failureOf, frame, startRig } from './rig.ts';
import type { Nic, Rig } from './rig.ts';

describe("the fabric's captures", () => {
  let rig: Rig;
  let control: FabricConnection;
  let a: Nic;
  let b: Nic;
  let file: string;

  beforeEach(async () => {
    rig = await startRig();
    control = await rig.control();
    a = await rig.nic('a');
    b = await rig.nic('b');
    file = join(rig.config.directory, 'lan.pcap');
  });
  afterEach(() => rig.close());

  it('are pcap files with nanoseconds that hold every frame of the network', async () => {
    const id = await control.startCapture('lan', file);
    await control.addRule({ network: 'lan', from: 'b', effect: { kind: 'drop' }, ttlMs: 10_000 });
    const a2 = await rig.nic('a', 'eth2');
    const d = await rig.nic('d', 'eth2');
    const beforeMs = Date.now();
    const large = Buffer.concat([frame(1, 255, 'large'), Buffer.alloc(3000, 9)]);
    a2.send(frame(1, 255, 'elsewhere'));
    await d.received(1);
    a.send(frame(1, 255, 'one'), large);
    await b.received(2);
    b.send(frame(2, 1, 'cut'));
    await eventually('a hit', async () => (await control.rules())[0]?.hits === 1);
    expect(await control.stopCapture(id)).to.deep.equal({ file, frames: 3 });
    expect(await control.stopCapture(id)).to.equal(undefined);

    const { header, records } = parsePcap(await readFile(file));
    expect(header).to.deep.equal({ magic: 0xa1b23c4d, version: '2.4', snapshotBytes: 262_144, linkType: 1 });
    const frames = records.map(({ bytes }) => bytes.toString('hex'));
    expect(frames).to.deep.equal(
      [frame(1, 255, 'one'), large, frame(2, 1, 'cut')].map((one) => one.toString('hex')),
    );
    for (const { wallMs } of records) expect(wallMs).to.be.within(beforeMs - 5, Date.now() + 5);
  });

  it('cannot be started on an unknown network', async () => {
    const error = await failureOf(control.startCapture('crossove', file));
    expect(error).to.be.instanceOf(UsageError);
    expect(error).to.include({ hint: 'did you mean crossover?' });
  });

  it('that cannot be written are refused with the reason', async () => {
    await mkdir(file);
    const error = await failureOf(control.startCapture('lan', file));
    expect(error).to.be.instanceOf(HostError);
    expect(error.message).to.match(/^cannot write the capture .*EISDIR/);
    await rm(file, { recursive: true });
  });

  it('end, flushed, with the client that started them', async () => {
    const other = await rig.control();
    await other.startCapture('lan', file);
    a.send(frame(1, 255, 'one'));
    await b.received(1);
    other.close();
    await eventually('the whole file', async () => parsePcap(await readFile(file)).records.length === 1);
    expect(rig.fabric.segments.get('lan')?.taps).to.deep.equal([]);
  });
});

function parsePcap(file: Buffer) {
  const header = {
    magic: file.readUInt32LE(0),
    version: `${String(file.readUInt16LE(4))}.${String(file.readUInt16LE(6))}`,
    snapshotBytes: file.readUInt32LE(16),
    linkType: file.readUInt32LE(20),
  };
  const records = [];
  for (let at = 24; at < file.length;) {
    const length = file.readUInt32LE(at + 8);
    if (file.readUInt32LE(at + 12) !== length || file.readUInt32LE(at + 4) >= 1e9)
      throw new Error('not a record');
    const wallMs = file.readUInt32LE(at) * 1000 + file.readUInt32LE(at + 4) / 1e6;
    records.push({ wallMs, bytes: file.subarray(at + 16, at + 16 + length) });
    at += 16 + length;
  }
  return { header, records };
}
