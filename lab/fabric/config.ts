import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../errors.ts';

export const configFile = 'fabric.json';
export const pidFile = 'fabric.pid';
export const logFile = 'fabric.log';

const fileName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be a file name of letters, digits, ".", "_" and "-"')
  .refine((name) => ![configFile, pidFile, logFile].includes(name), 'is a name that the fabric uses itself');

const name = z.string().min(1);

/** sun_path of unix(7) without its closing NUL: 107 bytes on Linux, 103 on macOS. */
const socketPathBytes = process.platform === 'linux' ? 107 : 103;

const fabricConfigSchema = z
  .strictObject({
    /** Runtime folder, mode 0700; the fabric ends when it disappears. */
    directory: z.string().refine(isAbsolute, 'must be an absolute path'),
    networks: z.array(name).min(1),
    ports: z.array(z.strictObject({ node: name, nic: name, network: name, socket: fileName })),
    /**
     * Servers that may power each other off and on: the socket on which a server asks, and that of a monitor of its machine that
     * nobody else uses.
     */
    powerSwitch: z.array(z.strictObject({ node: name, channel: fileName, monitor: fileName })).default([]),
    controlSocket: fileName,
    /** The fabric ends after this long without a connected port or control client. */
    idleMs: z.number().int().positive().max(86_400_000).default(120_000),
  })
  .superRefine((config, context) => {
    const refuse = (message: string): void => {
      context.addIssue({ code: 'custom', message });
    };
    const sockets = [...socketsOf(config), ...config.powerSwitch.map(({ monitor }) => monitor)];
    for (const twice of repeated(config.networks)) refuse(`network ${twice} is named twice`);
    for (const twice of repeated(sockets)) refuse(`socket ${twice} is used twice`);
    for (const twice of repeated(config.ports.map(({ node, nic }) => `${node} ${nic}`)))
      refuse(`the port of ${twice} is named twice`);
    for (const twice of repeated(config.powerSwitch.map(({ node }) => node)))
      refuse(`the power of ${twice} is named twice`);
    for (const { node, nic, network } of config.ports)
      if (!config.networks.includes(network)) refuse(`${node} ${nic} is on the unknown network ${network}`);
    for (const socket of sockets) {
      const bytes = Buffer.byteLength(join(config.directory, socket));
      if (bytes > socketPathBytes)
        refuse(
          `the path of socket ${socket} has ${String(bytes)} bytes, ${String(socketPathBytes)} are possible`,
        );
    }
  });

export type FabricConfig = z.output<typeof fabricConfigSchema>;
export type FabricSettings = z.input<typeof fabricConfigSchema>;

function repeated(names: readonly string[]): string[] {
  return names.filter((one, at) => names.indexOf(one) !== at);
}

/** The sockets on which a fabric listens, by their file names. */
export function socketsOf({
  controlSocket,
  ports,
  powerSwitch,
}: Pick<FabricConfig, 'controlSocket' | 'ports' | 'powerSwitch'>): string[] {
  return [controlSocket, ...ports.map(({ socket }) => socket), ...powerSwitch.map(({ channel }) => channel)];
}

/** @throws UsageError that lists everything that is wrong */
export function parseFabricConfig(given: unknown): FabricConfig {
  const parsed = fabricConfigSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new UsageError(
    `the fabric's configuration is not valid:\n${z.prettifyError(parsed.error)}`,
    'a long socket path is shortened with a runtime folder nearer to /',
  );
}

/** @throws UsageError when the file is not JSON or not a valid configuration; the system's error when it cannot be read */
export async function readFabricConfig(path: string): Promise<FabricConfig> {
  const text = await readFile(path, 'utf8');
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${path} is not JSON: ${String(cause)}`);
  }
  return parseFabricConfig(given);
}
