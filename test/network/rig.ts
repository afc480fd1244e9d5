import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { ClockTrack, hostNowMs } from '../../lab/clock.ts';
import { CommandError } from '../../lab/errors.ts';
import type { Machine, RunningCommand } from '../../lab/machine.ts';
import { guestNetwork } from '../../lab/providers/vagrant/guest-network.ts';
import type { Topology } from '../../lab/topology.ts';
import { waitFor, within } from '../../lab/wait.ts';

const names = ['sv01', 'sv02', 'nfs01', 'nfs02'] as const;
export type Name = (typeof names)[number];

export const topology: Topology = {
  domain: 'lab.test',
  networks: [{ name: 'lan', purpose: 'all of it', cidr: '192.168.33.0/24' }],
  nodes: names.map((name, at) => ({
    name,
    role: name.startsWith('sv') ? 'client' : 'server',
    memoryMib: 256,
    cpus: 1,
    nics: [{ name: 'eth1', network: 'lan', address: addressAt(at) }],
  })),
  serviceAddresses: [{ address: '192.168.33.20/24', network: 'lan' }],
};

function addressAt(at: number): string {
  return `192.168.33.1${String(at + 1)}/24`;
}

export function addressOfNode(name: Name): string {
  return addressAt(names.indexOf(name)).replace('/24', '');
}

export function macOf(name: string): string {
  return `52:54:00:00:00:0${String(names.findIndex((each) => each === name) + 1)}`;
}

/** Namespaces of network, mounts and processes, alone in which the first process is a shell. */
interface Namespaces {
  /** As this process sees it. */
  pid: number;
  /** Everything inside ends with it. */
  end(): Promise<void>;
}

const inside = [
  'set -e',
  'mount -t tmpfs tmpfs /run',
  'mount -t sysfs sysfs /sys',
  'ip link set lo up',
  'echo ready',
  // It ends with the test, whatever becomes of that.
  'read nothing',
].join('\n');

async function openNamespaces(): Promise<Namespaces> {
  const words = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', inside];
  const holder = spawn('unshare', words, { stdio: ['pipe', 'pipe', 'inherit'] });
  await within('namespaces', 10_000, once(holder.stdout, 'data'));
  const parent = String(holder.pid);
  const children = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8');
  return { pid: Number(children.trim()), end: () => ended(holder) };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await within('the namespaces to end', 10_000, gone);
}

function nsenter(pid: number): string[] {
  return ['-t', String(pid), '--net', '--mount', '--pid', '--', 'sh', '-c'];
}

/** A machine whose commands run as processes in namespaces. Its clock is that of the host. */
export function namespaceMachine(name: string, pid: number): Machine {
  const wallClock = new ClockTrack();
  const read = (): void => {
    const sentMs = hostNowMs();
    const guestMs = Date.now();
    wallClock.add({ sentMs, receivedMs: hostNowMs(), guestMs });
  };
  read();
  return {
    name,
    wallClock,
    monotonicClock: new ClockTrack(),
    exec: async (command, { timeoutMs = 60_000, input = '', allowFailure = false } = {}) => {
      const result = await execa('nsenter', [...nsenter(pid), command], {
        input,
        timeout: timeoutMs,
        reject: false,
        stripFinalNewline: false,
      });
      const { stdout, stderr } = result;
      const status = result.exitCode ?? null;
      if (status !== 0 && !allowFailure) throw new CommandError(name, command, status, stderr);
      return { stdout, stderr, status };
    },
    stream: (command, onLine) => {
      const child = spawn('nsenter', [...nsenter(pid), command], { stdio: ['pipe', 'pipe', 'inherit'] });
      createInterface({ input: child.stdout }).on('line', (line) => {
        onLine(line, hostNowMs());
      });
      const over = new Promise<number | null>((resolve) => child.once('close', resolve));
      const running: RunningCommand = {
        ended: over,
        write: (text) => void child.stdin.write(text),
        stop: async (timeoutMs) => {
          child.stdin.end();
          const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
          return await over.finally(() => {
            clearTimeout(timer);
          });
        },
      };
      return Promise.resolve(running);
    },
    upload: () => Promise.reject(new Error('nothing is uploaded here')),
    download: () => Promise.reject(new Error('nothing is downloaded here')),
    calibrate: () => {
      read();
      return Promise.resolve();
    },
    disconnect: () => undefined,
    setAway: () => undefined,
  };
}

