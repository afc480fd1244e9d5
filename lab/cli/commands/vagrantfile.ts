import { Option } from '@commander-js/extra-typings';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { vagrantfile } from '../../../Vagrantfile.ts';
import { ensureAble } from '../../able.ts';
import type { Box } from '../../box.ts';
import { parseBox } from '../../box.ts';
import { HostError, UsageError, messageOf } from '../../errors.ts';
import { didYouMean } from '../../nearest.ts';
import type { Platform } from '../../platform.ts';
import { capabilitiesOf } from '../../providers/deed.ts';
import { deeds } from '../../providers/means.ts';
import { freshSecrets } from '../../run/apply-plan.ts';
import type { VagrantProvider } from '../../vagrantfile/request.ts';
import { boxFor, configFile, readConfig } from '../config.ts';
import type { LabConfig } from '../config.ts';
import type { CliContext } from '../context.ts';
import { print, printJson } from '../output.ts';
import type { Program } from '../program.ts';
import { collect, examples } from '../program.ts';
import type { PlanRequest } from '../request.ts';
import { checkedName, planRequest } from '../request.ts';
import { scriptsAsFiles, standalonePhases } from '../standalone.ts';
import type { VagrantFolderFile } from '../standalone.ts';

const vagrantProviders: readonly VagrantProvider[] = ['virtualbox', 'libvirt'];

interface BoxOptions {
  box?: string | undefined;
  boxVersion?: string | undefined;
  boxUrl?: string | undefined;
}

export function defineVagrantfile(program: Program, context: CliContext): void {
  program
    .command('vagrantfile')
    .description('Print a Vagrantfile of a cluster, for VirtualBox or libvirt, or write it to a folder.')
    .argument('[stack]', 'which cluster (default: LAB_STACK, then lab.yaml)')
    .addOption(
      new Option('--edition <edition>', 'current, or period: as the article has it').env('LAB_EDITION'),
    )
    .option('--set <name=value>', 'a setting of the stack, as often as needed (lab list settings)', collect)
    .option('--box <name>', "the box (default: that of lab.yaml, then the platform's public one)")
    .option('--box-version <version>', 'its version, as 12.20240905.1 or "~> 12.0"')
    .option('--box-url <address>', 'where Vagrant gets it, if not from its catalogue')
    .option('--standalone', 'with provisioning and its secrets: `vagrant up` alone builds the cluster')
    .option('--out <folder>', 'write the files there instead')
    .option('--force', 'with --out: replace files that are different')
    .addHelpText(
      'after',
      examples([
        ['lab vagrantfile heartbeat-sarge', 'for VirtualBox'],
        ['lab vagrantfile heartbeat-sarge --provider libvirt', 'for libvirt'],
        ['lab vagrantfile heartbeat-sarge --standalone --out cluster', 'then: cd cluster && vagrant up'],
      ]),
    )
    .action(async (stackName, _options, command) => {
      const options = command.optsWithGlobals();
      const config = await readConfig(context.cwd);
      const provider = checkedProvider(options.provider ?? config.provider);
      const request = await planRequest(context, {
        ...options,
        stack: stackName ?? context.env['LAB_STACK'],
      });
      const platform = request.stack.platform(request.edition);
      const files = vagrantFolder(request, {
        name: checkedName(options.name ?? request.stack.name),
        provider,
        box: chosenBox(options, platform, config),
        standalone: options.standalone === true,
        inFiles: options.out !== undefined,
      });
      if (options.out !== undefined) {
        const mode = options.standalone === true ? 0o600 : 0o644;
        const written = await writeFiles(
          resolve(context.cwd, options.out),
          files,
          mode,
          options.force === true,
        );
        if (options.json === true) printJson(context, { provider, written });
        else for (const path of written) print(context, path);
      } else if (options.json === true) printJson(context, { provider, files });
      else print(context, files[0]?.text ?? '');
    });
}

interface FolderOptions {
  name: string;
  provider: VagrantProvider;
  box: Box;
  standalone: boolean;
  /** Scripts in files of their own, not in the Vagrantfile. */
  inFiles: boolean;
}

/** The Vagrantfile, and what it needs beside it. */
function vagrantFolder(
  { stack, edition, settings }: PlanRequest,
  { name, provider, box, standalone, inFiles }: FolderOptions,
): VagrantFolderFile[] {
  ensureAble({ name: provider, capabilities: new Set(capabilitiesOf(provider, deeds)) }, stack, settings);
  const platform = stack.platform(edition);
  const inline = standalone
    ? standalonePhases(stack.plan(edition, settings, freshSecrets(stack.secretNames)))
    : [];
  const { phases, files } = inFiles ? scriptsAsFiles(inline) : { phases: inline, files: [] };
  const text = vagrantfile({
    lab: name,
    topology: stack.topology(edition, settings),
    platform,
    provider,
    box,
    options: { provision: phases },
  });
  return [{ path: 'Vagrantfile', text }, ...files];
}

function checkedProvider(given: string | undefined): VagrantProvider {
  if (given === undefined) return 'virtualbox';
  const provider = vagrantProviders.find((each) => each === given);
  if (provider !== undefined) return provider;
  throw new UsageError(
    `there is no Vagrantfile for the provider ${JSON.stringify(given)}`,
    given === 'qemu'
      ? 'it works without Vagrant; --provider virtualbox or --provider libvirt'
      : didYouMean(given, vagrantProviders),
  );
}

/** @throws UsageError when nobody named a box and the platform has no public one */
function chosenBox(options: BoxOptions, platform: Platform, config: LabConfig): Box {
  const { box: name, boxVersion: version, boxUrl: url } = options;
  const known = name === undefined ? boxFor(platform, config) : { name };
  if (known === undefined)
    throw new UsageError(
      `there is no public box of ${platform.title}`,
      `--box names one of your own; so does boxes in ${configFile}, under ${platform.name}`,
    );
  if (version === undefined && url === undefined) return parseBox(known, '--box');
  // A checksum is that of one file.
  const { checksum: _checksum, ...rest } = known;
  return parseBox(
    { ...rest, ...(version === undefined ? {} : { version }), ...(url === undefined ? {} : { url }) },
    '--box',
  );
}

/**
 * Writes what is not there yet and returns all paths.
 * @throws UsageError when another file is in the way and may not be replaced; nothing is written then
 */
async function writeFiles(
  folder: string,
  files: readonly VagrantFolderFile[],
  mode: number,
  force: boolean,
): Promise<string[]> {
  try {
    const missing: VagrantFolderFile[] = [];
    for (const file of files) {
      const present = await textOf(join(folder, file.path));
      if (present === file.text) continue;
      if (present !== undefined && !force)
        throw new UsageError(
          `${join(folder, file.path)} is there already, and different`,
          '--force replaces it; --out names another folder',
        );
      missing.push(file);
    }
    for (const { path, text } of missing) {
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(`${target}.new`, text, { mode });
      await rename(`${target}.new`, target);
    }
    return files.map(({ path }) => join(folder, path));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new HostError(`cannot write to ${folder}: ${messageOf(error)}`, 'choose another --out', error);
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
