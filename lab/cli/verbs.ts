import type { CliContext } from './context.ts';
import type { Program } from './program.ts';

/** Adds a command to the program. */
export type DefineCommand = (program: Program, context: CliContext) => void;

export interface Verb {
  name: string;
  summary: string;
  load(): Promise<DefineCommand>;
}

/** Every command. Its module is loaded only when it is the one that was asked for, so that starting stays quick. */
export const verbs: readonly Verb[] = [
  {
    name: 'up',
    summary: 'bring a lab up: machines, cluster, health',
    load: async () => (await import('./commands/up.ts')).defineUp,
  },
  {
    name: 'down',
    summary: 'take a lab down',
    load: async () => (await import('./commands/down.ts')).defineDown,
  },
  {
    name: 'status',
    summary: 'which labs there are and how they are',
    load: async () => (await import('./commands/status.ts')).defineStatus,
  },
  {
    name: 'ssh',
    summary: 'run a command or a shell on a node',
    load: async () => (await import('./commands/ssh.ts')).defineSsh,
  },
  {
    name: 'logs',
    summary: 'consoles and logs of the nodes',
    load: async () => (await import('./commands/logs.ts')).defineLogs,
  },
  {
    name: 'plan',
    summary: 'what provisioning does, as a runbook, scripts or data',
    load: async () => (await import('./commands/plan.ts')).definePlan,
  },
  {
    name: 'vagrantfile',
    summary: 'a Vagrantfile of a cluster, for VirtualBox or libvirt',
    load: async () => (await import('./commands/vagrantfile.ts')).defineVagrantfile,
  },
  {
    name: 'scenario',
    summary: 'break the cluster and measure what its clients see',
    load: async () => (await import('./commands/scenario.ts')).defineScenario,
  },
  {
    name: 'sweep',
    summary: 'run a scenario over a grid of settings and draw stall against setting',
    load: async () => (await import('./commands/sweep.ts')).defineSweep,
  },
  {
    name: 'nightly',
    summary: 'run every stack against every scenario unattended, and compare with earlier nights',
    load: async () => (await import('./commands/nightly.ts')).defineNightly,
  },
  {
    name: 'report',
    summary: 'judge and draw recorded runs again',
    load: async () => (await import('./commands/report.ts')).defineReport,
  },
  {
    name: 'explain',
    summary: 'say in sentences where the time of each stall went',
    load: async () => (await import('./commands/explain.ts')).defineExplain,
  },
  {
    name: 'compare',
    summary: 'two runs or two nights side by side, phase by phase',
    load: async () => (await import('./commands/compare.ts')).defineCompare,
  },
  {
    name: 'image',
    summary: 'make a Vagrant box of the system image',
    load: async () => (await import('./commands/image.ts')).defineImage,
  },
  {
    name: 'list',
    summary: 'stacks, scenarios, settings, providers, labs and runs',
    load: async () => (await import('./commands/list.ts')).defineList,
  },
  {
    name: 'baseline',
    summary: 'what nights are compared with: show, accept, reset',
    load: async () => (await import('./commands/baseline.ts')).defineBaseline,
  },
  {
    name: 'prune',
    summary: 'remove old runs, except accepted ones and those of recent nights',
    load: async () => (await import('./commands/prune.ts')).definePrune,
  },
  {
    name: 'doctor',
    summary: 'what this host can run, what is missing, how to get it',
    load: async () => (await import('./commands/doctor.ts')).defineDoctor,
  },
  {
    name: 'completion',
    summary: 'tab completion for bash, zsh or fish',
    load: async () => (await import('./commands/completion.ts')).defineCompletion,
  },
];

const optionsWithValue = new Set(['--name', '--provider']);

/** The first operand of the command line; undefined when there is none, as in `lab --help`. */
export function verbOf(argv: readonly string[]): string | undefined {
  const operands = argv.filter(
    (argument, i) => !argument.startsWith('-') && !optionsWithValue.has(argv[i - 1] ?? ''),
  );
  return operands[0] === 'help' ? operands[1] : operands[0];
}
