import type { Plan, PlanSection, PlanStep } from '../plan.ts';

/** Steps of a plan that can be done on one node after the other: no node needs what another one does in the same phase. */
export interface PlanPhase {
  /** Its number and the title of its first step, as a word: `07-start-drbd`. */
  name: string;
  sections: readonly PlanSection[];
}

/**
 * A plan's steps run on their nodes side by side, each step after the one before it. Where nodes can only take turns, the plan
 * is cut before every step that may need what another node does in the same phase:
 * - a command, unless all of the phase so far is done by the same nodes, in the same company, and is no wait;
 * - a wait, unless nothing but waits, or nothing on other nodes, came before it in the phase.
 * Packages and files need nothing of other nodes.
 */
export function phasesOf(plan: Plan): PlanPhase[] {
  const phases: PlanSection[][] = [];
  let current: PlanStep[] = [];
  for (const section of plan.sections)
    for (const step of section.steps) {
      if (phases.length === 0 || needsOthers(step, current)) {
        phases.push([]);
        current = [];
      }
      current.push(step);
      append(phases.at(-1) ?? [], section, step);
    }
  return phases.map((sections, i) => {
    const title = sections[0]?.steps[0]?.title ?? '';
    return { name: `${String(i + 1).padStart(2, '0')}-${slug(title)}`, sections };
  });
}

/** The part of a phase that one node does; undefined when it does nothing in it. */
export function phaseOn(plan: Plan, phase: PlanPhase, node: string): Plan | undefined {
  const sections = phase.sections
    .map((section) => ({
      ...section,
      steps: section.steps
        .filter((step) => step.nodes.includes(node))
        .map((step) => ({ ...step, nodes: [node] })),
    }))
    .filter((section) => section.steps.length > 0);
  return sections.length === 0 ? undefined : { ...plan, introduction: [], sections };
}

function needsOthers(step: PlanStep, before: readonly PlanStep[]): boolean {
  switch (step.kind) {
    case 'packages':
    case 'file':
      return false;
    case 'run':
      return before.some((each) => each.kind === 'wait' || company(each) !== company(step));
    case 'wait':
      return before.some((each) => each.kind !== 'wait' && new Set([...each.nodes, ...step.nodes]).size > 1);
  }
}

function company(step: PlanStep): string {
  return [...step.nodes].sort().join();
}

function append(sections: PlanSection[], section: PlanSection, step: PlanStep): void {
  const last = sections.at(-1);
  if (last?.title === section.title)
    sections[sections.length - 1] = { ...last, steps: [...last.steps, step] };
  else sections.push({ ...section, steps: [step] });
}

/** A title as one word of at most 40 characters: `start-drbd-and-heartbeat`. */
function slug(title: string): string {
  const words = title.toLowerCase().split(/[^a-z0-9]+/);
  let word = '';
  for (const next of words.filter((each) => each !== '')) {
    if (word.length + 1 + next.length > 40) break;
    word += word === '' ? next : `-${next}`;
  }
  return word === '' ? 'step' : word;
}
