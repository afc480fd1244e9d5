import { Option } from '@commander-js/extra-typings';
import { resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import { listLabs } from '../known-labs.ts';
import { labsHome } from '../../labs.ts';
import { didYouMean } from '../../nearest.ts';
import { capabilitiesOf } from '../../providers/deed.ts';
import { deeds } from '../../providers/means.ts';
import type { Stack } from '../../stack.ts';
import { openStore } from '../../store/open-store.ts';
import { readConfig } from '../config.ts';
import type { CliContext } from '../context.ts';
import { print, printJson, table, tell } from '../output.ts';
import type { Program } from '../program.ts';
import { examples } from '../program.ts';
import { providers, scenarios, stackNamed, stacks } from '../registry.ts';
import { filteredRuns, runRows, type RunFilter } from '../run-list.ts';
import { describeRuns, stackRuns } from '../stack-runs.ts';
import type { StackRuns } from '../stack-runs.ts';
import { defaultOut } from './scenario.ts';

/** Named values, which become columns. A scenario is its question to people, in one line. */
type Row = Readonly<Record<string, unknown>>;

/** A list as data for --json, and as rows for people. */
interface Listing {
  data: readonly object[];
  rows: readonly Row[];
}

export const topics = ['stacks', 'scenarios', 'settings', 'providers', 'labs', 'runs'] as const;
type Topic = (typeof topics)[number];

export function defineList(program: Program, context: CliContext): void {
  program
    .command('list')
    .description(`List what there is: ${topics.join(', ')}.`)
    .argument('[topic]', 'one of them (default: stacks, scenarios and providers)')
    .addOption(
      new Option('--stack <stack>', 'the stack whose settings are listed, or whose runs').env('LAB_STACK'),
    )
    .option('--scenario <scenario>', 'of runs: those of this scenario')
    .option('--night <night>', 'of runs: those of this night')
    .option('--rebuild', 'of runs: make their index anew first')
    .addOption(new Option('--out <folder>', 'where the runs are').env('LAB_OUT').default(defaultOut))
    .addHelpText(
      'after',
      examples([
        ['lab list', 'what this release has'],
        ['lab list stacks', 'their articles, and what was run for real and when'],
        ['lab list settings --stack heartbeat-sarge', 'what --set understands'],
        ['lab list runs', 'recorded runs with their verdicts, oldest first'],
        ['lab list runs --stack heartbeat-sarge --scenario hard-halt', 'some of them'],
        ['lab list runs --night <night> --json', 'those of a night, with phases, errors and settings'],
      ]),
    )
    .action(async (topic, _options, command) => {
      const options = command.optsWithGlobals();
      const wanted: readonly Topic[] =
        topic === undefined ? ['stacks', 'scenarios', 'providers'] : [checkedTopic(topic)];
      // The stack of the environment says what to work with. It hides no run.
      const stackOfRuns = command.getOptionValueSource('stack') === 'cli' ? options.stack : undefined;
      const { scenario, night } = options;
      if (topic !== 'runs' && (scenario !== undefined || night !== undefined || options.rebuild === true))
        throw new UsageError('--scenario, --night and --rebuild are about runs', 'lab list runs');
      const asked: Asked = {
        stack: options.stack,
        out: options.out,
        filter: {
          ...(stackOfRuns === undefined ? {} : { stack: stackOfRuns }),
          ...(scenario === undefined ? {} : { scenario }),
          ...(night === undefined ? {} : { night }),
        },
        rebuild: options.rebuild === true,
      };
      const lists: [Topic, Listing][] = [];
      for (const each of wanted) lists.push([each, await listingOf(each, context, asked)]);
      if (options.json === true)
        printJson(
          context,
          topic === undefined
            ? Object.fromEntries(lists.map(([name, { data }]) => [name, data]))
            : lists[0]?.[1].data,
        );
      else print(context, lists.map(([name, { rows }]) => drawn(name, rows, lists.length > 1)).join('\n\n'));
    });
}

interface Asked {
  stack: string | undefined;
  out: string;
  filter: RunFilter;
  rebuild: boolean;
}

async function listingOf(topic: Topic, context: CliContext, options: Asked): Promise<Listing> {
  if (topic === 'runs') return await runListing(context, options);
  if (topic === 'stacks') {
    const data = await stacksWithRuns(context, resolve(context.cwd, options.out));
    return { data, rows: data.flatMap(editionRows) };
  }
  const rows = await rowsOf(topic, context, options);
  return { data: rows, rows };
}

async function rowsOf(
  topic: Exclude<Topic, 'stacks' | 'runs'>,
  context: CliContext,
  options: Asked,
): Promise<Row[]> {
  switch (topic) {
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

/** What the records of this folder say of each stack; one that cannot be read is named beside the list. */
async function stacksWithRuns(context: CliContext, results: string): Promise<StackRuns[]> {
  const { runs, setAside } = await openStore(results).read();
  for (const { run, problem } of setAside)
    tell(context, `note: the record of ${run} is left out: ${problem}`);
  return stacks.map((stack) => stackRuns(stack, runs));
}

/** With --json all that the index knows of each run. */
async function runListing(context: CliContext, { out, filter, rebuild }: Asked): Promise<Listing> {
  const store = openStore(resolve(context.cwd, out));
  const { runs, setAside, notes } = rebuild ? await store.rebuild() : await store.read();
  for (const note of notes) tell(context, `note: ${note}`);
  const wanted = filteredRuns(runs, filter, {
    stacks: stacks.map(({ name }) => name),
    scenarios: scenarios.map(({ name }) => name),
  });
  const unreadable = setAside.map(({ run, problem }) => ({ id: run, verdict: 'unreadable', problem }));
  return { data: [...wanted, ...unreadable], rows: runRows(wanted, setAside) };
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

/** The article comes last: its letters may be twice as wide as others. */
function editionRows({ name, article, editions }: StackRuns): Row[] {
  return editions.map((each) => ({
    name,
    edition: each.edition,
    platform: each.platform,
    'run for real': describeRuns(each),
    article: `${article.title} (${article.author}, ${article.date})`,
  }));
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
