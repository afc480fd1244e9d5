/** What provisioning does, as data. `lab plan` prints it, `lab up` applies the very same value. */
export interface Plan {
  stack: string;
  edition: Edition;
  title: string;
  /** What the reader should know before the first step. */
  introduction: readonly string[];
  nodes: readonly { name: string; role: 'client' | 'server'; addresses: readonly string[] }[];
  settings: Readonly<Record<string, SettingValue>>;
  sections: readonly PlanSection[];
  errata: readonly Erratum[];
}

export type Edition = 'period' | 'current';
export type SettingValue = string | number | boolean;

export interface PlanSection {
  title: string;
  /** The article's own section, as "8 Installation und Konfiguration von heartbeat"; absent where it has none. */
  articleSection?: string;
  /** Prose for the runbook. */
  text?: string;
  steps: readonly PlanStep[];
}

interface StepBase {
  /** What the step does, in the imperative: "Write /etc/ha.d/ha.cf". */
  title: string;
  /** Names of the nodes it runs on, at once. */
  nodes: readonly string[];
  /** Why, where the reader would wonder. */
  why?: string;
}

export interface PackagesStep extends StepBase {
  kind: 'packages';
  packages: readonly string[];
}

export interface FileStep extends StepBase {
  kind: 'file';
  path: string;
  /** Octal permission bits, as 0o600. */
  mode: number;
  content: string;
  /** Its content is shown as dots in runbooks. */
  secret?: boolean;
}

export interface RunStep extends StepBase {
  kind: 'run';
  /** Shell commands, run in order by one `sh -e`. */
  commands: readonly string[];
  timeoutMs: number;
}

export interface WaitStep extends StepBase {
  kind: 'wait';
  /** What is awaited, as "DRBD to be Connected". */
  awaited: string;
  /** Shell command that ends with status 0 when it is there; what it prints is the state seen. */
  until: string;
  timeoutMs: number;
}

export type PlanStep = PackagesStep | FileStep | RunStep | WaitStep;

/** A mistake of an article, and what the stack does about it. */
export interface Erratum {
  /** Where: the article's section. */
  section: string;
  says: string;
  right: string;
  why: string;
  /** What each edition does: the period edition mends only what cannot run as printed. */
  handling: string;
}
