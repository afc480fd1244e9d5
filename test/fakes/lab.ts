import { writeFileSync } from 'node:fs';
import { ClockTrack, hostNowMs } from '../../lab/clock.ts';
import { CommandError, InterruptedError, RigError } from '../../lab/errors.ts';
import type { Fabric, FabricPort } from '../../lab/fabric.ts';
import type { Fencing } from '../../lab/fencing.ts';
import type { ExecOptions, ExecResult, Machine } from '../../lab/machine.ts';
import { debian12 } from '../../lab/platforms/debian-12.ts';
import type { Lab } from '../../lab/provider.ts';
import type { Topology } from '../../lab/topology.ts';

export const fakeTopology: Topology = {
  domain: 'lab.test',
  networks: [{ name: 'lan', purpose: 'all of it', cidr: '192.168.33.0/24' }],
  nodes: (['sv01', 'sv02', 'nfs01', 'nfs02'] as const).map((name, n) => ({
    name,
    role: name.startsWith('sv') ? 'client' : 'server',
    memoryMib: 256,
    cpus: 1,
    nics: [{ name: 'eth1', network: 'lan', address: `192.168.33.1${String(n)}/24` }],
  })),
  serviceAddresses: [],
};

interface FakeStream {
  command: string;
  onLine: (line: string, hostMs: number) => void;
  end: (status: number | null) => void;
  stopped: boolean;
}

export interface FakeMachine extends Machine {
  readonly executed: { command: string; input: string }[];
  readonly uploads: { path: string; content: string; mode: number }[];
  readonly streams: FakeStream[];
  /** What was written to streams. */
  readonly written: string[];
  readonly disconnects: number;
  calibrations: number;
  /** Prints a line in every stream whose command contains this. */
  say(command: string, line: string, hostMs?: number): void;
}

/** What a command does; without it, it ends with status 0 and says nothing. */
export type FakeShell = (
  node: string,
  command: string,
  options: ExecOptions,
) => Partial<ExecResult> | Promise<Partial<ExecResult>>;

function fakeMachine(name: string, shell: FakeShell): FakeMachine {
  let disconnects = 0;
  const machine: FakeMachine = {
    name,
    wallClock: new ClockTrack(),
    monotonicClock: new ClockTrack(),
    executed: [],
    uploads: [],
    streams: [],
    written: [],
    calibrations: 0,
    get disconnects() {
      return disconnects;
    },
    exec: async (command, options = {}) => {
      if (options.signal?.aborted === true) throw new InterruptedError();
      machine.executed.push({ command, input: typeof options.input === 'string' ? options.input : '' });
      const result = { stdout: '', stderr: '', status: 0, ...(await shell(name, command, options)) };
      if (result.status !== 0 && options.allowFailure !== true)
        throw new CommandError(name, command, result.status, result.stderr);
      return result;
    },
    stream: (command, onLine) => {
      let end: FakeStream['end'] = () => undefined;
      const ended = new Promise<number | null>((resolve) => {
        end = resolve;
      });
      const stream: FakeStream = { command, onLine, end, stopped: false };
      machine.streams.push(stream);
      return Promise.resolve({
        ended,
        write: (text) => {
          machine.written.push(text);
        },
        stop: () => {
          stream.stopped = true;
          end(0);
          return ended;
        },
      });
    },
    upload: (path, content, mode) => {
      machine.uploads.push({ path, content: String(content), mode });
      return Promise.resolve();
    },
    download: () => Promise.resolve(Buffer.alloc(0)),
    calibrate: (readings) => {
      machine.calibrations += readings;
      const now = hostNowMs();
      for (const clock of [machine.wallClock, machine.monotonicClock])
        clock.add({ sentMs: now, receivedMs: now, guestMs: now });
      return Promise.resolve();
    },
    disconnect: () => {
      disconnects += 1;
    },
    setAway: (reason) => {
      if (reason !== undefined) disconnects += 1;
    },
    say: (command, line, hostMs = hostNowMs()) => {
      for (const stream of machine.streams) if (stream.command.includes(command)) stream.onLine(line, hostMs);
    },
  };
  return machine;
}

export interface FakeLab {
  lab: Lab;
  machine: (node: string) => FakeMachine;
  /** What was done to the lab from outside, in order. */
  readonly done: string[];
  /** The ports that the fabric tells. */
  ports: FabricPort[];
  /** What servers did to each other's power. */
  fencings: Fencing[];
  consoles: Map<string, string>;
  break: (message: string) => void;
  readonly closed: boolean;
}

/** A lab in memory: four nodes that do what the shell says. */
export function fakeLab(shell: FakeShell = () => ({})): FakeLab {
  const machines = new Map(fakeTopology.nodes.map(({ name }) => [name, fakeMachine(name, shell)]));
  const done: string[] = [];
  const consoles = new Map<string, string>();
  let closed = false;
  let tellBroken: (error: Error) => void = () => undefined;
  const broken = new Promise<never>((_, reject) => {
    tellBroken = reject;
  });
  broken.catch(() => undefined);
  const machine = (node: string): FakeMachine => {
    const found = machines.get(node);
    if (found === undefined) throw new RigError(`no node ${node}`);
    return found;
  };
  const note = (text: string) => (): Promise<void> => {
    done.push(text);
    return Promise.resolve();
  };
  const fabric: Fabric = {
    witness: 'fabric',
    lastFrameFromMs: (node, network) => {
      const seen = fake.ports
        .filter((port) => port.node === node && (network === undefined || port.network === network))
        .flatMap((port) => port.lastFrameFromNodeMs ?? []);
      return Promise.resolve(seen.length === 0 ? null : Math.max(...seen));
    },
    ports: () => Promise.resolve(fake.ports),
    rules: () => Promise.resolve([]),
    fencings: () => Promise.resolve(fake.fencings),
    addRule: () => Promise.resolve('1'),
    removeRule: () => Promise.resolve(false),
    observe: () => Promise.resolve({ stop: note('stop observing') }),
    startCapture: (_network, file) => {
      writeFileSync(file, 'frames');
      return Promise.resolve('1');
    },
    stopCapture: () => Promise.resolve(undefined),
    close: () => undefined,
  };
  const fake: FakeLab = {
    machine,
    done,
    ports: [],
    fencings: [],
    consoles,
    break: (message) => {
      tellBroken(new RigError(message));
    },
    get closed() {
      return closed;
    },
    lab: {
      name: 'fake',
      provider: 'qemu',
      accelerator: 'tcg',
      topology: fakeTopology,
      platform: debian12,
      machine,
      machines: [...machines.values()],
      network: fabric,
      fabric,
      hostFacts: { qemu: '7.2' },
      broken,
      power: (node, state) => note(`power ${node} ${state}`)(),
      powerState: () => Promise.resolve('running'),
      pause: (node) => note(`pause ${node}`)(),
      resume: (node) => note(`resume ${node}`)(),
      link: (node, nic, state) => note(`link ${node} ${nic} ${state}`)(),
      snapshot: (name) => note(`snapshot ${name}`)(),
      reachable: (node) => note(`reachable ${node}`)(),
      console: (node, _lines, fromByte = 0) => Promise.resolve((consoles.get(node) ?? '').slice(fromByte)),
      consoleBytes: (node) => Promise.resolve((consoles.get(node) ?? '').length),
      close: () => {
        closed = true;
      },
    },
  };
  return fake;
}
