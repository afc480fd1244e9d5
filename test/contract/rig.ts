import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FaultContext } from '../../lab/fault.ts';
import { labDirectory, markDirty } from '../../lab/labs.ts';
import type { Progress } from '../../lab/progress.ts';
import type { Lab } from '../../lab/provider.ts';
import { attach, down, up } from '../../lab/run.ts';
import { waitFor } from '../../lab/wait.ts';
import { usePrivateRuntime } from '../private-runtime.ts';
import { specIn } from './spec.ts';

/** LAB_CONTRACT_FOLDER keeps a frozen lab from one run to the next, for whoever works on a fault. */
const given = process.env['LAB_CONTRACT_FOLDER'];
const folder = given ?? mkdtempSync(join(tmpdir(), 'lab-contract-'));
if (given !== undefined && !existsSync(given)) mkdirSync(given, { mode: 0o700 });
mkdirSync(join(folder, 'run'), { recursive: true, mode: 0o700 });
usePrivateRuntime(join(folder, 'run'));

const never = new AbortController().signal;

export const progress: Progress = {
  step: (_title, work) => work(progress),
  note: () => undefined,
};

const home = join(folder, '.lab');
export const spec = specIn(home);

let open: Lab | undefined;

/** The lab, as a command that looks in has it: monitors are left to others. */
export async function lab(): Promise<Lab> {
  return (open ??= await attach(spec, never));
}

export function letGo(): void {
  open?.close();
  open = undefined;
}

export async function begin(): Promise<void> {
  (await up(spec, progress, never)).lab.close();
}

/** Brings the lab back as the next command after a fault would. @returns how that was done */
export async function restoreLab(): Promise<string> {
  letGo();
  await markDirty(labDirectory(home, spec.name), 'a contract test');
  const outcome = await up(spec, progress, never);
  outcome.lab.close();
  return outcome.how;
}

export async function end(): Promise<void> {
  letGo();
  await down({ provider: spec.provider, home, name: spec.name }, { purge: given === undefined });
  if (given === undefined) rmSync(folder, { recursive: true, force: true });
}

export async function contextOf(node: string): Promise<FaultContext> {
  const here = await lab();
  return {
    lab: here,
    node,
    consoleFromByte: await here.consoleBytes(node),
    signal: never,
    tell: () => undefined,
  };
}

/** Waits, bounded, until the fault is seen, or is seen no more. */
export async function untilBroken(
  look: (lab: Lab) => Promise<boolean>,
  wanted: boolean,
  timeoutMs: number,
): Promise<void> {
  const here = await lab();
  await waitFor(
    wanted ? 'the fault to show' : 'the fault to be gone',
    async () =>
      (await look(here)) === wanted ? { done: true, value: true } : { done: false, state: 'not yet' },
    { timeoutMs, everyMs: 500 },
  );
}

const runner = fileURLToPath(new URL('inject.ts', import.meta.url));
const packageFolder = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Injects a fault in a process of its own, which is killed with SIGKILL as soon as it has done so.
 * @param proven kill it only after it has proven the fault
 */
export async function injectAndDie(
  file: string,
  index: number,
  ttlMs: number,
  proven: boolean,
): Promise<void> {
  letGo();
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', runner, home, file, String(index), String(ttlMs), proven ? 'proven' : 'injected'],
    { cwd: packageFolder, stdio: ['ignore', 'pipe', 'inherit'], env: process.env },
  );
  const exited = new Promise<string | null>((resolve) => {
    child.once('exit', (_code, signal) => {
      resolve(signal);
    });
  });
  const lines = createInterface({ input: child.stdout });
  const bound = setTimeout(() => child.kill('SIGKILL'), 120_000);
  let said = '';
  for await (const line of lines) {
    said = line;
    child.kill('SIGKILL');
    break;
  }
  clearTimeout(bound);
  const signal = await exited;
  if (said !== 'done' || signal !== 'SIGKILL')
    throw new Error(`the runner ended by itself: ${said}, ${String(signal)}`);
}
