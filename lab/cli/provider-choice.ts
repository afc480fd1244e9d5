import type { LabConfig } from './config.ts';
import { configFile } from './config.ts';
import type { CliContext } from './context.ts';
import type { GlobalOptions } from './program.ts';

export interface ProviderChoice {
  name: string;
  /** Who chose it, for people. */
  why: string;
}

/** `--provider`, else LAB_PROVIDER, else lab.yaml, else the embedded one. */
export function chooseProvider(
  options: Pick<GlobalOptions, 'provider'>,
  env: CliContext['env'],
  config: Pick<LabConfig, 'provider'>,
): ProviderChoice {
  if (options.provider !== undefined) {
    const fromEnvironment = options.provider === env['LAB_PROVIDER'];
    return { name: options.provider, why: fromEnvironment ? 'LAB_PROVIDER says so' : '--provider says so' };
  }
  if (config.provider !== undefined) return { name: config.provider, why: `${configFile} says so` };
  return { name: 'qemu', why: 'this release has no other, and it needs neither root nor Vagrant' };
}
