import { expect } from 'chai';
import { onStandbyReplica } from '../../provisioners/parts/replicas.ts';
import { begin, end, lab } from './rig.ts';

const signal = new AbortController().signal;
const node = 'nfs02';
const folder = '/var/tmp/lab-contract-replica';
const image = `${folder}/died.img`;
const written = 'acknowledged\n';

/** An image as a server leaves it that loses its power right after an acknowledgement: the file is in the journal alone. */
const dieWriting = [
  'set -e',
  `mkdir -p ${folder}/mounted`,
  `truncate -s 64M ${folder}/disk.img`,
  `mkfs.ext4 -q ${folder}/disk.img`,
  `loop=$(losetup -f --show ${folder}/disk.img)`,
  `trap 'umount ${folder}/mounted; losetup -d "$loop"' EXIT`,
  `mount -t ext4 "$loop" ${folder}/mounted`,
  `echo acknowledged > ${folder}/mounted/record`,
  `sync ${folder}/mounted/record`,
  `cp ${folder}/disk.img ${image}`,
].join('\n');

describe('a replica whose server died, on a real lab', () => {
  before(async () => {
    await begin();
    const here = await lab();
    await here.machine(node).exec(dieWriting, { timeoutMs: 60_000, signal });
  });
  after(async () => {
    const here = await lab();
    await here.machine(node).exec(`rm -rf ${folder}`, { timeoutMs: 30_000, signal });
    await end();
  });

  const look = async (copyMount: string): Promise<string> =>
    onStandbyReplica(
      await lab(),
      node,
      { dataImage: image, copyMount },
      'if [ -r record ]; then cat record; else echo missing; fi',
      signal,
    );
  const digest = async (): Promise<string> => {
    const { stdout } = await (
      await lab()
    )
      .machine(node)
      .exec(`sha256sum ${image}; losetup -a; dmsetup ls; ls /dev/shm`, { timeoutMs: 30_000, signal });
    return stdout;
  };

  it('shows what its journal holds, is not touched, and nothing is left behind', async () => {
    const before = await digest();
    expect(await look('-t ext4')).to.equal(written);
    expect(await digest()).to.equal(before);
  });

  it('would not show it with the journal left alone', async () => {
    expect(await look('-t ext4 -o ro,noload')).to.equal('missing\n');
  });
});
