import { existsSync } from 'node:fs';
import { down } from '../../run.ts';
import { UsageError } from '../../errors.ts';
import { listLabs } from '../known-labs.ts';
import { labDirectory, labsHome, readDescription } from '../../labs.ts';
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
  const ended = await endEverything();
  if (purge) await purgeHere(context);
  return ended;
}

/** Labs of other folders keep their frozen states: this command cannot know who still wants them. */
async function purgeHere(context: CliContext): Promise<void> {
  const home = labsHome(context.cwd);
  for (const lab of await listLabs(home)) await takeDown(home, lab.description.name, true);
}

/** A lab that was named need not be known: its making may have been cut short. */
async function takeOneDown(
  context: CliContext,
  options: Parameters<typeof existingLab>[1],
  purge: boolean,
): Promise<string[]> {
  const home = labsHome(context.cwd);
  const named = options.name === undefined ? undefined : checkedName(options.name);
  if (named !== undefined && existsSync(labDirectory(home, named))) {
    await takeDown(home, named, purge);
    return [named];
  }
  const { description } = await existingLab(context, options);
  await takeDown(home, description.name, purge);
  return [description.name];
}

async function takeDown(home: string, name: string, purge: boolean): Promise<void> {
  const description = await readDescription(labDirectory(home, name));
  const provider = await openProvider(description?.provider ?? 'qemu', { home });
  await down({ provider, home, name }, { purge });
}
