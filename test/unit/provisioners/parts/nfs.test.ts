import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../../../fakes/failure.ts';
import { nfsClientTerms } from '../../../../provisioners/parts/nfs-client.ts';
import { graceWatch, parseGraceLine } from '../../../../provisioners/parts/nfs-grace.ts';
import { mountedOptions } from '../../../../provisioners/parts/nfs-mount-health.ts';
import { brokenMountOptions, nfsPatience } from '../../../../provisioners/parts/nfs-options.ts';

describe('options of an NFS mount', () => {
  it('have the defaults of nfs(5) over TCP', () => {
    expect(nfsPatience('')).to.deep.equal({
      timeoSeconds: 60,
      retrans: 2,
      givesUpSeconds: 180,
      soft: false,
    });
  });

  it('say how long a client waits, and what it does then', () => {
    expect(nfsPatience('rw,soft,intr,timeo=20,retrans=3')).to.deep.equal({
      timeoSeconds: 2,
      retrans: 3,
      givesUpSeconds: 8,
      soft: true,
    });
    expect(nfsPatience('softerr').soft).to.equal(true);
    expect(nfsPatience('hard,timeo=50,timeo=70').timeoSeconds).to.equal(7);
  });

  const refused: [string, string, RegExp][] = [
    ['hard,soft', '3', /hard and soft contradict each other/],
    ['softerr,hard', '4.2', /hard and softerr contradict/],
    ['timeo=0', '3', /timeo is a whole number from 1/],
    ['timeo=5s', '3', /timeo is a whole number/],
    ['retrans=-1', '3', /retrans is a whole number from 0/],
    ['retrans', '3', /retrans is a whole number/],
    ['hard,ro', '3', /ro contradicts the writers/],
    ['proto=udp', '4.1', /NFSv4 runs over TCP/],
    ['udp', '4.2', /NFSv4 runs over TCP/],
    ['proto=udp', '3', /Debian 12 has no NFS over UDP/],
    ['nolock', '4.2', /nolock is an option of NFSv3/],
    ['mountproto=tcp', '4.1', /mountproto is an option of NFSv3/],
    ['clientaddr=192.168.33.11', '3', /clientaddr is an option of NFSv4/],
  ];
  for (const [options, version, rule] of refused)
    it(`that contradict themselves or NFS ${version} are refused: ${options}`, () => {
      const broken = brokenMountOptions(options, version);
      expect(broken).to.have.length(1);
      expect(broken[0]).to.match(rule).and.include(options);
    });

  it('that go together are not refused', () => {
    for (const version of ['3', '4.1', '4.2'])
      for (const options of ['', 'hard,proto=tcp', 'soft,timeo=20,retrans=0', 'rw,noac,sync'])
        expect(brokenMountOptions(options, version)).to.deep.equal([]);
    expect(brokenMountOptions('nolock,mountproto=tcp', '3')).to.deep.equal([]);
    expect(brokenMountOptions('clientaddr=192.168.33.11', '4.2')).to.deep.equal([]);
  });

  it('are read from what the kernel says of a mount', () => {
    const mounts = [
      '/dev/vda / ext4 rw,relatime 0 0',
      '/dev/drbd0 /data ext4 rw 0 0',
      '192.168.33.20:/data/export /data nfs4 rw,relatime,vers=4.2,hard,timeo=600,retrans=2 0 0',
    ].join('\n');
    expect(mountedOptions(mounts, '/data')).to.equal('rw,relatime,vers=4.2,hard,timeo=600,retrans=2');
    expect(mountedOptions(mounts, '/mnt')).to.equal(undefined);
    expect(mountedOptions('/dev/drbd0 /data ext4 rw 0 0', '/data')).to.equal(undefined);
  });
});

