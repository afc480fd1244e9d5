/** Where the words for an operand or an option's value come from. */
export type Values =
  | { kind: 'words'; words: readonly string[] }
  /** Names of the folders in a folder, relative to the working folder. */
  | { kind: 'folders-in'; folder: string }
  | { kind: 'folder' }
  | { kind: 'anything' };

export interface OptionModel {
  /** `--long`, and `-s` where there is one. */
  flags: readonly string[];
  description: string;
  /** null for a switch. */
  values: Values | null;
}

export interface VerbModel {
  name: string;
  summary: string;
  options: readonly OptionModel[];
  operands: Values | null;
}

/** All that can be typed. */
export interface CompletionModel {
  verbs: readonly VerbModel[];
  globals: readonly OptionModel[];
}

/** Every option that takes a value; one flag means the same for every verb. */
export function optionsWithValue(model: CompletionModel): OptionModel[] {
  const seen = new Map<string, OptionModel>();
  for (const option of [...model.globals, ...model.verbs.flatMap((verb) => verb.options)])
    if (option.values !== null) seen.set(option.flags.join(), option);
  return [...seen.values()];
}

/** Flags that may be typed after a verb. */
export function flagsOf(model: CompletionModel, verb: VerbModel | undefined): string[] {
  return [...(verb?.options ?? []), ...model.globals].flatMap((option) => option.flags);
}

/** A value of POSIX single quotes, as bash and zsh read it, of words separated by spaces. */
export function quotedWords(words: readonly string[]): string {
  return `'${words.join(' ').replaceAll("'", `'\\''`)}'`;
}
