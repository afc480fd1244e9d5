import { UsageError } from './errors.ts';
import type { SettingValue, Edition } from './plan.ts';
import { resolveSettings } from './settings.ts';
import type { Settings, Stack } from './stack.ts';

/** A setting and the values that a sweep gives it. */
export interface Axis {
  name: string;
  values: string[];
}

/** One combination of a grid, with all settings of the stack. */
export interface Cell {
  /** The swept settings alone. */
  at: Readonly<Record<string, SettingValue>>;
  settings: Settings;
}

const mostCells = 200;

/**
 * Axes from `name=a,b,c` texts of --set. A text that the setting takes as one value, as `nfs.mountOptions=hard,proto=tcp`, is
 * one value; a name that is given again gets further ones.
 * @throws UsageError for a text of another form
 */
export function axesOf(stack: Pick<Stack, 'settings'>, texts: readonly string[]): Axis[] {
  const axes = new Map<string, string[]>();
  for (const text of texts) {
    const at = text.indexOf('=');
    const value = text.slice(at + 1);
    if (at < 1 || value === '')
      throw new UsageError(
        `--set ${JSON.stringify(text)}: not of the form name=a,b,c`,
        '--set deadtime=5,10,30',
      );
    const name = text.slice(0, at);
    const setting = stack.settings.find((each) => each.name === name);
    const values = setting?.schema.safeParse(value).success === true ? [value] : value.split(',');
    axes.set(name, [...new Set([...(axes.get(name) ?? []), ...values])]);
  }
  return [...axes].map(([name, values]) => ({ name, values }));
}

/**
 * Every combination of the axes' values, the last axis changing first.
 * @param base settings of the stack that are not swept
 * @throws UsageError that lists each combination that the stack refuses, with its rule; or when nothing varies
 */
export function cellsOf(stack: Stack, edition: Edition, base: Settings, axes: readonly Axis[]): Cell[] {
  const count = axes.reduce((product, axis) => product * axis.values.length, 1);
  if (count < 2)
    throw new UsageError(
      'nothing varies: a sweep needs a setting with two values or more',
      '--set deadtime=5,10,30',
    );
  if (count > mostCells)
    throw new UsageError(
      `${String(count)} combinations are too many`,
      `up to ${String(mostCells)}, each of them a lab`,
    );
  const combinations = axes.reduce<Record<string, string>[]>(
    (all, { name, values }) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
  const cells: Cell[] = [];
  const refused: string[] = [];
  for (const combination of combinations)
    try {
      const settings = resolveSettings(stack, edition, { ...base, ...combination });
      const at = Object.fromEntries(
        Object.keys(combination).map((name) => [name, settings[name] ?? combination[name] ?? '']),
      );
      cells.push({ at, settings });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const told =
        error.hint !== undefined && error.message.includes('has no setting') ? `; ${error.hint}` : '';
      refused.push(`${cellName(combination)}: ${error.message}${told}`);
    }
  if (refused.length > 0)
    throw new UsageError(
      `${String(refused.length)} of ${String(count)} combinations are refused, and nothing was started:\n${refused.map((line) => `  ${line}`).join('\n')}`,
      `lab list settings --stack ${stack.name} shows what each takes`,
    );
  return cells;
}

/** `deadtime=5 keepalive=1` */
export function cellName(at: Readonly<Record<string, SettingValue>>): string {
  return Object.entries(at)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');
}