export interface Rig {
  machine(name: string): Machine;
  /** Runs a command on a node and returns what it printed, whatever its status. */
  run(name: Name, command: string): Promise<string>;
  /** A network as a process of its own would open it. */
  open(): ReturnType<typeof guestNetwork>;
  /** Process ids of the nodes' namespaces, for a process of its own. */
  readonly pids: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

const programs = ['unshare', 'nsenter', 'ip', 'tc', 'nft', 'tcpdump', 'perl', 'ping', 'arping', 'nc'];

/** @throws Error that says what this host lacks for the namespaces */
async function checkHost(): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new Error('the nodes are network namespaces: this needs Linux, and root');
  const found = await Promise.all(
    programs.map((name) => execa('sh', ['-c', `command -v ${name}`], { reject: false })),
  );
  const missing = programs.filter((_, at) => found[at]?.exitCode !== 0);
  if (missing.length > 0)
    throw new Error(
      `missing: ${missing.join(', ')}; apt-get install --no-install-recommends nftables tcpdump iproute2 iputils-ping iputils-arping netcat-openbsd`,
    );
}

/** Four nodes behind a bridge, each in namespaces of its own. */
export async function startRig(): Promise<Rig> {
  await checkHost();
  const bridge = await openNamespaces();
  const pids: Record<string, number> = {};
  const opened: Namespaces[] = [bridge];
  const networks: { close(): void }[] = [];
  const close = async (): Promise<void> => {
    for (const network of networks) network.close();
    await Promise.all(opened.map((each) => each.end()));
  };
  try {
    const switchMachine = namespaceMachine('bridge', bridge.pid);
    await switchMachine.exec('ip link add br0 type bridge && ip link set br0 up');
    for (const [at, name] of names.entries()) {
      const node = await openNamespaces();
      opened.push(node);
      pids[name] = node.pid;
      await execa('nsenter', [
        ...['-t', String(bridge.pid), '--net', '--'],
        ...['ip', 'link', 'add', `port${String(at)}`, 'type', 'veth'],
        ...['peer', 'name', 'eth1', 'address', macOf(name), 'netns', String(node.pid)],
      ]);
      await switchMachine.exec(`ip link set port${String(at)} master br0 up`);
      await namespaceMachine(name, node.pid).exec(
        // Frames that are not part of a test would be counted; offloads of a veth hand whole trains of frames over as one.
        `echo 1 > /proc/sys/net/ipv6/conf/eth1/disable_ipv6; echo 0 > /proc/sys/net/ipv4/icmp_echo_ignore_broadcasts
         ip address add ${addressAt(at)} brd + dev eth1 && ip link set eth1 gso_max_segs 1 && ip link set eth1 up`,
      );
    }
    const machine = (name: string): Machine => namespaceMachine(name, pids[name] ?? 0);
    const rig: Rig = {
      pids,
      machine,
      run: async (name, command) => {
        const { stdout, stderr } = await machine(name).exec(command, { allowFailure: true });
        return stdout + stderr;
      },
      open: () => {
        const network = guestNetwork({ topology, machine, macOf });
        networks.push(network);
        return network;
      },
      close,
    };
    await eventually('all nodes to reach each other', async () =>
      (await rig.run('sv01', `ping -n -c 1 -W 1 ${addressOfNode('nfs02')}`)).includes(' 0% packet loss'),
    );
    return rig;
  } catch (error) {
    await close();
    throw error;
  }
}

/** Looks again and again, for ten seconds at most. */
export async function eventually(awaited: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  await waitFor(
    awaited,
    async () =>
      (await holds()) ? { done: true, value: undefined } : { done: false, state: 'it does not hold' },
    { timeoutMs: 10_000, everyMs: 50 },
  );
}
