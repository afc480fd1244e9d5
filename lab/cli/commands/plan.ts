import { Option } from '@commander-js/extra-typings';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HostError, UsageError, messageOf } from '../../errors.ts';
import { didYouMean } from '../../nearest.ts';
import type { Plan } from '../../plan.ts';
import { renderMarkdown } from '../../plans/markdown.ts';
import { renderShell } from '../../plans/shell.ts';
import type { CliContext } from '../context.ts';
import { print, printJson } from '../output.ts';
import type { Program } from '../program.ts';
import { collect, examples } from '../program.ts';
import { planRequest } from '../request.ts';

const formats = ['md', 'sh', 'json'] as const;
type Format = (typeof formats)[number];

export function definePlan(program: Program, context: CliContext): void {
  program
    .command('plan')
    .description('Print what provisioning does: as a runbook, as one script per node, or as data.')
    .argument('[stack]', 'which cluster (default: LAB_STACK, then lab.yaml)')
    .addOption(
      new Option('--edition <edition>', 'current, or period: as the article has it').env('LAB_EDITION'),
    )
    .option('--set <name=value>', 'a setting of the stack, as often as needed (lab list settings)', collect)
    .option('--format <format>', 'md, sh or json', 'md')
    .option('--out <folder>', 'write files there instead: runbook.md, <node>.sh or plan.json')
    .addHelpText(
      'after',
      examples([
        ['lab plan heartbeat-sarge', 'the runbook'],
        ['lab plan heartbeat-sarge --edition period', "the article's own files and commands"],
        ['lab plan heartbeat-sarge --format sh --out scripts', 'scripts/nfs01.sh and so on'],
        ['lab plan heartbeat-sarge --set deadtime=6 --format json', 'the same as data'],
      ]),
    )
    .action(async (stackName, _options, command) => {
      const options = command.optsWithGlobals();
      const format = options.json === true ? 'json' : checkedFormat(options.format);
      const { stack, edition, settings } = await planRequest(context, {
        ...options,
        stack: stackName ?? context.env['LAB_STACK'],
      });
      const placeholders = Object.fromEntries(stack.secretNames.map((name) => [name, `<${name}>`]));
      const plan = stack.plan(edition, settings, placeholders);
      if (options.out === undefined) {
        if (format === 'json') printJson(context, plan);
        else
          print(
            context,
            filesOf(plan, format)
              .map(([, text]) => text)
              .join('\n'),
          );
        return;
      }
      for (const path of await writeFiles(options.out, filesOf(plan, format))) print(context, path);
    });
}

function filesOf(plan: Plan, format: Format): [name: string, text: string][] {
  if (format === 'md') return [['runbook.md', renderMarkdown(plan)]];
  if (format === 'json') return [['plan.json', `${JSON.stringify(plan, null, 2)}\n`]];
  return plan.nodes.map((node) => [`${node.name}.sh`, renderShell(plan, node.name)]);
}

async function writeFiles(
  folder: string,
  files: readonly (readonly [name: string, text: string])[],
): Promise<string[]> {
  try {
    await mkdir(folder, { recursive: true });
    return await Promise.all(
      files.map(async ([name, text]) => {
        const path = join(folder, name);
        await writeFile(path, text, { mode: name.endsWith('.sh') ? 0o755 : 0o644 });
        return path;
      }),
    );
  } catch (error) {
    throw new HostError(`cannot write to ${folder}: ${messageOf(error)}`, 'choose another --out', error);
  }
}

function checkedFormat(text: string): Format {
  const format = formats.find((each) => each === text);
  if (format !== undefined) return format;
  throw new UsageError(`unknown format ${JSON.stringify(text)}`, didYouMean(text, formats));
}
