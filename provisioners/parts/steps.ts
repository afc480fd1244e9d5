import type { FileStep, PlanStep, RunStep, WaitStep } from '../../lab/plan.ts';

/** Steps of a plan from few words. Paths, commands and packages are the stack's own; values in them are validated settings. */

interface Extra {
  why?: string;
}

export function run(
  nodes: readonly string[],
  title: string,
  commands: readonly string[],
  extra: Extra & { timeoutMs?: number } = {},
): RunStep {
  const { timeoutMs = 120_000, ...rest } = extra;
  return { kind: 'run', title, nodes, commands, timeoutMs, ...rest };
}

export function file(
  nodes: readonly string[],
  path: string,
  content: string,
  extra: Extra & { mode?: number; secret?: boolean; title?: string } = {},
): FileStep {
  const { mode = 0o644, title = `Write ${path}`, ...rest } = extra;
  return { kind: 'file', title, nodes, path, mode, content, ...rest };
}

export function packages(nodes: readonly string[], names: readonly string[], extra: Extra = {}): PlanStep {
  return { kind: 'packages', title: `Install ${names.join(', ')}`, nodes, packages: names, ...extra };
}

export function wait(
  nodes: readonly string[],
  awaited: string,
  until: string,
  extra: Extra & { timeoutMs?: number } = {},
): WaitStep {
  const { timeoutMs = 120_000, ...rest } = extra;
  return { kind: 'wait', title: `Wait for ${awaited}`, nodes, awaited, until, timeoutMs, ...rest };
}
