import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { HostError, InterruptedError } from '../../../../../lab/errors.ts';
import { debian12 } from '../../../../../lab/platforms/debian-12.ts';
import { boxName, boxOfImage } from '../../../../../lab/providers/vagrant/box/ensure-box.ts';
import { boxProviders } from '../../../../../lab/providers/vagrant/box/formats.ts';
import type { BoxProvider } from '../../../../../lab/providers/vagrant/box/formats.ts';
import { silent } from '../../../../../lab/progress.ts';
import type { Progress } from '../../../../../lab/progress.ts';
import { ask, bootSector, core, toolEnv, withTinyImage } from './tiny-image.ts';

const never = new AbortController().signal;

function packed(folder: string, disk: string, provider: BoxProvider, progress = silent, signal = never) {
  return boxOfImage({ id: 'abc', disk }, debian12, provider, join(folder, 'boxes'), progress, signal);
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** The file system in the box's disk, as a file. */
async function partitionOf(
  folder: string,
  box: string,
  disk: string,
): Promise<{ start: Buffer; file: string }> {
  execFileSync('tar', ['-xzf', box, '-C', folder]);
  const raw = join(folder, 'unpacked.raw');
  execFileSync('qemu-img', ['convert', '-O', 'raw', join(folder, disk), raw], { env: toolEnv });
  expect((await stat(raw)).size).to.equal(2 ** 30);
  const handle = await open(raw);
  try {
    const start = Buffer.alloc(2 ** 20);
    await handle.read(start, 0, start.length, 0);
    const fileSystem = Buffer.alloc(16 * 2 ** 20);
    await handle.read(fileSystem, 0, fileSystem.length, 2 ** 20);
    const file = join(folder, 'unpacked.ext4');
    await writeFile(file, fileSystem);
    return { start, file };
  } finally {
    await handle.close();
  }
}

describe('packing a box', () => {
  const disks = { libvirt: 'box.img', virtualbox: 'box-disk001.vmdk' };
  for (const provider of boxProviders)
    it(`makes a bootable disk of the image, for ${provider}`, () =>
      withTinyImage(async (folder, image) => {
        const before = await readFile(image);
        const box = await packed(folder, image, provider);
        expect(
          createHash('sha256')
            .update(await readFile(box.file))
            .digest('hex'),
        ).to.equal(box.sha256);
        const names = execFileSync('tar', ['-tzf', box.file], { encoding: 'utf8' }).trim().split('\n');
        expect(names).to.include.members(['metadata.json', 'Vagrantfile', disks[provider]]);
        const { start, file } = await partitionOf(folder, box.file, disks[provider]);
        expect(start.subarray(0, 440)).to.deep.equal(bootSector.subarray(0, 440));
        expect(start.subarray(512, 512 + core.length)).to.deep.equal(core);
        expect(ask(file, 'cat /etc/hostname')).to.equal('debian-12\n');
        expect((await readFile(image)).equals(before)).to.equal(true);
        expect(await readdir(join(folder, 'boxes'))).to.have.length(1);
      }));

  it('is done once, and again for a box that was cut short', () =>
    withTinyImage(async (folder, image) => {
      const titles: string[] = [];
      const progress: Progress = {
        step: (title, work) => {
          titles.push(title);
          return work(silent);
        },
        note: () => undefined,
      };
      const first = await packed(folder, image, 'libvirt', progress);
      expect(await packed(folder, image, 'libvirt', progress)).to.deep.equal(first);
      expect(titles).to.have.length(1);
      await truncate(first.file, 100);
      const again = await packed(folder, image, 'libvirt', progress);
      // Times of the files inside differ, and with them a few bytes of what is compressed.
      expect(again.bytes).to.be.closeTo(first.bytes, 1000);
      expect(titles).to.have.length(2);
    }));

  it('is done once by two at the same time', () =>
    withTinyImage(async (folder, image) => {
      const [one, two] = await Promise.all([
        packed(folder, image, 'libvirt'),
        packed(folder, image, 'libvirt'),
      ]);
      expect(one).to.deep.equal(two);
      expect(await readdir(join(folder, 'boxes'))).to.have.length(1);
    }));

  it('removes what a killed packer left', () =>
    withTinyImage(async (folder, image) => {
      const { file } = await packed(folder, image, 'libvirt');
      const id = file.split('/').at(-2) ?? '';
      await mkdir(join(folder, 'boxes', `packing-${id}-killed`));
      await truncate(file, 0);
      await packed(folder, image, 'libvirt');
      expect(await readdir(join(folder, 'boxes'))).to.deep.equal([id]);
    }));

  it('leaves nothing when it is interrupted', () =>
    withTinyImage(async (folder, image) => {
      const interruption = new AbortController();
      const progress: Progress = {
        step: (title, work) => {
          if (title.startsWith('compress')) interruption.abort();
          return work(progress);
        },
        note: () => undefined,
      };
      const error = await failureOf(packed(folder, image, 'libvirt', progress, interruption.signal));
      expect(error).to.be.instanceOf(InterruptedError);
      expect(await readdir(join(folder, 'boxes'))).to.deep.equal([]);
    }));

  it('fails for an image without boot code, and leaves nothing', () =>
    withTinyImage(
      async (folder, image) => {
        const error = await failureOf(packed(folder, image, 'libvirt'));
        expect(error).to.be.instanceOf(HostError);
        expect(error).to.have.property('message').that.contains('/boot/grub/core.img');
        expect(await readdir(join(folder, 'boxes'))).to.deep.equal([]);
      },
      { without: ['boot/grub/core.img'] },
    ));
});

describe('the name of a box', () => {
  it('tells builds of an image and platforms apart, and is one that Vagrant takes', () => {
    const name = boxName({ id: 'abc' }, debian12);
    expect(name).to.match(/^lab\/debian-12-[0-9a-f]{8}$/);
    expect(boxName({ id: 'abd' }, debian12)).not.to.equal(name);
    expect(boxName({ id: 'abc' }, { name: 'debian-13' })).not.to.equal(name);
    expect(boxName({ id: 'abc' }, { ...debian12 })).to.equal(name);
  });
});
