import { constants } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { HostError, UsageError, messageOf } from '../../errors.ts';
import { cacheFolder } from '../../host/folders.ts';
import { ensureHostPackages } from '../../host/install.ts';
import { thisHost } from '../../host/programs.ts';
import { boxRequirements } from '../../host/requirements.ts';
import { didYouMean } from '../../nearest.ts';
import type { Platform } from '../../platform.ts';
import { debian12 } from '../../platforms/debian-12.ts';
import { debianSarge } from '../../platforms/debian-sarge.ts';
import { centos7 } from '../../platforms/centos-7.ts';
import { boxProviders } from '../../providers/vagrant/box/formats.ts';
import type { BoxProvider } from '../../providers/vagrant/box/formats.ts';
import { shellQuote } from '../../quote.ts';
import { readConfig } from '../config.ts';
import type { CliContext } from '../context.ts';
import { print, printJson } from '../output.ts';
import type { Program } from '../program.ts';
import { examples } from '../program.ts';
import { progressOf } from '../progress.ts';

export const products = ['box'] as const;
const platforms: readonly Platform[] = [debian12, debianSarge, centos7];
export const platformNames: readonly string[] = platforms.map((platform) => platform.name);

export function defineImage(program: Program, context: CliContext): void {
  program
    .command('image')
    .description('Make a Vagrant box of the system image, so that other providers run the very same guest.')
    .argument('<product>', 'box: for Vagrant, with the provider that --provider names')
    .option('--platform <platform>', 'which guest system', debian12.name)
    .option('--out <file>', 'put a copy there')
    .addHelpText(
      'after',
      examples([
        [
          'lab image box --provider libvirt',
          'pack it, or tell where it is; nothing is downloaded by Vagrant',
        ],
        ['lab image box --provider virtualbox --out lab.box', 'a copy to take to another host'],
      ]),
    )
    .action(async (product, _options, command) => {
      const options = command.optsWithGlobals();
      if (!products.some((each) => each === product))
        throw new UsageError(
          `no image can become a ${JSON.stringify(product)}`,
          didYouMean(product, products),
        );
      const provider = checkedProvider(options.provider ?? (await readConfig(context.cwd)).provider);
      const platform = checkedPlatform(options.platform);
      const out =
        options.out === undefined ? undefined : await checkedTarget(resolve(context.cwd, options.out));
      const progress = progressOf(context, options);
      try {
        await ensureHostPackages({
          host: thisHost(context.env),
          env: context.env,
          folder: cacheFolder(context.env),
          progress,
          signal: context.signal,
          wanted: boxRequirements,
        });
        const { ensureBox } = await import('../../providers/vagrant/box/ensure-box.ts');
        const box = await ensureBox(platform, provider, progress, context.signal);
        if (out !== undefined) await copyTo(box.file, out);
        progress.end();
        const file = out ?? box.file;
        const next = `vagrant box add --name ${box.name} --provider ${provider} ${shellQuote(file)}`;
        if (options.json === true)
          printJson(context, { ...box, file, provider, platform: platform.name, next });
        else print(context, [file, `${sizeOf(box.bytes)}, sha256 ${box.sha256}`, `next: ${next}`].join('\n'));
      } finally {
        progress.end();
      }
    });
}

function checkedProvider(name: string | undefined): BoxProvider {
  const provider = boxProviders.find((each) => each === name);
  if (provider !== undefined) return provider;
  if (name === undefined)
    throw new UsageError('a box for which provider?', `--provider ${boxProviders.join(' or ')}`);
  throw new UsageError(
    name === 'qemu'
      ? 'the provider qemu starts from the image itself and takes no box'
      : `there are no boxes for the provider ${JSON.stringify(name)}`,
    `--provider ${boxProviders.join(' or ')}`,
  );
}

function checkedPlatform(name: string): Platform {
  const platform = platforms.find((each) => each.name === name);
  if (platform === undefined)
    throw new UsageError(`unknown platform ${JSON.stringify(name)}`, didYouMean(name, platformNames));
  if (platform.image === undefined)
    throw new UsageError(
      `${platform.title} has no image that a box could be made of`,
      'bring a box of your own: boxes in lab.yaml',
    );
  return platform;
}

async function checkedTarget(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory() === true)
    throw new UsageError(`${file} is a folder`, '--out takes the name of a file, as lab.box');
  return file;
}

/** Beside it first: a copy that was cut short is not taken for a box. */
async function copyTo(box: string, file: string): Promise<void> {
  const aside = `${file}.new`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await copyFile(box, aside, constants.COPYFILE_FICLONE);
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined);
    throw new HostError(`cannot write ${file}: ${messageOf(error)}`, 'choose another --out', error);
  }
}

function sizeOf(bytes: number): string {
  return `${String(Math.round(bytes / 1e6))} MB`;
}
