import { UsageError } from '../errors.ts';
import { bestProvider, type ProviderChoice } from '../host/candidates.ts';
import { vagrantCandidates } from './candidates.ts';
import { listLabs, providerOfLab } from './known-labs.ts';
import { labsHome } from '../labs.ts';
import type { KnownLab, LabDescription } from '../labs.ts';
import { didYouMean } from '../nearest.ts';
import type { Edition } from '../plan.ts';
import type { LabSpec } from '../run/spec.ts';
import { checkedSettings, resolveSettings } from '../settings.ts';
import type { Settings, Stack } from '../stack.ts';
import type { LabConfig } from './config.ts';
import { boxFor, configFile, readConfig } from './config.ts';
import type { CliContext } from './context.ts';
import type { GlobalOptions } from './program.ts';
import { askedProvider } from './provider-choice.ts';
import { openProvider, stackNamed } from './registry.ts';

/** What the options of a command line say about the lab they mean. */
export interface Asked {
  stack?: string | undefined;
  edition?: string | undefined;
  set?: string[] | undefined;
}

export interface PlanRequest {
  stack: Stack;
  edition: Edition;
  settings: Settings;
}

export interface RequestedLab {
  spec: LabSpec;
  provider: ProviderChoice;
}

const editions: readonly Edition[] = ['period', 'current'];

/**
 * Stack, edition and settings from the command line, the environment and lab.yaml, in this order.
 * @throws UsageError naming the rule or the nearest names
 */
export async function planRequest(context: CliContext, asked: Asked): Promise<PlanRequest> {
  const config = await readConfig(context.cwd);
  const name = asked.stack ?? config.stack;
  if (name === undefined) throw noStack();
  return resolve(stackNamed(name), asked, config);
}

/** The lab that `up` or `scenario` means. One that runs already keeps its settings unless others are asked for. */
export async function labRequest(
  context: CliContext,
  options: GlobalOptions,
  asked: Asked,
): Promise<RequestedLab> {
  const config = await readConfig(context.cwd);
  const home = labsHome(context.cwd);
  const labs = await listLabs(home);
  const known = asked.stack ?? config.stack;
  const running = labs.filter((lab) => lab.state === 'running');
  const inherited =
    known === undefined
      ? (labs.find((lab) => lab.description.name === options.name) ??
        (running.length === 1 ? running[0] : undefined))
      : undefined;
  const stackName = known ?? inherited?.description.stack;
  if (stackName === undefined) throw noStack();
  const stack = stackNamed(stackName);
  const name = checkedName(options.name ?? inherited?.description.name ?? stack.name);
  const resolved = resolve(stack, asked, config);
  const choice = await choiceFor(context, options, config, home, name);
  const provider = await openProvider(choice.name, {
    home,
    // Where the cached image can be packed, a public box serves nobody.
    boxFor: (platform) =>
      platform.image === undefined ? boxFor(platform, config) : config.boxes?.[platform.name],
  });
  const existing = running.find((lab) => lab.description.name === name);
  if (
    existing !== undefined &&
    existing.description.stack === stack.name &&
    asksNothing(asked, config, stack)
  )
    return { spec: { home, name, provider, ...describedRequest(existing.description) }, provider: choice };
  return { spec: { home, name, provider, ...resolved }, provider: choice };
}

/**
 * A lab that is there keeps its provider. @throws UsageError when another one is asked for: two labs of one name, one of which
 * nobody could reach any more
 */
async function choiceFor(
  context: CliContext,
  options: GlobalOptions,
  config: LabConfig,
  home: string,
  name: string,
): Promise<ProviderChoice> {
  const asked = askedProvider(options, context.env, config);
  const holder = await providerOfLab(home, name);
  if (holder === undefined) return asked ?? bestProvider(await vagrantCandidates(context.env));
  if (asked === undefined || asked.name === holder)
    return asked ?? { name: holder, why: 'the lab is on it already' };
  throw new UsageError(
    `there is a lab ${name} on ${holder} already, and ${asked.name} is asked for (${asked.why})`,
    `lab down ${name} --purge removes it; --name gives the new one another name`,
  );
}

