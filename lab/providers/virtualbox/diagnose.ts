import { HostError, messageOf } from '../../errors.ts';
import { moduleHint } from './refusal.ts';
import { refusedBy } from './releases.ts';
import { findVBoxManage, runVBoxManage } from './tools.ts';
import { parseVersion } from './version.ts';

export interface VirtualBoxDiagnosis {
  /** Path of VBoxManage. */
  found: string | undefined;
  /** As `7.0.20r163906`. */
  version: string | undefined;
  /** Whether machines can be run through the Vagrant of this host. */
  usable: boolean;
  /** Why it is not usable; empty when it is. */
  why: string;
  /** How to mend it; empty when there is nothing to mend. */
  hint: string;
}

const versionTimeoutMs = 20_000;

/**
 * Looks at the VirtualBox of this host; starts no machine.
 * @param vagrant version of the Vagrant that is to use it, as `2.3.4`; undefined when there is none
 */
export async function diagnoseVirtualbox(
  env: NodeJS.ProcessEnv,
  vagrant: string | undefined,
): Promise<VirtualBoxDiagnosis> {
  const found = findVBoxManage(env, process.platform);
  if (found === undefined)
    return {
      found,
      version: undefined,
      usable: false,
      why: 'VirtualBox is not installed: there is no VBoxManage',
      hint: 'install it from your system, or from https://www.virtualbox.org/wiki/Downloads',
    };
  let stdout;
  try {
    stdout = await runVBoxManage(found, ['--version'], versionTimeoutMs);
  } catch (error) {
    const hint = error instanceof HostError ? error.hint : undefined;
    return {
      found,
      version: undefined,
      usable: false,
      why: messageOf(error),
      hint: hint ?? 'install VirtualBox again',
    };
  }
  return judge(found, stdout, vagrant);
}

/** What follows from the answer to `VBoxManage --version`. Pure. */
export function judge(found: string, stdout: string, vagrant: string | undefined): VirtualBoxDiagnosis {
  const { version, warning } = parseVersion(stdout);
  const not = (why: string, hint: string): VirtualBoxDiagnosis => ({
    found,
    version,
    usable: false,
    why,
    hint,
  });
  if (warning !== undefined && /vboxdrv|kernel module/i.test(warning))
    return not(`its kernel module is not loaded: ${warning}`, moduleHint);
  if (version === undefined)
    return not(
      `VBoxManage does not tell its version: ${JSON.stringify(stdout.slice(0, 200))}`,
      'install VirtualBox again',
    );
  const refused = vagrant === undefined ? undefined : refusedBy(version, vagrant);
  if (refused !== undefined) return not(refused.why, refused.hint);
  return { found, version, usable: true, why: '', hint: '' };
}
