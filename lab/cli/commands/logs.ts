import { UsageError, messageOf } from '../../errors.ts';
import type { Lab } from '../../provider.ts';
import { shellQuote } from '../../quote.ts';
import { attach } from '../../run.ts';
import type { CliContext } from '../context.ts';
import { print, printJson } from '../output.ts';
import type { Program } from '../program.ts';
import { examples } from '../program.ts';
import { checkedNode, existingLab, specOf } from '../request.ts';

interface LogPart {
  node: string;
  /** `console`, or the path of a file of the node. */
  source: string;
  text: string;
}

export function defineLogs(program: Program, context: CliContext): void {
  program
    .command('logs')
    .description('Show the end of the serial consoles and of the log files of the nodes.')
    .argument('[node]', 'one node (default: all)')
    .option('-n, --lines <count>', 'lines of each', '40')
    .option('--console', 'only the serial consoles, which need no answer from the node')
    .addHelpText(
      'after',
      examples([
        ['lab logs nfs01', 'console and logs of one node'],
        ['lab logs --console -n 200', 'what the kernels said'],
      ]),
    )
    .action(async (node, _options, command) => {
      const options = command.optsWithGlobals();
      const lines = lineCount(options.lines);
      const known = await existingLab(context, options);
      const spec = await specOf(known);
      if (node !== undefined) checkedNode(spec, node);
      const lab = await attach(spec, context.signal);
      try {
        const nodes = node === undefined ? lab.topology.nodes.map((each) => each.name) : [node];
        const files = options.console === true ? [] : spec.stack.logFiles;
        const parts = (
          await Promise.all(nodes.map((each) => partsOf(lab, each, files, lines, context.signal)))
        ).flat();
        if (options.json === true) printJson(context, parts);
        else
          for (const part of parts)
            print(context, `==> ${part.node}: ${part.source} <==\n${part.text.trimEnd()}\n`);
      } finally {
        lab.close();
      }
    });
}

/** A node that does not answer still has a console. */
async function partsOf(
  lab: Lab,
  node: string,
  files: readonly string[],
  lines: number,
  signal: AbortSignal,
): Promise<LogPart[]> {
  const parts: LogPart[] = [{ node, source: 'console', text: await lab.console(node, lines) }];
  for (const file of files) {
    try {
      const { stdout, status } = await lab
        .machine(node)
        .exec(`tail -n ${String(lines)} ${shellQuote(file)}`, {
          allowFailure: true,
          timeoutMs: 20_000,
          signal,
        });
      if (status === 0) parts.push({ node, source: file, text: stdout });
    } catch (error) {
      if (signal.aborted) throw error;
      parts.push({ node, source: file, text: `(not to be had: ${messageOf(error)})` });
      break;
    }
  }
  return parts;
}

function lineCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 100_000) return count;
  throw new UsageError(`--lines ${JSON.stringify(text)}: not a whole number from 1 to 100000`, '--lines 100');
}
