import { Option } from '@commander-js/extra-typings';
import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { RunRecord } from '../../record.ts';
import { startLockWatch } from '../../probes/lock-watch.ts';
import { startWriter } from '../../probes/start-writer.ts';
import { down, runScenario } from '../../run.ts';
import type { CliContext } from '../context.ts';
import { earlierRuns } from '../earlier.ts';
import { print, tell } from '../output.ts';
import { exitCodeOf, present, printRecords, printRepeats } from '../present.ts';
import type { Program } from '../program.ts';
import { collect, examples } from '../program.ts';
import { progressOf } from '../progress.ts';
import { isRunning, readyHost } from '../ready-host.ts';
import { scenarioFrom } from '../own-scenario.ts';
import { labRequest } from '../request.ts';
import { ensureSuited } from '../suited.ts';

export const defaultOut = 'lab-results';

export function defineScenario(program: Program, context: CliContext): void {
  program
    .command('scenario')
    .description(
      'Run scenarios: each starts from a healthy lab, breaks it, and judges what the clients saw. ' +
        'Exit 0 pass, 1 fail, 2 unknown; the worst run counts.',
    )
    .argument(
      '<scenario...>',
      'what happens: a name (lab list scenarios shows them) or a file of your own, as ./mine.ts',
    )
    .addOption(
      new Option('--stack <stack>', 'which cluster (default: lab.yaml, then the running lab)').env(
        'LAB_STACK',
      ),
    )
    .addOption(
      new Option('--edition <edition>', 'current, or period: as the article has it').env('LAB_EDITION'),
    )
    .option('--set <name=value>', 'a setting of the stack, as often as needed (lab list settings)', collect)
    .option(
      '--repeat <count>',
      'how often each one runs, each time at another point between two heartbeats',
      '1',
    )
    .option(
      '--seed <number>',
      'what those points are drawn from (default: another one each time, in the record)',
    )
    .option('--keep', 'leave a lab up that was brought up for this')
    .option('--pcap', 'keep every frame of every network, as pcap files beside the record')
    .addOption(
      new Option('--out <folder>', 'where records and reports go').env('LAB_OUT').default(defaultOut),
    )
    .addHelpText(
      'after',
      examples([
        ['lab scenario hard-halt --stack heartbeat-sarge', 'from nothing to a report'],
        ['lab scenario ./mine.ts', 'a scenario of your own: docs/scenarios.md'],
        ['lab scenario hard-halt --pcap', 'with captures that Wireshark opens'],
        ['lab scenario hard-halt --repeat 5 --seed 7', 'five runs on the lab that is up, as a distribution'],
        ['lab scenario hard-halt --set deadtime=6 --stack heartbeat-sarge', 'what a shorter deadtime gives'],
      ]),
    )
    .action(async (names, _options, command) => {
      const options = command.optsWithGlobals();
      const scenarios = await Promise.all(names.map((name) => scenarioFrom(name, context.cwd)));
      const repeat = repeatOf(options.repeat);
      const seed = seedOf(options.seed, repeat);
      const { spec, provider } = await labRequest(context, options, options);
      for (const scenario of scenarios) ensureSuited(scenario, spec);
      const progress = progressOf(context, options);
      const outDirectory = resolve(context.cwd, options.out);
      const records: RunRecord[] = [];
      let takeDown = false;
      try {
        if (options.quiet !== true) tell(context, `provider: ${spec.provider.name}, because ${provider.why}`);
        await readyHost(context, spec, progress);
        takeDown = options.keep !== true && !(await isRunning(spec));
        for (const scenario of scenarios) {
          const earlier = await earlierRuns(context, outDirectory, spec.stack.name, scenario.name);
          for (let run = 1; run <= repeat; run++) {
            const title =
              repeat === 1 ? scenario.name : `${scenario.name}, run ${String(run)} of ${String(repeat)}`;
            const { record, directory } = await progress.step(`scenario ${title}`, (inner) =>
              runScenario(spec, scenario, {
                outDirectory,
                startProbe: startWriter,
                startLockWatch,
                capture: options.pcap === true,
                earlier,
                ...(seed === undefined ? {} : { repeat: { seed, run, of: repeat } }),
                progress: inner,
                signal: context.signal,
              }),
            );
            records.push(record);
            earlier.push(record);
            await present(context, options, record, directory);
            context.signal.throwIfAborted();
          }
        }
      } finally {
        if (takeDown) await progress.step('take the lab down again', () => down(spec, { purge: false }));
        progress.end();
        if (repeat === 1) printRecords(context, options, records);
        else printRepeats(context, options, records);
      }
      if (scenarios.length > 1 && options.json !== true) print(context, tally(records));
      context.exitWith(exitCodeOf(records));
    });
}

function tally(records: readonly RunRecord[]): string {
  const count = (verdict: RunRecord['verdict']): string =>
    `${String(records.filter((record) => record.verdict === verdict).length)} ${verdict}`;
  return `${String(records.length)} runs: ${count('pass')}, ${count('fail')}, ${count('unknown')}`;
}

/** What the draws follow from. Without repeats nothing is drawn, unless a seed asks for it. */
export function seedOf(text: string | undefined, repeat: number): number | undefined {
  if (text === undefined) return repeat === 1 ? undefined : randomInt(2 ** 32);
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new UsageError(`--seed ${JSON.stringify(text)}: not a whole number from 0 on`, '--seed 7');
}

export function repeatOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 1000) return count;
  throw new UsageError(`--repeat ${JSON.stringify(text)}: not a whole number from 1 to 1000`, '--repeat 5');
}
