import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where images, durations and logs are kept between labs: `$XDG_CACHE_HOME/lab`, else `~/.cache/lab`. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const configured = env['XDG_CACHE_HOME'];
  return join(configured === undefined || configured === '' ? join(homedir(), '.cache') : configured, 'lab');
}
