import type { Plan } from '../plan.ts';
import { renderShell } from '../plans/shell.ts';
import { phaseOn, phasesOf } from '../vagrantfile/phases.ts';
import type { ProvisionPhase } from '../vagrantfile/request.ts';

/** A file beside a Vagrantfile. */
export interface VagrantFolderFile {
  /** Relative to the Vagrantfile's folder. */
  path: string;
  text: string;
}

/** Folder of the scripts, beside the Vagrantfile. */
const scriptsFolder = 'scripts';

/**
 * A plan as provisioners of a Vagrantfile that needs no `lab`: phases, each with a script for every node that has a part in it.
 * Secrets are in them.
 */
export function standalonePhases(plan: Plan): ProvisionPhase[] {
  return [
    packageIndex(plan),
    ...phasesOf(plan).map((phase) => ({
      name: phase.name,
      scripts: new Map(
        plan.nodes.flatMap(({ name }) => {
          const part = phaseOn(plan, phase, name);
          return part === undefined ? [] : [[name, { text: renderShell(part, name) }] as const];
        }),
      ),
    })),
  ];
}

/** The same phases with their scripts in files: the order of all that is done can be read off the folder. */
export function scriptsAsFiles(phases: readonly ProvisionPhase[]): {
  phases: ProvisionPhase[];
  files: VagrantFolderFile[];
} {
  const files: VagrantFolderFile[] = [];
  const withPaths = phases.map((phase) => ({
    ...phase,
    scripts: new Map(
      [...phase.scripts].map(([node, script]) => {
        if ('path' in script) return [node, script] as const;
        const path = `${scriptsFolder}/${phase.name}-${node}.sh`;
        files.push({ path, text: script.text });
        return [node, { path }] as const;
      }),
    ),
  }));
  return { phases: withPaths, files };
}

/** Plans install packages from a list that is there; a box brings an old one, or none. */
function packageIndex(plan: Plan): ProvisionPhase {
  const steps = plan.sections.flatMap((section) => section.steps);
  const installing = new Set(steps.flatMap((step) => (step.kind === 'packages' ? step.nodes : [])));
  const text = [
    '#!/bin/sh',
    '# A box brings an old list of packages. One that holds all packages needs none.',
    'apt-get update || echo "the archives of packages cannot be reached"',
    '',
  ].join('\n');
  return {
    name: '00-list-of-packages',
    scripts: new Map(
      plan.nodes.filter(({ name }) => installing.has(name)).map(({ name }) => [name, { text }] as const),
    ),
  };
}
