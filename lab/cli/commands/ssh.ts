import { execa } from 'execa';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { HostError, UsageError, exitCode } from '../../errors.ts';
import { findProgram } from '../../host/programs.ts';
import type { ExecResult, Machine } from '../../machine.ts';
import type { ShellAccess } from '../../provider.ts';
import { shellQuote } from '../../quote.ts';
import { attach } from '../../run.ts';
import type { CliContext } from '../context.ts';
import { printJson } from '../output.ts';
import type { Program } from '../program.ts';
import { examples } from '../program.ts';
import { checkedNode, existingLab, specOf } from '../request.ts';

export function defineSsh(program: Program, context: CliContext): void {
  program
    .command('ssh')
    .description(
      'Run a command on a node as root, or open a shell there. Ends with the status of the command.',
    )
    .argument('<node>', 'the node')
    .argument('[command...]', 'a command and its arguments, after --')
    .option('--timeout <seconds>', 'how long the command may take', '3600')
    .option('-n, --no-input', 'leave standard input alone, as in a loop that reads from it')
    .addHelpText(
      'after',
      examples([
        ['lab ssh nfs01', 'a shell'],
        ['lab ssh nfs01 -- cat /proc/drbd', 'one command'],
        ["lab ssh nfs01 -- 'cat > /tmp/notes' < notes", 'with standard input, unless that is a terminal'],
        ["lab ssh nfs01 -- 'mount | grep drbd'", 'one quoted word is for the shell of the node'],
      ]),
    )
    .action(async (node, words, _options, command) => {
      const options = command.optsWithGlobals();
      const timeoutMs = timeoutOf(options.timeout);
      const known = await existingLab(context, options);
      const spec = await specOf(known);
      checkedNode(spec, node);
      const lab = await attach(spec, context.signal);
      try {
        if (words.length === 0) {
          if (lab.shellAccess === undefined)
            throw new HostError(
              `the provider ${spec.provider.name} offers no interactive shell`,
              `lab ssh ${node} -- <command> runs one command`,
            );
          context.exitWith(await openShell(await lab.shellAccess(node), context));
          return;
        }
        const result = await runThere(lab.machine(node), commandLine(words), context, {
          timeoutMs,
          input: options.input && context.stdin.isTTY !== true ? context.stdin : undefined,
          keepOutput: options.json === true,
        });
        if (options.json === true) printJson(context, { node, ...result });
        context.exitWith(result.status ?? exitCode.unknown);
      } finally {
        lab.close();
      }
    });
}

/** Runs a command. Its output is passed on as it arrives, unless it is to be kept. */
async function runThere(
  machine: Machine,
  command: string,
  { stdout, stderr, signal }: CliContext,
  { timeoutMs, input, keepOutput }: { timeoutMs: number; input: Readable | undefined; keepOutput: boolean },
): Promise<ExecResult> {
  const nobodyReads = new AbortController();
  const stop = (): void => {
    nobodyReads.abort();
  };
  stdout.once('error', stop);
  try {
    return await machine.exec(command, {
      allowFailure: true,
      timeoutMs,
      signal: AbortSignal.any([signal, nobodyReads.signal]),
      input,
      onOutput: keepOutput
        ? undefined
        : (from, chunk) => {
            (from === 'stdout' ? stdout : stderr).write(chunk);
          },
    });
  } catch (error) {
    if (!nobodyReads.signal.aborted || signal.aborted) throw error;
    return { stdout: '', stderr: '', status: null };
  } finally {
    stdout.off('error', stop);
  }
}

/** One word is a command line for the node's shell; several are one command and its arguments, each taken literally. */
export function commandLine(words: readonly string[]): string {
  const [only = ''] = words;
  return words.length === 1 ? only : words.map(shellQuote).join(' ');
}

function timeoutOf(text: string): number {
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 86_400) return seconds * 1000;
  throw new UsageError(
    `--timeout ${JSON.stringify(text)}: not a number of seconds up to 86400`,
    '--timeout 60',
  );
}

/** Hands the terminal to the SSH client of this host. The key lies in a private folder while it runs. */
async function openShell(access: ShellAccess, context: CliContext): Promise<number> {
  const client = findProgram('ssh', context.env['PATH'] ?? '');
  if (client === undefined)
    throw new HostError(
      'an interactive shell needs the OpenSSH client, and there is no ssh in PATH',
      'apt-get install openssh-client, or give a command after --',
    );
  const folder = await mkdtemp(join(tmpdir(), 'lab-ssh-'));
  try {
    const key = join(folder, 'key');
    const knownHosts = join(folder, 'known_hosts');
    await writeFile(key, access.privateKey, { mode: 0o600 });
    await writeFile(knownHosts, `[${access.host}]:${String(access.port)} ${access.hostKey}\n`);
    const { exitCode: status } = await execa(
      client,
      [
        ...['-F', 'none', '-i', key, '-p', String(access.port)],
        ...['-o', `UserKnownHostsFile="${knownHosts}"`, '-o', 'StrictHostKeyChecking=yes'],
        ...['-o', 'IdentitiesOnly=yes', '-o', 'LogLevel=ERROR'],
        `${access.user}@${access.host}`,
      ],
      { stdio: 'inherit', reject: false },
    );
    return status ?? exitCode.unknown;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