/** The lab that exists already and that `ssh`, `logs` or `down` means. */
export async function existingLab(
  context: CliContext,
  options: GlobalOptions,
): Promise<KnownLab & { home: string }> {
  const home = labsHome(context.cwd);
  const labs = await listLabs(home);
  const names = labs.map((lab) => lab.description.name);
  const wanted = options.name ?? (await readConfig(context.cwd)).stack;
  const found =
    wanted === undefined
      ? labs.length === 1
        ? labs[0]
        : undefined
      : labs.find((lab) => lab.description.name === wanted);
  if (found !== undefined) return { ...found, home };
  if (names.length === 0)
    throw new UsageError(
      `there is no lab${wanted === undefined ? '' : ` ${JSON.stringify(wanted)}`} in ${home}`,
      'lab up <stack> makes one; labs belong to the folder in which they were made',
    );
  if (wanted === undefined)
    throw new UsageError('there are several labs; which one?', `--name ${names.join(' or --name ')}`);
  throw new UsageError(`there is no lab ${JSON.stringify(wanted)} in ${home}`, didYouMean(wanted, names));
}

/** What it takes to attach to a lab that exists. */
export async function specOf(lab: KnownLab & { home: string }): Promise<LabSpec> {
  const provider = await openProvider(lab.description.provider, { home: lab.home, boxFor: () => undefined });
  return { home: lab.home, name: lab.description.name, provider, ...describedRequest(lab.description) };
}

/** @throws UsageError with the nearest nodes of the lab */
export function checkedNode(spec: Pick<LabSpec, 'name' | 'stack' | 'edition'>, node: string): void {
  const nodes = spec.stack.topology(spec.edition).nodes.map((each) => each.name);
  if (!nodes.includes(node))
    throw new UsageError(`${spec.name} has no node ${JSON.stringify(node)}`, didYouMean(node, nodes));
}

function describedRequest(description: LabDescription): PlanRequest {
  return {
    stack: stackNamed(description.stack),
    edition: description.edition,
    settings: description.settings,
  };
}

function asksNothing(asked: Asked, config: LabConfig, stack: Stack): boolean {
  const configured = appliesTo(config, stack) && (config.settings ?? config.edition) !== undefined;
  return asked.edition === undefined && (asked.set ?? []).length === 0 && !configured;
}

/** Settings and edition of lab.yaml belong to its stack; without one, to every stack. */
function appliesTo(config: LabConfig, stack: Stack): boolean {
  return config.stack === undefined || config.stack === stack.name;
}

function resolve(stack: Stack, asked: Asked, config: LabConfig): PlanRequest {
  const own = appliesTo(config, stack) ? config : undefined;
  const edition = checkedEdition(stack, asked.edition ?? own?.edition ?? 'current');
  const configured =
    own === undefined ? {} : checkedSettings(stack, own.settings ?? {}, own.lineOf, ['settings']);
  return {
    stack,
    edition,
    settings: resolveSettings(stack, edition, { ...configured, ...assignments(asked.set ?? []) }),
  };
}

/** `name=value` texts of --set; a later one wins. */
export function assignments(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1)
        throw new UsageError(`--set ${JSON.stringify(text)}: not of the form name=value`, '--set deadtime=6');
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

function checkedEdition(stack: Stack, text: string): Edition {
  const edition = editions.find((each) => each === text);
  if (edition === undefined)
    throw new UsageError(`unknown edition ${JSON.stringify(text)}`, didYouMean(text, editions));
  if (!stack.editions.includes(edition))
    throw new UsageError(`${stack.name} has no edition ${edition}`, `it has ${stack.editions.join(' and ')}`);
  return edition;
}

/** A lab's name becomes the name of a folder. */
export function checkedName(name: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,30}$/.test(name)) return name;
  throw new UsageError(
    `${JSON.stringify(name)} cannot be the name of a lab`,
    'up to 31 lower-case letters, digits and hyphens, a letter or digit first',
  );
}

function noStack(): UsageError {
  return new UsageError('which stack?', `name one, or put it into ${configFile}; lab list stacks shows them`);
}
