import { RigError } from '../../errors.ts';

/** How Vagrant's own user gets onto a machine. */
export interface VagrantAccess {
  host: string;
  port: number;
  user: string;
  identityFile: string;
}

/**
 * What `vagrant ssh-config` printed, by machine (ssh_config(5)).
 * @throws RigError when a machine lacks one of what a connection needs
 */
export function parseSshConfig(text: string): Map<string, VagrantAccess> {
  const machines = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n/)) {
    const found = /^\s*(\w+)\s+(\S.*?)\s*$/.exec(line);
    if (found === null) continue;
    const [, key = '', quoted = ''] = found;
    const value = quoted.replace(/^"(.*)"$/, '$1');
    if (key === 'Host') {
      current = new Map();
      machines.set(value, current);
    } else if (current?.has(key) === false) current.set(key, value);
  }
  return new Map([...machines].map(([name, options]) => [name, accessOf(name, options)]));
}

function accessOf(name: string, options: ReadonlyMap<string, string>): VagrantAccess {
  const host = options.get('HostName');
  const user = options.get('User');
  const identityFile = options.get('IdentityFile');
  const port = Number(options.get('Port') ?? '22');
  if (host === undefined || user === undefined || identityFile === undefined || !isPort(port))
    throw new RigError(
      `vagrant ssh-config does not tell how to reach ${name}: ${JSON.stringify([...options])}`,
    );
  return { host, port, user, identityFile };
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535;
}
