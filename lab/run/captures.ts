import { join } from 'node:path';
import { HostError } from '../errors.ts';
import type { Lab } from '../provider.ts';

/** Packet captures of a run, one file per network. */
export interface Captures {
  /** Ends them and returns the names of the files. */
  stop(): Promise<string[]>;
}

/**
 * Captures every frame of every network into `<folder>/<network>.pcap`.
 * @throws HostError where the provider has no fabric to capture on
 */
export async function startCaptures(lab: Lab, folder: string): Promise<Captures> {
  const { fabric } = lab;
  if (fabric === undefined)
    throw new HostError(
      `${lab.provider} has no fabric to capture on`,
      'leave --pcap away, or use --provider qemu',
    );
  const started = await Promise.all(
    lab.topology.networks.map(async ({ name }) => ({
      file: `${name}.pcap`,
      id: await fabric.startCapture(name, join(folder, `${name}.pcap`)),
    })),
  );
  return {
    stop: async () => {
      await Promise.all(started.map(({ id }) => fabric.stopCapture(id)));
      return started.map(({ file }) => file);
    },
  };
}
