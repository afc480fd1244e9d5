import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { down } from '../../run.ts';
import { UsageError } from '../../errors.ts';
import { isRunning, listLabs, providerOfLab } from '../known-labs.ts';
import { failedLabs, failedLogsDirectory, labDirectory, labsHome } from '../../labs.ts';
import type { CliContext } from '../context.ts';
import { print, printJson } from '../output.ts';
import type { Program } from '../program.ts';
import { examples } from '../program.ts';
import { progressOf } from '../progress.ts';
import { openProvider } from '../registry.ts';
import { checkedName, existingLab } from '../request.ts';

export function defineDown(program: Program, context: CliContext): void {
  program
    .command('down')
    .description('Take a lab down: end its machines. The frozen lab is kept, so that the next up is quick.')
    .argument('[lab]', 'its name (default: --name, or the only lab)')
    .option('--all', 'every lab of this user, wherever its folder is')
    .option('--purge', 'remove frozen states, disks and keys too')
    .addHelpText(
      'after',
      examples([
        ['lab down', 'the only lab of this folder'],
        ['lab down heartbeat-sarge --purge', 'leave nothing of it'],
        ['lab down --all', 'end whatever lab ever started'],
      ]),
    )
    .action(async (name, _options, command) => {
      const options = command.optsWithGlobals();
      if (options.all === true && name !== undefined)
        throw new UsageError(
          `--all and the lab ${JSON.stringify(name)} contradict each other`,
          'give one of them',
        );
      const purge = options.purge === true;
      const progress = progressOf(context, options);
      try {
        const ended =
          options.all === true
            ? await progress.step('take all labs down', () => takeAllDown(context, purge))
            : await takeOneDown(context, { ...options, ...(name === undefined ? {} : { name }) }, purge);
        progress.end();
        if (options.json === true) printJson(context, { ended, purged: purge });
        else print(context, ended.length === 0 ? 'no lab was up' : `down: ${ended.join(', ')}`);
      } finally {
        progress.end();
      }
    });
}

async function takeAllDown(context: CliContext, purge: boolean): Promise<string[]> {
  const { endEverything } = await import('../../providers/qemu.ts');
  const { forgetLab, rememberedLabs } = await import('../../providers/vagrant/all-labs.ts');
  const ended = await endEverything();
  const failures: unknown[] = [];
  for (const { directory, provider } of await rememberedLabs()) {
    const lab = { name: basename(directory), provider };
    try {
      if (!existsSync(directory)) await forgetLab(directory);
      else if (await isRunning(dirname(directory), lab)) {
        await takeDown(dirname(directory), lab.name, false);
        ended.push(directory);
      }
    } catch (error) {
      failures.push(error);
    }
  }
  if (purge) await purgeHere(context);
  // One lab that resists, or is busy, keeps no other up.
  if (failures.length > 0) throw failures[0];
  return ended;
}

/** Labs of other folders keep their frozen states: this command cannot know who still wants them. */
async function purgeHere(context: CliContext): Promise<void> {
  const { rememberedLabs } = await import('../../providers/vagrant/all-labs.ts');
  const home = labsHome(context.cwd);
  const known = (await listLabs(home)).map((lab) => lab.description.name);
  const halfMade = (await rememberedLabs())
    .filter(({ directory }) => dirname(directory) === home)
    .map(({ directory }) => basename(directory));
  for (const name of new Set([...known, ...halfMade, ...(await failedLabs(home))]))
    await takeDown(home, name, true);
}

/** A lab that was named need not be known: its making may have been cut short. */
async function takeOneDown(
  context: CliContext,
  options: Parameters<typeof existingLab>[1],
  purge: boolean,
): Promise<string[]> {
  const home = labsHome(context.cwd);
  const named = options.name === undefined ? undefined : checkedName(options.name);
  const left =
    named !== undefined &&
    (existsSync(labDirectory(home, named)) || (purge && existsSync(failedLogsDirectory(home, named))));
  if (left) {
    await takeDown(home, named, purge);
    return [named];
  }
  const { description } = await existingLab(context, options);
  await takeDown(home, description.name, purge);
  return [description.name];
}

async function takeDown(home: string, name: string, purge: boolean): Promise<void> {
  const holder = (await providerOfLab(home, name)) ?? 'qemu';
  const provider = await openProvider(holder, { home, boxFor: () => undefined });
  await down({ provider, home, name }, { purge });
}
