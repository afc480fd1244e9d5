import type { ProviderChoice } from '../host/candidates.ts';
import type { LabConfig } from './config.ts';
import { configFile } from './config.ts';
import type { CliContext } from './context.ts';
import type { GlobalOptions } from './program.ts';

/** `--provider`, else LAB_PROVIDER, else lab.yaml; undefined when nobody says. */
export function askedProvider(
  options: Pick<GlobalOptions, 'provider'>,
  env: CliContext['env'],
  config: Pick<LabConfig, 'provider'>,
): ProviderChoice | undefined {
  if (options.provider !== undefined) {
    const fromEnvironment = options.provider === env['LAB_PROVIDER'];
    return { name: options.provider, why: fromEnvironment ? 'LAB_PROVIDER says so' : '--provider says so' };
  }
  return config.provider === undefined ? undefined : { name: config.provider, why: `${configFile} says so` };
}
