import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import type { CliContext } from '../context.ts';
import { baselineActions } from '../commands/baseline.ts';
import { platformNames, products } from '../commands/image.ts';
import { topics } from '../commands/list.ts';
import { listFormats } from '../night-list.ts';
import { createProgram } from '../program.ts';
import { providers, scenarios, stacks } from '../registry.ts';
import { verbs } from '../verbs.ts';
import type { CompletionModel, OptionModel, Values, VerbModel } from './model.ts';

/** Everything that can be typed, read from the definitions of the commands themselves. */
export async function collectModel(context: CliContext): Promise<CompletionModel> {
  const program = createProgram();
  for (const verb of verbs) (await verb.load())(program, context);
  return {
    globals: program.options.map(optionModel),
    verbs: [
      ...verbs.map((verb) => verbModel(verb.name, verb.summary, program.commands)),
      {
        name: 'help',
        summary: 'print the help of a command',
        options: [],
        operands: words(verbs.map((verb) => verb.name)),
      },
    ],
  };
}

function verbModel(name: string, summary: string, commands: readonly CommandUnknownOpts[]): VerbModel {
  const command = commands.find((each) => each.name() === name);
  const operand = command?.registeredArguments[0]?.name();
  return {
    name,
    summary,
    options: (command?.options ?? []).map(optionModel),
    operands: operand === undefined ? null : (valuesByName[operand] ?? null),
  };
}

function optionModel(option: Option): OptionModel {
  const flags = [option.long, option.short].filter((flag) => flag !== undefined);
  const takesValue = option.required || option.optional;
  return {
    flags,
    description: option.description,
    values: takesValue ? (valuesByName[option.attributeName()] ?? { kind: 'anything' }) : null,
  };
}

function words(list: readonly string[]): Values {
  return { kind: 'words', words: [...new Set(list)] };
}

/** By the name of an operand or option, which means the same in every command. */
const valuesByName: Readonly<Record<string, Values>> = {
  stack: words(stacks.map((stack) => stack.name)),
  scenario: words(scenarios.map((scenario) => scenario.name)),
  provider: words(providers.map((provider) => provider.name)),
  product: words(products),
  platform: words(platformNames),
  edition: words(['current', 'period']),
  // Of `plan`, then of `nightly`: shells complete a flag alike after every verb.
  format: words(['md', 'sh', 'json', ...listFormats]),
  set: words(stacks.flatMap((stack) => stack.settings.map((setting) => `${setting.name}=`))),
  node: words(
    stacks.flatMap((stack) =>
      stack.editions.flatMap((edition) => stack.topology(edition).nodes.map((node) => node.name)),
    ),
  ),
  topic: words(topics),
  action: words(baselineActions),
  shell: words(['bash', 'zsh', 'fish']),
  lab: { kind: 'folders-in', folder: '.lab' },
  name: { kind: 'folders-in', folder: '.lab' },
  run: { kind: 'folders-in', folder: 'lab-results' },
  stacks: words(stacks.map((stack) => stack.name)),
  scenarios: words(scenarios.map((scenario) => scenario.name)),
  resume: { kind: 'folders-in', folder: 'lab-results/nights' },
  night: { kind: 'folders-in', folder: 'lab-results/nights' },
  out: { kind: 'folder' },
};
