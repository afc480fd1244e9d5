import type { Edition, Plan } from '../../../lab/plan.ts';
import { resolveSettings } from '../../../lab/settings.ts';
import type { Stack } from '../../../lab/stack.ts';
import { heartbeatSarge } from '../../../provisioners/heartbeat-sarge.ts';

/** The stack's plan with settings as a user gives them. */
export function planOf(
  edition: Edition,
  overrides: Record<string, unknown> = {},
  stack: Stack = heartbeatSarge,
): Plan {
  return stack.plan(edition, resolveSettings(stack, edition, overrides), {
    authkeys: 'c0ffee5ec2e7',
  });
}

/** Content of a file of the plan. */
export function fileOf(plan: Plan, path: string, node?: string): string {
  for (const step of plan.sections.flatMap((section) => section.steps))
    if (step.kind === 'file' && step.path === path && (node === undefined || step.nodes.includes(node)))
      return step.content;
  throw new Error(`no step writes ${path}`);
}

/** Every command of the plan, with the nodes it runs on. */
export function commandsOf(plan: Plan): string[] {
  return plan.sections
    .flatMap((section) => section.steps)
    .flatMap((step) =>
      step.kind === 'run' ? step.commands.map((command) => `${step.nodes.join('+')}: ${command}`) : [],
    );
}
