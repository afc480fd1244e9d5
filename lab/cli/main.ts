import { CommanderError } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { InterruptedError, LabError, UsageError, exitCode, messageOf } from '../errors.ts';
import type { CliContext } from './context.ts';
import { tell } from './output.ts';
import { createProgram } from './program.ts';
import type { Program } from './program.ts';
import { verbOf, verbs } from './verbs.ts';

/** Runs one command line and ends the process with its exit code (docs/exit-codes.md). */
export async function main(argv: readonly string[]): Promise<never> {
  const interruption = listenForInterrupts();
  tolerateClosedReaders();
  const code = await runCommandLine(argv, {
    cwd: process.cwd(),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interruption.signal,
  });
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(interruption.signal.aborted ? exitCode.interrupted : code);
}

const flushTimeoutMs = 10_000;

/** Writes to a pipe are asynchronous (Node.js, process I/O): a process that exits at once cuts its output off. */
async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, flushTimeoutMs);
    stream.write('', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Runs one command line; what goes wrong is told on stderr. Returns the exit code. */
export async function runCommandLine(
  argv: readonly string[],
  process: Omit<CliContext, 'exitWith'>,
): Promise<number> {
  let code: number = exitCode.pass;
  const context: CliContext = {
    ...process,
    exitWith: (asked) => {
      code = asked;
    },
  };
  try {
    const program = createProgram();
    const wanted = verbOf(argv);
    for (const verb of verbs) {
      if (verb.name === wanted) (await verb.load())(program, context);
      else program.command(verb.name).description(verb.summary);
    }
    for (const command of [program, ...program.commands]) raiseUsageErrors(command, context);
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    return explain(error, context, argv.includes('--verbose') || argv.includes('-v'));
  }
}

/** Usage errors of commander are raised, to be explained like all others; help goes to stdout. */
function raiseUsageErrors(command: CommandUnknownOpts | Program, context: CliContext): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => context.stdout.write(text),
    writeErr: () => undefined,
    outputError: () => undefined,
    getOutHelpWidth: () => context.stdout.columns ?? 100,
  });
}

/** Tells what went wrong and returns the exit code. */
function explain(error: unknown, context: CliContext, verbose: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCode.pass;
    return explain(usageErrorOf(error), context, verbose);
  }
  if (error instanceof InterruptedError || (error instanceof Error && error.name === 'AbortError')) {
    tell(context, 'lab: interrupted');
    return exitCode.interrupted;
  }
  const known = error instanceof LabError;
  const hint = known ? error.hint : 'run it again with --verbose, and report what it prints';
  tell(context, `lab: ${known ? '' : 'this is a bug in lab: '}${messageOf(error)}`);
  if (hint !== undefined) tell(context, `hint: ${hint}`);
  if (verbose) tell(context, stackOf(error));
  return known ? error.exitCode : exitCode.bug;
}

function usageErrorOf(error: CommanderError): UsageError {
  if (error.code === 'commander.help') return new UsageError('which command?', 'lab --help lists them');
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = /^\((.*)\)$/.exec(rest.join(' '))?.[1];
  return new UsageError(first, suggestion?.replace(/^Did/, 'did') ?? 'lab --help, or lab help <command>');
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by: ${stackOf(error.cause)}`;
}

/** The first Ctrl-C asks the engine to heal and clean up; the second leaves at once. */
function listenForInterrupts(): AbortController {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(exitCode.interrupted);
    process.stderr.write('\nlab: interrupted; healing and cleaning up (once more leaves at once)\n');
    controller.abort(new InterruptedError());
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  return controller;
}

/** `lab list | head -1` closes our output early; the command still ends in its own way. */
function tolerateClosedReaders(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
}
