import { exitCode, messageOf } from '../../errors.ts';
import { neededMemoryMib } from '../../host/capacity.ts';
import type { Diagnosed, Diagnosis } from '../../host/diagnose.ts';
import { diagnose } from '../../host/diagnose.ts';
import type { Findings } from '../../host/findings.ts';
import { finishedKernel, gatherFindings } from '../../host/findings.ts';
import { cacheFolder } from '../../host/folders.ts';
import { ensureHostPackages } from '../../host/install.ts';
import { thisHost } from '../../host/programs.ts';
import { mendCommand, packageManagerOf } from '../../host/requirements.ts';
import { labsHome } from '../../labs.ts';
import type { Progress } from '../../progress.ts';
import { vagrantCandidates } from '../candidates.ts';
import type { CliContext } from '../context.ts';
import { isLively, painter, print, printJson, table } from '../output.ts';
import type { Program } from '../program.ts';
import { examples } from '../program.ts';
import { progressOf } from '../progress.ts';
import { stacks } from '../registry.ts';

export function defineDoctor(program: Program, context: CliContext): void {
  program
    .command('doctor')
    .description(
      'Probe this host: what can run, what is missing, how to get it. Exit 0 when labs can run, else 69.',
    )
    .option('--fix', 'install what is missing (as root on Debian or Ubuntu; elsewhere prints the command)')
    .addHelpText(
      'after',
      examples([
        ['lab doctor', 'the table'],
        ['lab doctor --fix', 'and install what is missing'],
        ['lab doctor --json', 'the same as data'],
      ]),
    )
    .action(async (_options, command) => {
      const options = command.optsWithGlobals();
      const progress = progressOf(context, options);
      try {
        if (options.fix === true)
          await ensureHostPackages({
            host: thisHost(context.env),
            env: context.env,
            folder: cacheFolder(context.env),
            progress,
            signal: context.signal,
          });
        const findings = await progress.step('probe this host', (inner) => look(context, inner));
        progress.end();
        const diagnosis = diagnose(findings);
        if (options.json === true) printJson(context, asData(findings, diagnosis));
        else print(context, drawn(findings, diagnosis, isLively(context.stdout, context.env, options)));
        if (!diagnosis.ready) context.exitWith(exitCode.unavailable);
      } finally {
        progress.end();
      }
    });
}

function look(context: CliContext, progress: Progress): Promise<Findings> {
  const cache = cacheFolder(context.env);
  const nodes = stacks[0]?.topology('current').nodes ?? [];
  return gatherFindings({
    host: thisHost(context.env),
    folders: { cache, labs: labsHome(context.cwd) },
    neededMemoryMib: neededMemoryMib(nodes.map((node) => node.memoryMib)),
    prove: () => proveByBoot(cache, progress),
    candidates: () => vagrantCandidates(context.env),
  });
}

/** An accelerator is proven with the kernel of a system image, so there is nothing to boot before the first one. */
async function proveByBoot(cache: string, progress: Progress): Promise<Findings['accelerator']> {
  const kernel = finishedKernel(cache);
  if (kernel === undefined)
    return { name: null, why: 'a boot proves it as soon as the system image is built: lab up builds it' };
  const { proveAccelerator } = await import('../../providers/qemu/accelerator.ts');
  return progress.step('boot a kernel to prove the accelerator', () =>
    proveAccelerator(kernel).catch((error: unknown) => ({
      name: null,
      why: `no kernel could be booted: ${messageOf(error)}`,
    })),
  );
}

function asData(findings: Findings, { rows, ready, provider, pace }: Diagnosis): unknown {
  return { ready, provider, pace, accelerator: findings.accelerator, rows };
}

function drawn({ host }: Findings, diagnosis: Diagnosis, lively: boolean): string {
  const paint = painter(lively);
  const colours = { ok: 'green', missing: 'red', note: 'yellow' } as const;
  const [heading = '', ...lines] = table([
    ['what', 'found', 'verdict', 'what follows'],
    ...diagnosis.rows.map(({ what, found, verdict, follows }) => [what, found, verdict, follows]),
  ]).split('\n');
  const coloured = lines.map((line, i) => {
    const verdict: Diagnosed['verdict'] = diagnosis.rows[i]?.verdict ?? 'note';
    return verdict === 'ok' ? line : paint(colours[verdict], line);
  });
  const mends = diagnosis.rows
    .filter((row) => row.mend !== '' && !diagnosis.installable.some((each) => each.name.endsWith(row.what)))
    .map((row) => `  ${row.what}: ${row.mend}`);
  const install =
    diagnosis.installable.length === 0
      ? []
      : [
          `  ${mendCommand(diagnosis.installable, packageManagerOf(host.osRelease, host.platform), { root: host.root })}`,
        ];
  const mending = [...install, ...mends];
  return [
    paint('bold', heading),
    ...coloured,
    ...(mending.length === 0 ? [] : ['', 'To mend:', ...mending]),
    '',
    diagnosis.ready
      ? `Labs run with ${diagnosis.provider.name}: ${diagnosis.provider.why}; ${diagnosis.pace}.`
      : 'No lab can run here yet: mend what is missing, or let lab doctor --fix install it.',
  ].join('\n');
}
