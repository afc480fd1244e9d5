import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { UsageError, messageOf } from '../errors.ts';
import { capabilities } from '../provider.ts';
import type { Scenario } from '../scenario.ts';
import { complaints, oneOf, strictShape } from '../shape.ts';
import { scenarioNamed, scenarios } from './registry.ts';

const words = z.string().min(1, 'some words');
const isFunction = <T>(what: string): z.ZodType<T> =>
  z.custom<T>((value) => typeof value === 'function', `expected a function: ${what}`);

/** What comes from a file of the user's: its types were checked by nobody. */
const OwnScenario = strictShape({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, 'lower-case letters, digits and hyphens'),
  title: words,
  question: words,
  needs: z.array(oneOf(capabilities)),
  unsuited: isFunction<NonNullable<Scenario['unsuited']>>('why it makes no sense on a cluster').optional(),
  run: isFunction<Scenario['run']>('what happens, with a stage'),
  checks: z
    .array(
      z.looseObject({ name: words, judge: isFunction<Scenario['checks'][number]['judge']>('a verdict') }),
    )
    .min(1, 'without a check every run is unknown'),
});

/** A name of one of lab's own scenarios, or the path of a file that exports one. */
export async function scenarioFrom(text: string, cwd: string): Promise<Scenario> {
  return isPath(text) ? await loadScenario(resolve(cwd, text)) : scenarioNamed(text);
}

function isPath(text: string): boolean {
  return text.includes('/') || /\.[cm]?[jt]s$/.test(text);
}

/**
 * The `scenario` that a file exports.
 * @throws UsageError when there is no such file, it cannot be loaded, or what it exports lacks something
 */
export async function loadScenario(file: string): Promise<Scenario> {
  if (!existsSync(file))
    throw new UsageError(`there is no file ${file}`, 'lab list scenarios shows what is built in');
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    throw new UsageError(`${file} cannot be loaded: ${messageOf(error)}`, hint);
  }
  if (!('scenario' in module))
    throw new UsageError(
      `${file} exports no "scenario"; it exports ${Object.keys(module).join(', ') || 'nothing'}`,
      hint,
    );
  const parsed = OwnScenario.safeParse(module['scenario']);
  if (!parsed.success)
    throw new UsageError(
      `${file}: not a valid scenario:${complaints(parsed.error)
        .map((each) => `\n  ${each}`)
        .join('')}`,
      hint,
    );
  if (scenarios.some((each) => each.name === parsed.data.name))
    throw new UsageError(`${file}: ${parsed.data.name} is the name of a scenario of lab’s own`, hint);
  // As it was exported: `run` may speak to its own object.
  return module['scenario'] as Scenario;
}

const hint = 'docs/scenarios.md has a whole one';
