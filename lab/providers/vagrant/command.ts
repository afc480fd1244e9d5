import { execa } from 'execa';
import { HostError, InterruptedError, RigError } from '../../errors.ts';
import type { Progress } from '../../progress.ts';
import { diesWithParent } from '../../host/dies-with-parent.ts';

/** One line of `vagrant --machine-readable`: what it is about, its kind, its fields. */
export interface VagrantMessage {
  /** Name of the machine; empty for what concerns all of them. */
  target: string;
  type: string;
  data: readonly string[];
}

export interface VagrantOptions {
  /** Folder of the Vagrantfile. */
  cwd: string;
  progress: Progress;
  signal?: AbortSignal;
  timeoutMs: number;
}

/**
 * A line of machine-readable output: `timestamp,target,type,data...`, in which commas and line ends are escaped.
 * @returns undefined for a line of another form: plugins and Ruby print warnings in between
 * @see https://developer.hashicorp.com/vagrant/docs/cli/machine-readable
 */
export function parseMessage(line: string): VagrantMessage | undefined {
  const [timestamp = '', target, type, ...data] = line.split(',');
  if (!/^\d+$/.test(timestamp) || target === undefined || type === undefined || type === '') return undefined;
  return { target, type, data: data.map(unescape) };
}

function unescape(field: string): string {
  return field.replaceAll('%!(VAGRANT_COMMA)', ',').replaceAll('\\n', '\n').replaceAll('\\r', '\r');
}

/**
 * Runs `vagrant` in the folder of a lab and returns its messages. What it says to people becomes notes of the progress as
 * it says it.
 * @throws HostError with Vagrant's own reason when it fails; InterruptedError; RigError when it takes too long
 */
export async function vagrant(
  args: readonly string[],
  { cwd, progress, signal, timeoutMs }: VagrantOptions,
): Promise<VagrantMessage[]> {
  if (signal?.aborted === true) throw new InterruptedError();
  const messages: VagrantMessage[] = [];
  const stray: string[] = [];
  const [program, ...words] = [...diesWithParent('INT'), 'vagrant', ...args, '--machine-readable'];
  const running = execa(program, words, {
    cwd,
    reject: false,
    all: true,
    buffer: false,
    stdin: 'ignore',
    timeout: timeoutMs,
    killSignal: 'SIGINT',
    forceKillAfterDelay: 60_000,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    env: { VAGRANT_CHECKPOINT_DISABLE: '1', VAGRANT_CWD: cwd, VAGRANT_NO_COLOR: '1' },
  });
  for await (const line of running.iterable({ from: 'all' })) {
    const message = parseMessage(line);
    if (message === undefined) {
      if (line.trim() !== '') stray.push(line);
      continue;
    }
    messages.push(message);
    const told = message.type === 'ui' ? noteOf(message) : undefined;
    if (told !== undefined) progress.note(told);
  }
  const result = await running;
  if (result.isCanceled || wasAborted(signal)) throw new InterruptedError();
  const told = `vagrant ${args.join(' ')}`;
  // 127: setpriv(1) did not find the program.
  if (result.code === 'ENOENT' || (result.exitCode === 127 && messages.length === 0))
    throw new HostError('vagrant is not installed', 'lab doctor tells where it comes from');
  if (result.timedOut)
    throw new RigError(
      `${told} did not end within ${String(Math.round(timeoutMs / 1000))} s: ${lastOf(messages)}`,
    );
  if (result.exitCode === 0) return messages;
  throw failureOf(told, messages, stray);
}

/** A function, because the compiler takes what it knew of the signal before a wait for the truth after it. */
function wasAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** What Vagrant tells people, without its drawing of progress bars and empty lines. */
function noteOf({ target, data }: VagrantMessage): string | undefined {
  const [kind, ...rest] = data;
  const text = withoutPrefixes(rest.join(',').replace(/\s+/g, ' ').trim(), target);
  // vagrant-libvirt tells the whole definition of each domain, one setting a line.
  const isDetail = /^(Progress:|-- |No version detected)/.test(text) || text.includes('\u001b[K');
  if (kind === 'error' || text === '' || isDetail) return undefined;
  return target === '' ? text : `${target}: ${text}`;
}

