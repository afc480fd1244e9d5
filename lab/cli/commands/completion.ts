import { UsageError } from '../../errors.ts';
import { didYouMean } from '../../nearest.ts';
import { renderBash } from '../completion/bash.ts';
import { collectModel } from '../completion/collect.ts';
import { renderFish } from '../completion/fish.ts';
import { renderZsh } from '../completion/zsh.ts';
import type { CliContext } from '../context.ts';
import { print, printJson } from '../output.ts';
import type { Program } from '../program.ts';
import { examples } from '../program.ts';

const renderers = { bash: renderBash, zsh: renderZsh, fish: renderFish };
const shells = Object.keys(renderers);

export function defineCompletion(program: Program, context: CliContext): void {
  program
    .command('completion')
    .description('Print a script that completes commands, options and names at the Tab key.')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText(
      'after',
      examples([
        ['source <(lab completion bash)', 'for this shell; in ~/.bashrc for all'],
        ['source <(lab completion zsh)', 'after compinit'],
        ['lab completion fish | source', 'for this shell'],
      ]),
    )
    .action(async (shell, _options, command) => {
      if (!isShell(shell))
        throw new UsageError(
          `no completion for the shell ${JSON.stringify(shell)}`,
          didYouMean(shell, shells),
        );
      const model = await collectModel(context);
      if (command.optsWithGlobals().json === true) printJson(context, model);
      else print(context, renderers[shell](model));
    });
}

function isShell(text: string): text is keyof typeof renderers {
  return shells.includes(text);
}
