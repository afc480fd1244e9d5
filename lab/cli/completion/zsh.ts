import type { CompletionModel, Values } from './model.ts';
import { flagsOf, optionsWithValue, quotedWords } from './model.ts';

/** The completion system of zsh, zshcompsys(1) and zshcompwid(1). */
export function renderZsh(model: CompletionModel): string {
  return `#compdef lab
# Completion of lab for zsh:  source <(lab completion zsh)
_lab() {
  local verb='' i
  for ((i = 2; i < CURRENT; i++)); do
    case $words[i] in
      --) return ;;
      ${model.globals
        .filter((option) => option.values !== null)
        .flatMap((option) => option.flags)
        .join('|')}) i=$((i + 1)) ;;
      -*) ;;
      *) if [[ -z $verb ]]; then verb=$words[i]; fi ;;
    esac
  done
  case $words[CURRENT-1] in
${optionsWithValue(model)
  .map(({ flags, values }) => `    ${flags.join('|')}) ${offer(values)}; return ;;`)
  .join('\n')}
  esac
  if [[ -z $verb ]]; then
    if [[ $PREFIX == -* ]]; then
      ${add(flagsOf(model, undefined))}
    else
      local -a verbs=(
${model.verbs.map((verb) => `        ${quotedWords([`${verb.name}:${verb.summary}`])}`).join('\n')}
      )
      _describe 'command' verbs
    fi
    return
  fi
  if [[ $PREFIX == -* ]]; then
    case $verb in
${model.verbs.map((verb) => `      ${verb.name}) ${add(flagsOf(model, verb))} ;;`).join('\n')}
    esac
    return
  fi
  case $verb in
${model.verbs.map((verb) => `    ${verb.name}) ${offer(verb.operands)} ;;`).join('\n')}
  esac
}

if [[ \${funcstack[1]} == _lab ]]; then _lab "$@"; else compdef _lab lab; fi
`;
}

function offer(values: Values | null): string {
  switch (values?.kind) {
    case 'words':
      return add(values.words);
    case 'folders-in':
      return `compadd -- ${values.folder}/*(N/:t)`;
    case 'folder':
      return '_files -/';
    default:
      return ':';
  }
}

/** Words that end in "=" want a value right after them. */
function add(words: readonly string[]): string {
  const suffix = words.some((word) => word.endsWith('=')) ? "-S '' " : '';
  return `compadd ${suffix}-- ${words.map((word) => quotedWords([word])).join(' ')}`;
}
