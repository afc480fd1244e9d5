import type { CompletionModel, Values } from './model.ts';
import { flagsOf, optionsWithValue, quotedWords } from './model.ts';

/** Programmable completion, bash(1); also for the bash 3.2 of macOS. */
export function renderBash(model: CompletionModel): string {
  const withValue = optionsWithValue(model);
  return `# Completion of lab for bash:  source <(lab completion bash)
_lab_words() {
  COMPREPLY=($(compgen -W "$1" -- "$cur"))
  case \${COMPREPLY[0]-} in *=) compopt -o nospace 2>/dev/null ;; esac
}

_lab_folders_in() {
  local folder names=''
  for folder in "$1"/*/; do
    [ -d "$folder" ] || continue
    folder=\${folder%/}
    names="$names \${folder##*/}"
  done
  _lab_words "$names"
}

_lab() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} verb='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      --) return ;;
      ${model.globals
        .filter((option) => option.values !== null)
        .flatMap((option) => option.flags)
        .join('|')}) i=$((i + 1)) ;;
      -*) ;;
      *) if [ -z "$verb" ]; then verb=\${COMP_WORDS[i]}; fi ;;
    esac
  done
  case $prev in
${withValue.map(({ flags, values }) => `    ${flags.join('|')}) ${offer(values)}; return ;;`).join('\n')}
  esac
  if [ -z "$verb" ]; then
    case $cur in
      -*) _lab_words ${quotedWords(flagsOf(model, undefined))} ;;
      *) _lab_words ${quotedWords(model.verbs.map((verb) => verb.name))} ;;
    esac
    return
  fi
  case $cur in
    -*)
      case $verb in
${model.verbs.map((verb) => `        ${verb.name}) _lab_words ${quotedWords(flagsOf(model, verb))} ;;`).join('\n')}
      esac
      return
      ;;
  esac
  case $verb in
${model.verbs.map((verb) => `    ${verb.name}) ${offer(verb.operands)} ;;`).join('\n')}
  esac
}

complete -F _lab lab
`;
}

function offer(values: Values | null): string {
  switch (values?.kind) {
    case 'words':
      return `_lab_words ${quotedWords(values.words)}`;
    case 'folders-in':
      return `_lab_folders_in ${quotedWords([values.folder])}`;
    case 'folder':
      return 'COMPREPLY=($(compgen -d -- "$cur"))';
    default:
      return ':';
  }
}
