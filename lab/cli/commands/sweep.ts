import { Option } from '@commander-js/extra-typings';
import { randomInt } from 'node:crypto';
import { join, resolve } from 'node:path';
import { ensureAble } from '../../able.ts';
import { HostError } from '../../errors.ts';
import { axesOf, cellsOf } from '../../grid.ts';
import { startLockWatch } from '../../probes/lock-watch.ts';
import { startWriter } from '../../probes/start-writer.ts';
import type { RunRecord } from '../../record.ts';
import { down, keepFailure, runScenario } from '../../run.ts';
import type { LabSpec } from '../../run/spec.ts';
import { sweepThrough } from '../../run/sweep.ts';
import { openStore } from '../../store/open-store.ts';
import type { CliContext } from '../context.ts';
import { earlierRuns } from '../earlier.ts';
import { listLabs } from '../known-labs.ts';
import { print, printJson, tell } from '../output.ts';
import { exitCodeOf, writePage } from '../present.ts';
import type { GlobalOptions, Program } from '../program.ts';
import { collect, examples } from '../program.ts';
import { progressOf } from '../progress.ts';
import { readyHost } from '../ready-host.ts';
import { scenarioNamed } from '../registry.ts';
import type { Asked } from '../request.ts';
import { labRequest } from '../request.ts';
import { ensureSuited } from '../suited.ts';
import { sweepCost } from '../sweep-cost.ts';
import { drawSweep, printSweep } from '../sweep-page.ts';
import { defaultOut, repeatOf, seedOf } from './scenario.ts';

export function defineSweep(program: Program, context: CliContext): void {
  program
    .command('sweep')
    .description(
      'Run a scenario with every combination of some settings, each on a lab of its own, and draw stall against setting. Exit 0 ' +
        'pass, 1 fail, 2 unknown; the worst run counts.',
    )
    .argument('<scenario>', 'what happens; lab list scenarios shows them')
    .addOption(
      new Option('--stack <stack>', 'which cluster (default: lab.yaml, then the running lab)').env(
        'LAB_STACK',
      ),
    )
    .addOption(
      new Option('--edition <edition>', 'current, or period: as the article has it').env('LAB_EDITION'),
    )
    .option('--set <name=a,b,c>', 'a setting and its values, as often as needed', collect)
    .option(
      '--repeat <count>',
      'how often each combination runs, each time at another point between two heartbeats',
      '1',
    )
    .option('--seed <number>', 'what those points are drawn from, the same for each combination')
    .option('--dry-run', 'check every combination, say what it would cost, and start nothing')
    .addOption(
      new Option('--out <folder>', 'where records and reports go').env('LAB_OUT').default(defaultOut),
    )
    .addHelpText(
      'after',
      examples([
        ['lab sweep hard-halt --stack heartbeat-sarge --set deadtime=5,10,30', 'three labs, one run each'],
        [
          'lab sweep hard-halt --set deadtime=5,10 --set keepalive=1,2 --repeat 5',
          'four labs, five runs each',
        ],
        ['lab sweep hard-halt --set deadtime=5,30 --dry-run', 'what it would cost'],
      ]),
    )
    .action(async (name, _options, command) => {
      const options = command.optsWithGlobals();
      const scenario = scenarioNamed(name);
      const repeat = repeatOf(options.repeat);
      const seed = seedOf(options.seed, repeat) ?? randomInt(2 ** 32);
      const spec = await sweepSpec(context, options, options);
      const cells = cellsOf(spec.stack, spec.edition, spec.settings, axesOf(spec.stack, options.set ?? []));
      for (const { settings } of cells) ensureSuited(scenario, { ...spec, settings });
      for (const { settings } of cells) ensureAble(spec.provider, spec.stack, settings);
      await refuseTaken(spec);

      const results = resolve(context.cwd, options.out);
      const earlier = await earlierRuns(context, results, spec.stack.name, scenario.name);
      const cost = sweepCost(cells.length, repeat, earlier);
      if (options.dryRun === true) {
        const combinations = cells.map((cell) => cell.at);
        if (options.json === true) printJson(context, { combinations, repeat, cost });
        else print(context, cost);
        return;
      }
      tell(context, cost);

      const folder = join(results, sweepFolder(spec.stack.name, scenario.name));
      const progress = progressOf(context, options);
      const records: RunRecord[] = [];
      try {
        await readyHost(context, spec, progress);
        await openStore(folder).makeReady();
        const specOf = (settings: LabSpec['settings']): LabSpec => ({ ...spec, settings });
        await sweepThrough(
          {
            cells,
            repeat,
            seed,
            run: async (cell, drawn, inner) => {
              await readyHost(context, specOf(cell.settings), inner);
              const { record, directory } = await runScenario(specOf(cell.settings), scenario, {
                outDirectory: folder,
                startProbe: startWriter,
                startLockWatch,
                earlier,
                repeat: drawn,
                progress: inner,
                signal: context.signal,
              });
              await writePage(context, record, directory);
              return record;
            },
            failed: (cell, why) =>
              keepFailure(specOf(cell.settings), scenario, why, { outDirectory: folder, progress }),
            end: async (cell, inner) => {
              await inner.step('take the lab down', () => down(specOf(cell.settings), { purge: true }));
            },
            kept: async (record) => {
              records.push(record);
              earlier.push(record);
              await drawSweep(context, folder, records);
            },
          },
          progress,
          context.signal,
        );
      } finally {
        progress.end();
        if (records.length > 0) printSweep(context, options, folder, records);
      }
      context.exitWith(exitCodeOf(records));
    });
}

/** A lab of its own, with the settings of lab.yaml: no lab of somebody is provisioned anew, or lends it its settings. */
async function sweepSpec(context: CliContext, options: GlobalOptions, asked: Asked): Promise<LabSpec> {
  const { edition } = asked;
  const stack = asked.stack ?? (await labRequest(context, options, { edition })).spec.stack.name;
  const name = options.name ?? `sweep-${stack}`.slice(0, 31);
  return (await labRequest(context, { ...options, name }, { stack, edition })).spec;
}

/** @throws HostError when there is a lab of this name: a sweep ends and removes labs */
async function refuseTaken({ home, name }: LabSpec): Promise<void> {
  const taken = (await listLabs(home)).some((lab) => lab.description.name === name);
  if (taken)
    throw new HostError(
      `there is a lab ${name} already, and a sweep would remove it`,
      `lab down ${name} --purge removes it; --name gives the sweep's labs another name`,
    );
}

/** Sorts by time and tells what was swept. */
function sweepFolder(stack: string, scenario: string): string {
  const time = new Date().toISOString().replaceAll(/[-:]/g, '').replace(/\.\d+/, '');
  return `sweep-${time}-${stack}-${scenario}`;
}
