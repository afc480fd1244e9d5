import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { seedCommand, setClockCommand } from '../../../../lab/machines/wake.ts';
import { identityScript } from '../../../../lab/providers/qemu/identity.ts';

const identity = {
  node: {
    name: 'nfs01',
    role: 'server' as const,
    memoryMib: 320,
    cpus: 1,
    nics: [
      { name: 'eth1', network: 'storage', address: '192.168.33.21/24' },
      { name: 'eth2', network: 'cross' },
    ],
  },
  domain: 'lab.test',
  macs: ['52:54:00:aa:bb:01', '52:54:00:aa:bb:02'],
  authorizedKey: 'ssh-ed25519 AAAA lab',
  hostKey: '-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n',
};

/** The shell's own opinion of a script; nothing of it is run. */
function checkSyntax(script: string): void {
  execFileSync('sh', ['-n'], { input: script, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** The words of a script's commands as a shell sees them, with every command replaced by one that prints its words. */
function wordsOf(line: string): string[] {
  const output = execFileSync('sh', [
    '-c',
    `show() { printf '%s\\0' "$@"; }; ${line.replace(/^\S+/, 'show')}`,
  ]);
  return output.toString().split('\0').slice(0, -1);
}

describe('the script that gives a clone its identity', () => {
  it('is a script that a shell can read', () => {
    checkSyntax(identityScript(identity));
    checkSyntax(`${setClockCommand()}; ${seedCommand()}`);
    expect(() => {
      checkSyntax("echo 'open");
    }).to.throw();
  });

  it('writes name, addresses and keys', () => {
    const script = identityScript(identity);
    expect(script).to.include('192.168.33.21 nfs01.lab.test nfs01');
    expect(script).to.include('iface eth1 inet static').and.not.include('iface eth2');
    expect(script).to.include('address 52:54:00:aa:bb:02');
    expect(script).to.include('ssh-ed25519 AAAA lab');
  });

  it('knows the name of a node by the address of its bond, and leaves the bond to the plan', () => {
    const nics = ['eth1', 'eth2'].map((name) => ({ name, network: 'storage' }));
    const bonds = [
      { name: 'bond0', slaves: ['eth1', 'eth2'], network: 'storage', address: '192.168.33.21/24' },
    ];
    const script = identityScript({ ...identity, node: { ...identity.node, nics, bonds } });
    expect(script).to.include('192.168.33.21 nfs01.lab.test nfs01');
    expect(script).to.include('iface eth0').and.not.include('iface eth1').and.not.include('bond0');
    expect(script).to.include('ip link set dev eth2 address 52:54:00:aa:bb:02');
  });

  it('gives two clones of one node another machine-id and seed', () => {
    const idOf = (script: string): string => /[0-9a-f]{32}/.exec(script)?.[0] ?? '';
    expect(idOf(identityScript(identity))).to.not.equal(idOf(identityScript(identity)));
    expect(seedCommand()).to.not.equal(seedCommand());
  });

  it('keeps hostile values inside their words', () => {
    const hostile = "x'; touch /tmp/owned; echo '$(id)`id`\"";
    const script = identityScript({
      ...identity,
      node: { ...identity.node, name: hostile },
      authorizedKey: hostile,
    });
    checkSyntax(script);
    const hostname = script.slice(script.indexOf('\nhostname ') + 1).split('\n')[0] ?? '';
    expect(wordsOf(hostname)).to.deep.equal([hostile]);
  });
});
