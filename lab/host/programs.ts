import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { requirements } from './requirements.ts';
import type { Requirement } from './requirements.ts';

/** Debian keeps mke2fs here, and leaves these folders out of the PATH of ordinary users. */
const administratorFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The facts about a host that decide what it needs. */
export interface HostKind {
  /** The value of PATH. */
  path: string;
  root: boolean;
  platform: NodeJS.Platform;
  /** Text of /etc/os-release; empty where there is none. */
  osRelease: string;
}

export function thisHost(env: NodeJS.ProcessEnv): HostKind {
  return {
    path: env['PATH'] ?? '',
    root: process.getuid?.() === 0,
    platform: process.platform,
    osRelease: readOrEmpty('/etc/os-release'),
  };
}

/** Full path of a program; undefined when no folder of PATH, nor one of the administrator's, has it. */
export function findProgram(name: string, path: string): string | undefined {
  return [...path.split(delimiter), ...administratorFolders]
    .filter((folder) => folder !== '')
    .flatMap((folder) => programNames(name).map((each) => join(folder, each)))
    .find(isExecutable);
}

/** Windows tells a program by its ending (the usual ones of PATHEXT). */
function programNames(name: string, platform: NodeJS.Platform = process.platform): string[] {
  return platform === 'win32' ? [`${name}.exe`, `${name}.bat`, `${name}.cmd`] : [name];
}

/** What the embedded provider lacks here. Starts no process, so that it can be asked before every command. */
export function missingRequirements(
  host: HostKind,
  wanted: readonly Requirement[] = requirements,
): Requirement[] {
  return wanted.filter(
    (requirement) => isNeeded(requirement, host) && whereIs(requirement, host) === undefined,
  );
}

export function isNeeded(requirement: Requirement, host: Pick<HostKind, 'root'>): boolean {
  return requirement.who === 'everyone' || !host.root;
}

export function whereIs(requirement: Requirement, host: Pick<HostKind, 'path'>): string | undefined {
  if (requirement.kind === 'program') return findProgram(requirement.name, host.path);
  return isFile(requirement.name) ? requirement.name : undefined;
}

/**
 * The first dotted number that a program prints about itself, on either stream.
 * @returns undefined when it prints none, fails to start, or takes longer than 5 s
 */
export async function versionOf(program: string, argument: string): Promise<string | undefined> {
  const { all } = await execa(program, [argument], {
    timeout: 5000,
    forceKillAfterDelay: 500,
    reject: false,
    all: true,
    stdin: 'ignore',
  });
  return /\d+(?:\.\d+)+/.exec(all)?.[0];
}

/**
 * What is there, but older than it must be. Starts every program that has a version to keep to, so it is not asked before
 * every command.
 */
export async function outdatedRequirements(
  host: HostKind,
  wanted: readonly Requirement[] = requirements,
): Promise<{ requirement: Requirement; version: string }[]> {
  const checked = await Promise.all(
    wanted.map(async (requirement) => {
      const where = isNeeded(requirement, host) ? whereIs(requirement, host) : undefined;
      if (where === undefined || requirement.version === undefined) return [];
      const version = await versionOf(where, requirement.version.argument);
      return version === undefined || isAtLeast(version, requirement.version.least)
        ? []
        : [{ requirement, version }];
    }),
  );
  return checked.flat();
}

/** Compares dotted versions number by number; a missing part counts as 0. */
export function isAtLeast(version: string, least: string): boolean {
  const have = version.split('.').map(Number);
  const want = least.split('.').map(Number);
  for (let i = 0; i < Math.max(have.length, want.length); i++) {
    const difference = (have[i] ?? 0) - (want[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
