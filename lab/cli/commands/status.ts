import { attach } from '../../run.ts';
import { exitCode, messageOf } from '../../errors.ts';
import { listLabs } from '../known-labs.ts';
import { labsHome } from '../../labs.ts';
import type { KnownLab } from '../../labs.ts';
import type { Health } from '../../stack.ts';
import type { CliContext } from '../context.ts';
import { print, printJson, table } from '../output.ts';
import type { Program } from '../program.ts';
import { examples } from '../program.ts';
import { specOf } from '../request.ts';

type Condition = Health[number];

export function defineStatus(program: Program, context: CliContext): void {
  program
    .command('status')
    .description('Show the labs of this folder; with --health also what their clusters say.')
    .option('--health', 'ask every running lab for its health; exit 1 when one is not healthy')
    .addHelpText(
      'after',
      examples([
        ['lab status', 'names, states, settings'],
        ['lab status --health', 'each condition of a healthy cluster, with what was found'],
      ]),
    )
    .action(async (_options, command) => {
      const options = command.optsWithGlobals();
      const home = labsHome(context.cwd);
      const labs = (await listLabs(home)).filter(
        (lab) => options.name === undefined || lab.description.name === options.name,
      );
      const health = new Map<string, Condition[]>();
      if (options.health === true)
        for (const lab of labs.filter((each) => each.state === 'running'))
          health.set(lab.description.name, await healthOf({ ...lab, home }, context));
      if ([...health.values()].flat().some((condition) => !condition.ok)) context.exitWith(exitCode.fail);
      if (options.json === true)
        printJson(
          context,
          labs.map(({ description, ...rest }) => ({
            ...description,
            ...rest,
            ...(health.has(description.name) ? { health: health.get(description.name) } : {}),
          })),
        );
      else print(context, labs.length === 0 ? `no labs in ${home}` : drawn(labs, health));
    });
}

/** A lab that cannot even be asked has one condition, and it does not hold. */
async function healthOf(lab: KnownLab & { home: string }, context: CliContext): Promise<Condition[]> {
  try {
    const spec = await specOf(lab);
    const attached = await attach(spec, context.signal);
    try {
      return await spec.stack.health(attached, spec.settings, { thorough: false, signal: context.signal });
    } finally {
      attached.close();
    }
  } catch (error) {
    if (context.signal.aborted) throw error;
    return [{ what: 'the lab answers', ok: false, found: messageOf(error) }];
  }
}

function drawn(labs: readonly KnownLab[], health: ReadonlyMap<string, Condition[]>): string {
  const rows = labs.map(({ description, state, busyWith, dirty }) => [
    description.name,
    description.stack,
    description.edition,
    description.provider,
    state,
    [
      busyWith === null ? '' : `busy: ${busyWith}`,
      dirty ? 'changed since it was frozen' : '',
      description.snapshot === null ? 'never frozen' : '',
    ]
      .filter((note) => note !== '')
      .join('; '),
  ]);
  const conditions = [...health].flatMap(([name, all]) => [
    `\n${name}`,
    ...all.map(({ what, ok, found }) => `  ${ok ? 'ok ' : 'NOT'} ${what}: ${found}`),
  ]);
  return [table([['lab', 'stack', 'edition', 'provider', 'state', 'note'], ...rows]), ...conditions].join(
    '\n',
  );
}