/** Vagrant begins each line with the machine's name, some of its parts once more. */
function withoutPrefixes(text: string, target: string): string {
  const prefix = [`==> ${target}:`, `${target}:`].find((each) => target !== '' && text.startsWith(each));
  return prefix === undefined ? text : withoutPrefixes(text.slice(prefix.length).trim(), target);
}

function lastOf(messages: readonly VagrantMessage[]): string {
  return messages.map(noteOf).findLast((note) => note !== undefined) ?? 'it said nothing';
}

/**
 * Vagrant's own class of error (lib/vagrant/errors.rb and its plugins), or words of its message where machines are made in
 * parallel and the class is always BatchMultiError; and what a user of lab does about it.
 */
const hints: readonly (readonly [RegExp, string])[] = [
  // Before a machine is looked at, Vagrant wraps what is wrong with VirtualBox into ProviderNotUsable and keeps only its words.
  [
    /VirtualBoxInvalidVersion|version of VirtualBox installed\s+that is not supported/,
    'lab doctor: this Vagrant refuses this VirtualBox; update Vagrant',
  ],
  [
    /VirtualBoxKernelModuleNotLoaded|complaining that the kernel module\s+is not loaded/,
    'sudo modprobe vboxdrv, or sudo /sbin/vboxconfig',
  ],
  [
    /ProviderNotUsable|NoDefaultProvider|VBoxManageNotFound|VirtualBoxNotDetected|VirtualBoxInstallIncomplete/,
    'lab doctor',
  ],
  [
    /FogLibvirtConnectionError|Error while connecting to Libvirt/,
    'sudo systemctl start libvirtd, and be in the group libvirt; lab doctor',
  ],
  [
    /BoxChecksumMismatch|checksum of the downloaded box did not match/,
    'the file at the address of the box is another one, or damaged: correct the checksum in lab.yaml',
  ],
  [
    /Box\w*(NotFound|NotExist|DownloadError|NoMatching)|DownloaderError|could not be found or\s+could not be accessed|downloading the remote file|doesn't support the provider/,
    'vagrant box add it by hand, or name another one under boxes: in lab.yaml',
  ],
  [
    /NetworkAddress|NetworkCollision|InvalidHostSubnet|(Create|Activate|Management)NetworkError|NetworkNotAvailable|NetworkNameAndAddressMismatch|(creating new|activating) network|management network|match with network name|collides with a non-hostonly network/,
    'the network range is taken or refused: end what uses it (virsh net-list, VBoxManage list hostonlyifs)',
  ],
  [
    /Machine(Action)?Locked|EnvironmentLocked|another Vagrant process|another process|another instance of Vagrant/,
    'another vagrant command works on this lab: wait until it ends',
  ],
  [
    /VMBootTimeout|VMBootBadState|SSH|Timed out while waiting/,
    'lab up goes on from there; lab logs shows the console of the node',
  ],
];

function failureOf(told: string, messages: readonly VagrantMessage[], stray: readonly string[]): HostError {
  const exit = messages.findLast((message) => message.type === 'error-exit');
  const said = messages
    .filter(({ type, data }) => type === 'ui' && data[0] === 'error')
    .map(({ target, data }) => `${target === '' ? '' : `${target}: `}${data.slice(1).join(',').trim()}`);
  const text = exit?.data.slice(1).join(',').trim() ?? '';
  const reason = text !== '' ? text : (said.length > 0 ? said : stray.slice(-10)).join('\n');
  const kind = `${exit?.data[0] ?? ''} ${reason}`;
  const hint = hints.find(([pattern]) => pattern.test(kind))?.[1] ?? 'lab up goes on from there; lab doctor';
  return new HostError(`${told} failed: ${reason === '' ? 'without a reason' : reason}`, hint);
}

/** As `2.3.4`. @throws HostError when Vagrant is not there */
export async function vagrantVersion(cwd: string): Promise<string> {
  const result = await execa('vagrant', ['--version'], {
    cwd,
    reject: false,
    stdin: 'ignore',
    timeout: 60_000,
  });
  const version = /^Vagrant (\S+)/m.exec(result.stdout)?.[1];
  if (version !== undefined) return version;
  throw new HostError(
    `vagrant does not tell its version: ${result.stderr || (result.shortMessage ?? '')}`,
    'lab doctor',
  );
}
