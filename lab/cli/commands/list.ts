import { Option } from '@commander-js/extra-typings';
import { resolve } from 'node:path';
import { UsageError, messageOf } from '../../errors.ts';
import { listLabs } from '../known-labs.ts';
import { labsHome } from '../../labs.ts';
import { didYouMean } from '../../nearest.ts';
import { capabilitiesOf } from '../../providers/deed.ts';
import { deeds } from '../../providers/means.ts';
import type { Stack } from '../../stack.ts';
import { readConfig } from '../config.ts';
import type { CliContext } from '../context.ts';
import { print, printJson, table } from '../output.ts';
import type { Program } from '../program.ts';
import { examples } from '../program.ts';
import { readRun, runsIn } from '../records.ts';
import { providers, scenarios, stackNamed, stacks } from '../registry.ts';
import { defaultOut } from './scenario.ts';

/** A list as rows of named values: data for --json, columns for people. A scenario is its question to them, in one line. */
type Row = Readonly<Record<string, unknown>>;

export const topics = ['stacks', 'scenarios', 'settings', 'providers', 'labs', 'runs'] as const;
type Topic = (typeof topics)[number];

export function defineList(program: Program, context: CliContext): void {
  program
    .command('list')
    .description(`List what there is: ${topics.join(', ')}.`)
    .argument('[topic]', 'one of them (default: stacks, scenarios and providers)')
    .addOption(new Option('--stack <stack>', 'the stack whose settings are listed').env('LAB_STACK'))
    .addOption(new Option('--out <folder>', 'where the runs are').env('LAB_OUT').default(defaultOut))
    .addHelpText(
      'after',
      examples([
        ['lab list', 'what this release has'],
        ['lab list settings --stack heartbeat-sarge', 'what --set understands'],
        ['lab list runs', 'recorded runs with their verdicts'],
      ]),
    )
    .action(async (topic, _options, command) => {
      const options = command.optsWithGlobals();
      const wanted: readonly Topic[] =
        topic === undefined ? ['stacks', 'scenarios', 'providers'] : [checkedTopic(topic)];
      const lists: [Topic, Row[]][] = [];
      for (const each of wanted)
        lists.push([each, await rowsOf(each, context, { stack: options.stack, out: options.out })]);
      if (options.json === true)
        printJson(context, topic === undefined ? Object.fromEntries(lists) : lists[0]?.[1]);
      else print(context, lists.map(([name, rows]) => drawn(name, rows, lists.length > 1)).join('\n\n'));
    });
}

async function rowsOf(
  topic: Topic,
  context: CliContext,
  options: { stack: string | undefined; out: string },
): Promise<Row[]> {
  switch (topic) {
    case 'stacks':
      return stacks.map(({ name, title, editions }) => ({ name, title, editions }));
    case 'scenarios':
      return scenarios.map(({ name, title, question, needs }) => ({ name, title, question, needs }));
    case 'providers':
      return providers.map(({ name, title }) => ({ name, title, capabilities: capabilitiesOf(name, deeds) }));
    case 'settings':
      return settingRows(await stackOf(context, options.stack));
    case 'labs':
      return (await listLabs(labsHome(context.cwd))).map(({ description, state }) => ({
        name: description.name,
        stack: description.stack,
        edition: description.edition,
        state,
      }));
    case 'runs':
      return runRows(context, resolve(context.cwd, options.out));
  }
}

function settingRows(stack: Stack): Row[] {
  return stack.settings.map(({ name, unit, defaults, description }) => ({
    name,
    unit: unit ?? '',
    current: defaults.current,
    period: defaults.period,
    description,
  }));
}

/** A run whose record cannot be read is listed with the reason. */
async function runRows(context: CliContext, results: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const run of await runsIn(results)) {
    try {
      const { record } = await readRun(context.cwd, results, run);
      const { id, startedAt, scenario, stack, verdict, stallSeconds } = record;
      rows.push({ id, startedAt, scenario, stack, verdict, stallSeconds });
    } catch (error) {
      rows.push({ id: run, verdict: 'unreadable', problem: messageOf(error).split('\n')[0] });
    }
  }
  return rows;
}

async function stackOf(context: CliContext, asked: string | undefined): Promise<Stack> {
  const name =
    asked ?? (await readConfig(context.cwd)).stack ?? (stacks.length === 1 ? stacks[0]?.name : undefined);
  if (name === undefined) throw new UsageError('the settings of which stack?', '--stack <stack>');
  return stackNamed(name);
}

function drawn(topic: Topic, rows: readonly Row[], titled: boolean): string {
  if (rows.length === 0) return `no ${topic}`;
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
    (column) => !(topic === 'scenarios' && column === 'title'),
  );
  const body = table([columns, ...rows.map((row) => columns.map((column) => cell(row[column])))]);
  return titled ? `${topic.toUpperCase()}\n${body}` : body;
}

function cell(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function checkedTopic(text: string): Topic {
  const topic = topics.find((each) => each === text);
  if (topic !== undefined) return topic;
  throw new UsageError(`there is no list of ${JSON.stringify(text)}`, didYouMean(text, topics));
}
