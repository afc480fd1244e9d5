import { up } from '../../run.ts';
import { Option } from '@commander-js/extra-typings';
import type { CliContext } from '../context.ts';
import { print, printJson, tell } from '../output.ts';
import type { Program } from '../program.ts';
import { collect, examples } from '../program.ts';
import { progressOf } from '../progress.ts';
import { readyHost } from '../ready-host.ts';
import { labRequest } from '../request.ts';

export function defineUp(program: Program, context: CliContext): void {
  program
    .command('up')
    .description(
      'Bring a lab up. The first time it is built and frozen when healthy; after that it is restored.',
    )
    .argument('[stack]', 'which cluster (default: LAB_STACK, then lab.yaml)')
    .addOption(
      new Option('--edition <edition>', 'current, or period: as the article has it').env('LAB_EDITION'),
    )
    .option('--set <name=value>', 'a setting of the stack, as often as needed (lab list settings)', collect)
    .option('--fresh', 'provision anew, even if there is a frozen lab')
    .addHelpText(
      'after',
      examples([
        ['lab up heartbeat-sarge', 'four machines: two clients, two servers'],
        ['lab up heartbeat-sarge --set deadtime=6', 'a shorter deadtime'],
        ['lab up heartbeat-sarge --name second', 'a second lab beside the first'],
      ]),
    )
    .action(async (stack, _options, command) => {
      const options = command.optsWithGlobals();
      const { spec, provider } = await labRequest(context, options, {
        ...options,
        stack: stack ?? context.env['LAB_STACK'],
      });
      const progress = progressOf(context, options);
      try {
        if (options.quiet !== true) tell(context, `provider: ${spec.provider.name}, because ${provider.why}`);
        await readyHost(context, spec, progress);
        const outcome = await up(spec, progress, context.signal, { fresh: options.fresh === true });
        progress.end();
        const nodes = outcome.lab.topology.nodes.map((node) => node.name);
        outcome.lab.close();
        if (options.json === true) {
          printJson(context, {
            name: spec.name,
            stack: spec.stack.name,
            edition: spec.edition,
            settings: spec.settings,
            provider: { name: spec.provider.name, why: provider.why },
            accelerator: outcome.lab.accelerator,
            how: outcome.how,
            seconds: outcome.seconds,
            nodes,
            health: outcome.health,
          });
          return;
        }
        print(
          context,
          `${spec.name} is up (${outcome.how} in ${outcome.seconds.toFixed(1)} s): ${nodes.join(', ')}`,
        );
        for (const { what, ok, found } of outcome.health)
          print(context, `  ${ok ? 'ok ' : 'NOT'} ${what}: ${found}`);
      } finally {
        progress.end();
      }
    });
}
