import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import {
  machineId,
  readState,
  stateFile,
  writeState,
  type VagrantState,
} from '../../../../lab/providers/vagrant/state.ts';
import { fakeTopology } from '../../../fakes/lab.ts';

const state: VagrantState = {
  schema: 1,
  provider: 'libvirt',
  box: 'lab/debian-12-0123456789ab',
  versions: { vagrant: '2.3.4' },
  privateKey: 'key',
  nodes: Object.fromEntries(
    fakeTopology.nodes.map(({ name }, n) => [
      name,
      {
        ssh: { host: '192.168.121.5', port: 22 },
        hostKey: 'ssh-ed25519 AAAA',
        macs: { eth1: `52:54:00:00:00:0${String(n)}` },
      },
    ]),
  ),
};

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-state-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('what is known of machines that Vagrant made', () => {
  it('is read as it was written, for the owner alone, and leaves nothing beside it', () =>
    inFolder(async (folder) => {
      const directory = join(folder, 'lab');
      await writeState(directory, { ...state, box: 'before' });
      await writeState(directory, state);
      expect(await readState(directory, 'libvirt', fakeTopology)).to.deep.equal(state);
      expect((await stat(join(directory, stateFile))).mode & 0o777).to.equal(0o600);
      expect(await readdir(directory)).to.deep.equal([stateFile]);
    }));

  const { nfs02, ...others } = state.nodes;
  const unfit: [string, unknown][] = [
    ['is another provider’s', { ...state, provider: 'virtualbox' }],
    ['is of another release', { ...state, schema: 2 }],
    ['has a word that is not known', { ...state, owner: 'me' }],
    ['lacks a node', { ...state, nodes: others }],
    ['lacks a NIC of a node', { ...state, nodes: { ...others, nfs02: { ...nfs02, macs: { eth2: 'x' } } } }],
    [
      'has a port that is none',
      { ...state, nodes: { ...others, nfs02: { ...nfs02, ssh: { host: 'h', port: 0 } } } },
    ],
    ['is a list', []],
    ['is null', null],
  ];
  for (const [what, value] of unfit)
    it(`is not believed when it ${what}`, () =>
      inFolder(async (folder) => {
        await writeFile(join(folder, stateFile), JSON.stringify(value));
        expect(await readState(folder, 'libvirt', fakeTopology)).to.equal(undefined);
      }));

  it('is not there without a file, nor with one that was torn', () =>
    inFolder(async (folder) => {
      expect(await readState(folder, 'libvirt', fakeTopology)).to.equal(undefined);
      await writeFile(join(folder, stateFile), JSON.stringify(state).slice(0, -5));
      expect(await readState(folder, 'libvirt', fakeTopology)).to.equal(undefined);
    }));
});

describe('the id of a machine', () => {
  const id = '6695eb01-f6a4-8304-79aa-97f2502e193f';
  async function withId(text: string | undefined, work: (folder: string) => Promise<void>): Promise<void> {
    await inFolder(async (folder) => {
      const file = join(folder, '.vagrant', 'machines', 'nfs01', 'libvirt', 'id');
      await mkdir(dirname(file), { recursive: true });
      if (text !== undefined) await writeFile(file, text);
      await work(folder);
    });
  }

  for (const text of [id, `${id}\n`])
    it(`is what Vagrant keeps: ${JSON.stringify(text)}`, () =>
      withId(text, async (folder) => {
        expect(await machineId(folder, 'nfs01', 'libvirt')).to.equal(id);
        expect(await machineId(folder, 'nfs01', 'virtualbox')).to.equal(undefined);
        expect(await machineId(folder, 'nfs02', 'libvirt')).to.equal(undefined);
      }));

  for (const text of [undefined, '', 'preparing', '--help', `${id} ${id}`, id.slice(1), id.replace('6', '/')])
    it(`is not ${JSON.stringify(text)}`, () =>
      withId(text, async (folder) => {
        expect(await machineId(folder, 'nfs01', 'libvirt')).to.equal(undefined);
      }));
});
