import { dirname } from 'node:path';
import type { Box } from '../../box.ts';
import type { Platform } from '../../platform.ts';
import type { Progress } from '../../progress.ts';
import { ensureBox } from './box/ensure-box.ts';
import { vagrant } from './command.ts';

/** The box packed from the cached image of the platform, made known to Vagrant. Its name holds what it is made of. */
export async function ownBox(
  platform: Platform,
  provider: 'virtualbox' | 'libvirt',
  progress: Progress,
  signal: AbortSignal,
): Promise<Box> {
  const { file, name } = await ensureBox(platform, provider, progress, signal);
  const options = { cwd: dirname(file), progress, signal };
  const messages = await vagrant(['box', 'list'], { ...options, timeoutMs: 60_000 });
  if (!hasBox(messages, name, provider))
    await progress.step(`hand the box ${name} to Vagrant`, (inner) =>
      vagrant(['box', 'add', '--name', name, '--provider', provider, file], {
        ...options,
        progress: inner,
        timeoutMs: 10 * 60_000,
      }),
    );
  return { name };
}

/** `vagrant box list` tells each box as a box-name message followed by its box-provider. */
export function hasBox(
  messages: readonly { type: string; data: readonly string[] }[],
  name: string,
  provider: string,
): boolean {
  let current = '';
  for (const { type, data } of messages) {
    if (type === 'box-name') current = data[0] ?? '';
    if (type === 'box-provider' && current === name && data[0]?.startsWith(provider) === true) return true;
  }
  return false;
}
