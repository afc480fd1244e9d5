import { ensureAble } from '../able.ts';
import { LabError, UsageError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import type { NightCell } from '../night.ts';
import { cellKey } from '../night.ts';
import type { Edition } from '../plan.ts';
import type { Provider } from '../provider.ts';
import type { Scenario } from '../scenario.ts';
import { checkedSettings, leavesOf, resolveSettings } from '../settings.ts';
import type { Settings, Stack } from '../stack.ts';
import type { YamlPath } from '../yaml-lines.ts';
import type { ReadNightConfig, StackEntry } from './config.ts';
import { variantOf } from './lab-name.ts';

/** A cell before anybody knows how long it takes, and what it takes to run it. */
export interface PlannedCell {
  cell: Omit<NightCell, 'estimate'>;
  stack: Stack;
  scenario: Scenario;
  /** All settings of the stack, defaults included. */
  settings: Settings;
}

export interface Matrix {
  cells: PlannedCell[];
  /** Combinations of the cross product that make no sense, and why. */
  without: { cell: string; why: string }[];
}

/** What the command line says beside the file. */
export interface NightChoice {
  /** Names of stacks, or of variants of the file as `heartbeat-sarge+slow`. */
  stacks?: readonly string[];
  scenarios?: readonly string[];
  /** Settings by name; they win over those of the file. */
  set?: Readonly<Record<string, string>>;
  repeats?: number;
}

export interface KnownParts {
  stacks: readonly Stack[];
  scenarios: readonly Scenario[];
  provider: Pick<Provider, 'name' | 'capabilities'>;
}

/** A variant of a stack that the night is about, and where the file has it. */
interface Variant {
  entry: StackEntry;
  stack: Stack;
  edition: Edition;
  label: string | null;
  at: YamlPath;
}

/**
 * What a night is to run. A scenario that makes no sense on a stack is left out where the two met in a cross product; where the
 * entry of the stack names it, it is an error.
 * @throws UsageError with the line of what is wrong; HostError for settings that the provider cannot serve
 */
export function nightMatrix(read: ReadNightConfig, choice: NightChoice, known: KnownParts): Matrix {
  const { config, lineOf } = read;
  const variants = chosenVariants(read, choice, known);
  refuseUnusedSettings(read, choice, variants);
  const everyScenario = known.scenarios.map(({ name }) => name);
  const shared =
    choice.scenarios ??
    (config.scenarios ?? everyScenario).map((name, i) => checked(name, lineOf(['scenarios', i])));
  for (const name of choice.scenarios ?? []) checked(name, '--scenarios');
  function checked(name: string, where: string): string {
    if (everyScenario.includes(name)) return name;
    throw new UsageError(
      `${where}: unknown scenario ${JSON.stringify(name)}`,
      didYouMean(name, everyScenario),
    );
  }

  const matrix: Matrix = { cells: [], without: [] };
  for (const { entry, stack, edition, label, at } of variants) {
    const { asked, settings } = settingsOf(read, choice, { entry, stack, edition, label, at });
    ensureRuns(stack, edition, known.provider, lineOf([...at, 'edition']));
    ensureAble(known.provider, stack, settings);
    const own = entry.scenarios?.map((name, i) => checked(name, lineOf([...at, 'scenarios', i])));
    // The command line picks from what an entry names itself.
    const wanted =
      own === undefined ? shared : own.filter((name) => choice.scenarios?.includes(name) ?? true);
    for (const name of new Set(wanted)) {
      const scenario = known.scenarios.find((each) => each.name === name);
      if (scenario === undefined) continue;
      const key = cellKey({ stack: stack.name, edition, label, scenario: name });
      const why = whyNot(scenario, { stack, edition, settings }, known.provider);
      if (why !== undefined && own !== undefined)
        throw new UsageError(
          `${lineOf([...at, 'scenarios', own.indexOf(name)])}: ${name} makes no sense on ${variantOf({ stack: stack.name, edition, label })}: ${why}`,
          'without it, or in the scenarios of the night, from which it is left out where it makes no sense',
        );
      if (why !== undefined) matrix.without.push({ cell: key, why });
      else
        matrix.cells.push({
          cell: {
            key,
            stack: stack.name,
            edition,
            label,
            scenario: name,
            settings: asked,
            repeats: choice.repeats ?? entry.repeats ?? config.repeats,
          },
          stack,
          scenario,
          settings,
        });
    }
  }
  return matrix;
}

/** Those of the file, or every stack; of them what the command line names. A stack that the file does not have is taken as it is. */
function chosenVariants(
  { config, lineOf }: ReadNightConfig,
  choice: NightChoice,
  known: KnownParts,
): Variant[] {
  const names = known.stacks.map(({ name }) => name);
  const stackAt = (name: string, where: string): Stack => {
    const stack = known.stacks.find((each) => each.name === name);
    if (stack !== undefined) return stack;
    throw new UsageError(`${where}: unknown stack ${JSON.stringify(name)}`, didYouMean(name, names));
  };
  const variants = (config.stacks ?? names).map((given, i): Variant => {
    const entry = typeof given === 'string' ? { stack: given } : given;
    const at = ['stacks', i];
    const stack = stackAt(entry.stack, lineOf([...at, 'stack']));
    return { entry, stack, edition: entry.edition ?? 'current', label: entry.label ?? null, at };
  });
  const nameOf = ({ stack, edition, label }: Variant): string =>
    variantOf({ stack: stack.name, edition, label });
  for (const [i, variant] of variants.entries()) {
    const { stack, edition, at } = variant;
    if (!stack.editions.includes(edition))
      throw new UsageError(
        `${lineOf([...at, 'edition'])}: ${stack.name} has no edition ${edition}`,
        `it has ${stack.editions.join(' and ')}`,
      );
    const twin = variants.slice(0, i).find((each) => nameOf(each) === nameOf(variant));
    if (twin !== undefined)
      throw new UsageError(
        `${lineOf(at)}: ${nameOf(variant)} is there already, at ${lineOf(twin.at)}`,
        'give one of them another label',
      );
  }
  if (choice.stacks === undefined) return variants;
  return choice.stacks.flatMap((wanted) => {
    const found = variants.filter((each) => nameOf(each) === wanted || each.stack.name === wanted);
    if (found.length > 0) return found;
    if (!names.includes(wanted))
      throw new UsageError(
        `--stacks: unknown stack ${JSON.stringify(wanted)}`,
        didYouMean(wanted, [...new Set([...variants.map(nameOf), ...names])]),
      );
    const stack = stackAt(wanted, '--stacks');
    return [{ entry: { stack: wanted }, stack, edition: 'current' as const, label: null, at: ['stacks'] }];
  });
}

/** A setting for all stacks that none of them has is a slip. */
function refuseUnusedSettings(
  { config, lineOf }: ReadNightConfig,
  choice: NightChoice,
  variants: readonly Variant[],
): void {
  const known = [...new Set(variants.flatMap(({ stack }) => stack.settings.map(({ name }) => name)))];
  const given = [
    ...leavesOf(config.settings ?? {}).map(({ path }) => ({
      name: path.join('.'),
      where: lineOf(['settings', ...path]),
    })),
    ...Object.keys(choice.set ?? {}).map((name) => ({ name, where: '--set' })),
  ].filter(({ name }) => name !== '');
  for (const { name, where } of given)
    if (!known.includes(name))
      throw new UsageError(
        `${where}: no stack of this night has a setting ${JSON.stringify(name)}`,
        didYouMean(name, known),
      );
}

/** Settings of the night, of the entry and of the command line, in this order; the last one wins. */
function settingsOf(
  { config, lineOf }: ReadNightConfig,
  choice: NightChoice,
  { entry, stack, edition, at }: Variant,
): { asked: NightCell['settings']; settings: Settings } {
  const has = (name: string): boolean => stack.settings.some((each) => each.name === name);
  const typed = Object.fromEntries(Object.entries(choice.set ?? {}).filter(([name]) => has(name)));
  const overrides = {
    ...checkedSettings(stack, partOf(config.settings ?? {}, has), lineOf, ['settings']),
    ...checkedSettings(stack, entry.settings ?? {}, lineOf, [...at, 'settings']),
    ...typed,
  };
  try {
    const settings = resolveSettings(stack, edition, overrides);
    const asked = Object.keys(overrides).flatMap((name) => {
      const value = settings[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    return { settings, asked: Object.fromEntries(asked) };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const where = Object.keys(typed).length > 0 ? '--set' : lineOf([...at, 'settings']);
    throw new UsageError(`${where}: ${error.message}`, error.hint);
  }
}

/** What of nested settings has a name that is wanted; it stays nested as the file has it. */
function partOf(
  settings: Readonly<Record<string, unknown>>,
  wanted: (name: string) => boolean,
  before = '',
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]): [string, unknown][] => {
      const name = `${before}${key}`;
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return wanted(name) ? [[key, value]] : [];
      return [[key, partOf(Object.fromEntries(Object.entries(value)), wanted, `${name}.`)]];
    }),
  );
}

/** @throws UsageError for an edition that is only rendered */
function ensureRuns(stack: Stack, edition: Edition, provider: Pick<Provider, 'name'>, where: string): void {
  if (provider.name !== 'qemu' || stack.platform(edition).image !== undefined) return;
  throw new UsageError(
    `${where}: the ${edition} edition of ${stack.name} is rendered, not run: the embedded provider has no image of its platform`,
    `lab plan ${stack.name} --edition ${edition} prints it`,
  );
}

function whyNot(
  scenario: Scenario,
  cluster: { stack: Stack; edition: Edition; settings: Settings },
  { name, capabilities }: KnownParts['provider'],
): string | undefined {
  const missing = scenario.needs.filter((need) => !capabilities.has(need));
  return missing.length > 0 ? `${name} cannot ${missing.join(', ')}` : scenario.unsuited?.(cluster);
}
