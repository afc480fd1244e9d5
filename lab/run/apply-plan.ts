import { randomBytes } from 'node:crypto';
import type { Machine } from '../machine.ts';
import type { Plan, PlanStep } from '../plan.ts';
import type { Progress } from '../progress.ts';
import type { Lab } from '../provider.ts';
import { shellQuote } from '../quote.ts';
import type { Secrets } from '../stack.ts';
import { together } from '../together.ts';
import { waitFor } from '../wait.ts';

/** Fresh secrets of a lab: 32 hex digits each. */
export function freshSecrets(names: readonly string[]): Secrets {
  return Object.fromEntries(names.map((name) => [name, randomBytes(16).toString('hex')]));
}

/**
 * Does what the plan says, step after step; a step runs on its nodes at once, and where it fails on one it ends on all.
 * @throws CommandError or TimeoutError of the first step that failed, as a part of the progress step that names it
 */
export async function applyPlan(
  lab: Lab,
  plan: Plan,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  for (const section of plan.sections)
    await progress.step(section.title, async (inner) => {
      for (const step of section.steps)
        await inner.step(`${step.title} (${step.nodes.join(', ')})`, async () => {
          await together(
            step.nodes.map((node) => (inner) => applyStep(lab.machine(node), step, inner)),
            signal,
          );
        });
    });
}

async function applyStep(machine: Machine, step: PlanStep, signal: AbortSignal): Promise<void> {
  switch (step.kind) {
    case 'packages':
      await machine.exec('sh -s', { input: installCommand(step.packages), timeoutMs: 600_000, signal });
      return;
    case 'file':
      await machine.upload(step.path, step.content, step.mode);
      return;
    case 'run':
      await machine.exec('sh -e -s', {
        input: `${step.commands.join('\n')}\n`,
        timeoutMs: step.timeoutMs,
        signal,
      });
      return;
    case 'wait':
      await waitFor(
        `${step.awaited} on ${machine.name}`,
        async () => {
          const look = await machine.exec('sh -s', {
            input: step.until,
            allowFailure: true,
            timeoutMs: 30_000,
            signal,
          });
          return look.status === 0
            ? { done: true, value: true }
            : { done: false, state: (look.stdout + look.stderr).trim() };
        },
        { timeoutMs: step.timeoutMs, everyMs: 300, signal },
      );
  }
}

/** Installs what is missing; on an image that holds all of it, nothing is fetched. */
function installCommand(packages: readonly string[]): string {
  const words = packages.map(shellQuote).join(' ');
  return [
    'set -e',
    'missing=',
    `for p in ${words}; do dpkg-query -W -f='\${db:Status-Abbrev}' "$p" 2>/dev/null | grep -q '^ii' || missing="$missing $p"; done`,
    'if [ -n "$missing" ]; then export DEBIAN_FRONTEND=noninteractive; apt-get update -q && apt-get install -q -y --no-install-recommends $missing; fi',
  ].join('\n');
}
