import type { CompletionModel, OptionModel, Values } from './model.ts';

/** Completions of fish, complete(1). */
export function renderFish(model: CompletionModel): string {
  return [
    '# Completion of lab for fish:  lab completion fish | source',
    'complete -c lab -f',
    ...model.verbs.map(
      (verb) => `complete -c lab -n __fish_use_subcommand -a ${verb.name} -d ${quoted(verb.summary)}`,
    ),
    ...model.globals.map((option) => `complete -c lab ${optionWords(option)}`),
    ...model.verbs.flatMap((verb) => {
      const after = `complete -c lab -n ${quoted(`__fish_seen_subcommand_from ${verb.name}`)}`;
      const operands = verb.operands === null ? [] : [`${after} ${valueWords(verb.operands)}`];
      return [...operands, ...verb.options.map((option) => `${after} ${optionWords(option)}`)];
    }),
    '',
  ].join('\n');
}

function optionWords({ flags, description, values }: OptionModel): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  return [...names, `-d ${quoted(description)}`, ...(values === null ? [] : ['-r', valueWords(values)])].join(
    ' ',
  );
}

function valueWords(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `-a ${quoted(values.words.join(' '))}`;
    case 'folders-in':
      return `-a ${quoted(`(for folder in ${values.folder}/*/; basename $folder; end)`)}`;
    case 'folder':
      return `-a '(__fish_complete_directories)'`;
    case 'anything':
      return '';
  }
}

/** Single quotes of fish: a backslash and a quote are escaped. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
