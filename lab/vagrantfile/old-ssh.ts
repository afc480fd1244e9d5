import type { Platform } from '../platform.ts';
import { indented } from './lines.ts';
import { rubyComment, rubyString, rubyStrings } from './ruby.ts';

/**
 * Before `Vagrant.configure`, for a platform whose server speaks old algorithms only. Vagrant speaks through Net::SSH, which has
 * them and does not offer them; no setting of Vagrant says so (`config.ssh.config` reaches Net::SSH, which reads no KexAlgorithms
 * there; net-ssh 7.0.1, config.rb).
 */
export function oldSshPreamble({ ssh, title }: Platform): string[] {
  if (ssh === undefined) return [];
  const kinds = [
    ['kex', ssh.kex],
    ['host_key', ssh.serverHostKey],
    ['encryption', ssh.cipher],
  ] as const;
  return [
    '',
    ...rubyComment(
      `The server of ${title} speaks old algorithms only. Net::SSH, through which Vagrant speaks, knows them and does not offer ` +
        'them by itself.',
    ),
    'require "net/ssh"',
    '{',
    ...indented(
      kinds.flatMap(([kind, names = []]) => (names.length === 0 ? [] : [`${kind}: ${rubyStrings(names)},`])),
    ),
    '}.each do |kind, names|',
    '  offered = Net::SSH::Transport::Algorithms::DEFAULT_ALGORITHMS[kind]',
    '  offered.concat(names - offered)',
    'end',
  ];
}

/** Inside `Vagrant.configure`: the same for the program ssh, which `vagrant ssh` runs. */
export function oldSshSettings({ ssh }: Platform): string[] {
  if (ssh === undefined) return [];
  // OpenSSH 10 refuses a list with ssh-dss in it, which it no longer knows.
  const keys = ssh.serverHostKey?.filter((name) => name !== 'ssh-dss');
  const options = [
    ['KexAlgorithms', ssh.kex],
    ['HostKeyAlgorithms', keys],
    ['PubkeyAcceptedKeyTypes', keys],
    ['Ciphers', ssh.cipher],
  ] as const;
  return [
    'config.ssh.extra_args = [',
    ...indented(
      options.flatMap(([option, names = []]) =>
        names.length === 0 ? [] : [`"-o", ${rubyString(`${option}=+${names.join(',')}`)},`],
      ),
    ),
    ']',
  ];
}
