/** Exit codes of the command line; documented in docs/exit-codes.md. */
export const exitCode = {
  pass: 0,
  fail: 1,
  unknown: 2,
  usage: 64,
  unavailable: 69,
  bug: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/**
 * Anything that lab can explain to its user. `message` says what happened, with the values; `hint` says what to do
 * next. An error of another class that reaches the command line is a bug in lab.
 */
export class LabError extends Error {
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(message: string, options: { hint?: string; exitCode: ExitCode; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
    this.exitCode = options.exitCode;
  }
}

/** The user asked for something that does not exist or contradicts itself: flags, YAML, names, ranges. */
export class UsageError extends LabError {
  constructor(message: string, hint?: string) {
    super(message, { exitCode: exitCode.usage, ...(hint === undefined ? {} : { hint }) });
  }
}

/** This host cannot do it now: a program, memory, disk, a port or a lock is missing or taken. */
export class HostError extends LabError {
  constructor(message: string, hint?: string, cause?: unknown) {
    super(message, { exitCode: exitCode.unavailable, cause, ...(hint === undefined ? {} : { hint }) });
  }
}

/** The rig broke: a virtual machine, the fabric or a connection died or misbehaved. */
export class RigError extends LabError {
  constructor(message: string, hint?: string, cause?: unknown) {
    super(message, { exitCode: exitCode.unknown, cause, ...(hint === undefined ? {} : { hint }) });
  }
}

/** A command on a node ended with a status that was not expected. */
export class CommandError extends RigError {
  readonly node: string;
  readonly status: number | null;

  constructor(node: string, command: string, status: number | null, stderr: string) {
    const tail = stderr.trimEnd().split('\n').slice(-20).join('\n');
    super(
      `${node}: ${JSON.stringify(command)} ended with ${status === null ? 'a signal' : `status ${String(status)}`}` +
        (tail === '' ? '' : `:\n${tail}`),
    );
    this.node = node;
    this.status = status;
  }
}

/** A bounded wait ran out. The message holds what was awaited, for how long, and the last state seen. */
export class TimeoutError extends RigError {
  constructor(awaited: string, timeoutMs: number, lastState: string) {
    super(
      `waited ${(timeoutMs / 1000).toFixed(1)} s for ${awaited}; last seen: ${lastState === '' ? 'nothing' : lastState}`,
    );
  }
}

/**
 * The cluster did not do in time what a healthy one would: clients that stay blocked, a service that does not come back. That
 * is a finding about the cluster, for the checks to judge, and not a broken rig.
 */
export class NotRecoveredError extends RigError {}

/** The user interrupted the command; raised after faults are healed. */
export class InterruptedError extends LabError {
  constructor(message = 'interrupted') {
    super(message, { exitCode: exitCode.interrupted });
  }
}

/** The message of anything that was thrown, one line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
