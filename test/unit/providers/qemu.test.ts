import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { silent } from '../../../lab/progress.ts';
import type { LabRequest } from '../../../lab/provider.ts';
import { endEverything, qemuProvider } from '../../../lab/providers/qemu.ts';
import { runtimeDirectory, runtimeRoot } from '../../../lab/providers/qemu/paths.ts';
import { debian12 } from '../../../lab/platforms/debian-12.ts';
import { fakeTopology } from '../../fakes/lab.ts';
import { newPrivateRuntime } from '../../private-runtime.ts';

describe('the embedded provider', () => {
  const before = process.env['XDG_RUNTIME_DIR'];
  const never = new AbortController().signal;
  let folder: string;
  let home: string;
  beforeEach(() => {
    folder = newPrivateRuntime();
    home = join(folder, '.lab');
  });
  afterEach(() => {
    if (before === undefined) delete process.env['XDG_RUNTIME_DIR'];
    else process.env['XDG_RUNTIME_DIR'] = before;
    rmSync(folder, { recursive: true });
  });

  function runtimeWith(runtime: string, state: string): void {
    mkdirSync(runtime, { recursive: true });
    writeFileSync(join(runtime, 'state-folder'), state);
    mkdirSync(join(state, 'nodes'), { recursive: true });
  }

  it('ends every lab wherever its folder is, and leaves no runtime folder', async () => {
    const state = join(home, 'one');
    runtimeWith(runtimeDirectory(state), state);
    expect(await endEverything()).to.deep.equal([state]);
    expect([existsSync(runtimeRoot()), existsSync(join(state, 'nodes')), existsSync(state)]).to.deep.equal([
      false,
      false,
      true,
    ]);
    expect(await endEverything()).to.deep.equal([]);
  });

  it('removes nothing that a runtime folder names which is not that of the lab it names', async () => {
    const precious = join(folder, 'precious');
    runtimeWith(join(runtimeRoot(), 'made-up'), precious);
    expect(await endEverything()).to.deep.equal([]);
    expect(existsSync(join(precious, 'nodes'))).to.equal(true);
  });

  it('destroys a lab twice, and one that never was', async () => {
    const provider = qemuProvider({ home });
    const state = join(home, 'one');
    runtimeWith(runtimeDirectory(state), state);
    await provider.destroy('one', { purge: false });
    expect([existsSync(runtimeDirectory(state)), existsSync(state)]).to.deep.equal([false, true]);
    await provider.destroy('one', { purge: true });
    await provider.destroy('one', { purge: true });
    expect(existsSync(state)).to.equal(false);
  });

  const request: LabRequest = { name: 'one', topology: fakeTopology, platform: debian12 };
  for (const [what, text] of [
    ['is missing', undefined],
    ['is no JSON', '{'],
    ['lacks what it must hold', '{}'],
  ] as const)
    it(`attaches to nothing and restores nothing when the description of its machines ${what}`, async () => {
      mkdirSync(join(home, 'one', 'snapshots', 'healthy'), { recursive: true });
      writeFileSync(join(home, 'one', 'snapshots', 'healthy', 'complete'), '');
      if (text !== undefined) writeFileSync(join(home, 'one', 'machines.json'), text);
      const provider = qemuProvider({ home });
      expect(await provider.attach(request, never)).to.equal(undefined);
      expect(await provider.restore(request, 'healthy', silent, never)).to.equal(undefined);
    });
});