describe('what NFS clients add to a stall', () => {
  const state = { leaseSeconds: 90, graceSeconds: 90 };
  const terms = (away: number, options = 'hard', kept?: typeof state): string[] =>
    nfsClientTerms(away, { options, state: kept }).map(({ name, seconds }) => `${name} ${String(seconds)}`);

  it('is as long again as the service was away, or the rest of timeo', () => {
    expect(terms(42)).to.deep.equal(['back-off of the clients 42', 'refused connections 3']);
    expect(terms(20)).to.deep.equal(['patience of the clients 40', 'refused connections 3']);
    expect(terms(20, 'hard,timeo=1000')[0]).to.equal('patience of the clients 80');
    expect(terms(170)[0]).to.equal('back-off of the clients 120');
  });

  it('counts anew from when the client gives its connection up: timeo, once and for each retrans', () => {
    expect(terms(50, 'soft,timeo=20,retrans=3')[0]).to.equal('back-off of the clients 42');
    expect(terms(50, 'soft,timeo=20,retrans=0')[0]).to.equal('back-off of the clients 48');
    expect(terms(50, 'hard,timeo=250,retrans=1')[0]).to.equal('back-off of the clients 50');
  });

  it('has for NFSv4 the renewal of the lease, the grace period and another try', () => {
    expect(terms(10, 'hard,timeo=1000', state)).to.deep.equal([
      'patience of the clients 50',
      'refused connections 3',
      'grace 37',
      'another try 15',
    ]);
    expect(terms(10, 'hard', { leaseSeconds: 10, graceSeconds: 10 })).to.deep.equal([
      'back-off of the clients 10',
      'refused connections 3',
      'grace 0',
      'another try 15',
    ]);
  });
});

describe('the watch of the grace period', () => {
  const stamp = '2026-11-21T15:04:05.123456Z';

  it('tells its beginning and its end, and nothing when no server runs', () => {
    expect(parseGraceLine(`${stamp} grace over`)).to.include({
      source: 'kernel',
      kind: 'grace-ended',
      guestMs: Date.UTC(2026, 10, 21, 15, 4, 5) + 123.456,
    });
    expect(parseGraceLine(`${stamp} grace runs`)).to.include({ kind: 'grace-begun' });
    for (const line of [`${stamp} grace none`, `${stamp} grace`, 'grace over', ''])
      expect(parseGraceLine(line)).to.equal(undefined);
  });

  it('is a program that tells each change, not what it finds, and ends with its input', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lab-grace-'));
    const put = (name: string, text: string): void => {
      writeFileSync(join(folder, `${name}.new`), `${text}\n`);
      renameSync(join(folder, `${name}.new`), join(folder, name));
    };
    const server = (threads: string, over: string): void => {
      put('v4_end_grace', over);
      put('threads', threads);
    };
    server('8', 'Y');
    const command = graceWatch('nfs01').command.replaceAll('/proc/fs/nfsd', folder);
    const child = spawn('sh', ['-c', command], { stdio: ['pipe', 'pipe', 'pipe'] });
    try {
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
      const kinds = (): (string | undefined)[] =>
        said
          .trimEnd()
          .split('\n')
          .map((line) => parseGraceLine(line)?.kind ?? line.replace(/^\S+ /, ''));
      // A change before its first look is what it finds; so changes go on until it tells one.
      let threads = 8;
      while (said === '') {
        threads = 8 - threads;
        server(String(threads), 'Y');
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      server('0', 'Y');
      await eventually('there is no server', () => kinds().at(-1) === 'grace none');
      server('8', 'N');
      await eventually('it begins', () => kinds().at(-1) === 'grace-begun');
      server('8', 'Y');
      await eventually('it ends', () => kinds().at(-1) === 'grace-ended');
      child.stdin.end();
      const [status] = (await once(child, 'exit')) as [number | null];
      expect(status).to.equal(0);
      expect(kinds().slice(-3)).to.deep.equal(['grace none', 'grace-begun', 'grace-ended']);
    } finally {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    }
  });
});
