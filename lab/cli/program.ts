import { Command, Option } from '@commander-js/extra-typings';
import { readFileSync } from 'node:fs';

/** The program with the options that every command understands, before or after the verb. */
export function createProgram() {
  return new Command('lab')
    .description(
      'Breaks high-availability storage clusters on purpose and measures how long their clients wait.',
    )
    .usage('<command> [options]')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .option('--json', 'print the result as JSON on stdout')
    .addOption(new Option('--name <lab>', "name of the lab (default: the stack's name)").env('LAB_NAME'))
    .addOption(new Option('--provider <provider>', 'what runs the machines').env('LAB_PROVIDER'))
    .option('-q, --quiet', 'no progress on stderr')
    .option('-v, --verbose', 'stack traces of errors')
    .option('--no-colour', 'no colour and no animation; so do NO_COLOR and CI')
    .configureHelp({ showGlobalOptions: true });
}

export type Program = ReturnType<typeof createProgram>;
export type GlobalOptions = ReturnType<Program['opts']>;

/** Gathers the values of an option that may be given several times. */
export function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** Examples at the end of a command's help. */
export function examples(lines: readonly (readonly [command: string, meaning: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return [
    '',
    'Examples:',
    ...lines.map(([command, meaning]) => `  ${command.padEnd(width)}  ${meaning}`),
  ].join('\n');
}

function packageVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed
    ? String(parsed.version)
    : 'unknown';
}
