import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { HostError, InterruptedError, RigError, UsageError } from '../../../lab/errors.ts';
import {
  isDirty,
  labDirectory,
  markDirty,
  readDescription,
  readLabs,
  withLock,
  writeDescription,
} from '../../../lab/labs.ts';
import type { Provider } from '../../../lab/provider.ts';
import { down, up } from '../../../lab/run.ts';
import { attachTo, bringUp } from '../../../lab/run/up.ts';
import type { Stack } from '../../../lab/stack.ts';
import { pause } from '../../../lab/wait.ts';
import { failureOf } from '../../fakes/failure.ts';
import { fakeLab } from '../../fakes/lab.ts';
import { fakeSpec, fakeStack, heardProgress } from '../../fakes/stack.ts';

describe('bringing a lab up', () => {
  const cleanups: (() => void)[] = [];
  afterEach(() => {
    for (const clean of cleanups.splice(0)) clean();
  });

  /** A lab that was up and healthy before. */
  async function rig(parts: { provider?: Partial<Provider>; stack?: Partial<Stack>; known?: boolean } = {}) {
    const fake = fakeLab();
    const { spec, asked, remove } = fakeSpec(fake.lab, fakeStack(parts.stack), parts.provider);
    cleanups.push(remove);
    const directory = labDirectory(spec.home, spec.name);
    const controller = new AbortController();
    const progress = heardProgress();
    await withLock(directory, 'test', async () => {
      if (parts.known !== false)
        await writeDescription(directory, {
          schema: 1,
          name: spec.name,
          stack: spec.stack.name,
          edition: 'current',
          provider: 'qemu',
          settings: { deadtime: 10 },
          createdAt: '2024-05-01T12:00:00.000Z',
          snapshot: 'healthy',
        });
    });
    return {
      fake,
      spec,
      asked,
      directory,
      controller,
      progress,
      up: (options?: Parameters<typeof bringUp>[3]) => bringUp(spec, progress, controller.signal, options),
    };
  }
  const lab = (): ReturnType<typeof fakeLab>['lab'] => fakeLab().lab;

  it('attaches when it runs undisturbed', async () => {
    const { up, asked } = await rig({ provider: { attach: () => Promise.resolve(lab()) } });
    expect((await up()).how).to.equal('attached');
    expect(asked).to.deep.equal(['attach']);
  });

  it('restores it when it is dirty, when it must be pristine, and when it is not healthy', async () => {
    const provider = { attach: () => Promise.resolve(lab()), restore: () => Promise.resolve(lab()) };
    const dirty = await rig({ provider });
    await markDirty(dirty.directory, 'hard-halt');
    expect((await dirty.up()).how).to.equal('restored');
    expect(dirty.asked).to.deep.equal(['restore']);
    expect(await isDirty(dirty.directory)).to.equal(false);

    const pristine = await rig({ provider });
    expect((await pristine.up({ pristine: true })).how).to.equal('restored');
    expect(pristine.asked).to.deep.equal(['restore']);

    let looks = 0;
    const sick = fakeLab();
    const unhealthy = await rig({
      provider: { ...provider, attach: () => Promise.resolve(sick.lab) },
      stack: { health: () => Promise.resolve([{ what: 'DRBD', ok: ++looks > 1, found: 'StandAlone' }]) },
    });
    expect((await unhealthy.up()).how).to.equal('restored');
    expect(sick.closed).to.equal(true);
    expect(unhealthy.progress.notes.join()).to.include('DRBD: StandAlone');
  });

  it('provisions it anew when there is no snapshot, or one that does not load', async () => {
    const none = await rig();
    expect((await none.up()).how).to.equal('provisioned');
    expect(none.asked).to.deep.equal(['attach', 'restore', 'destroy', 'up']);
    const unfit = await rig({ provider: { restore: () => Promise.reject(new RigError('bad section')) } });
    expect((await unfit.up()).how).to.equal('provisioned');
    expect(unfit.progress.notes.join()).to.include('bad section');
    expect((await readDescription(unfit.directory))?.snapshot).to.equal('healthy');
  });

  it('provisions it anew when it was asked to, or was made with other settings', async () => {
    const fresh = await rig();
    await fresh.up({ fresh: true });
    expect(fresh.asked).to.deep.equal(['destroy', 'up']);
    const other = await rig();
    other.spec.settings = { deadtime: 6 };
    await other.up();
    expect(other.asked).to.deep.equal(['destroy', 'up']);
    expect((await readDescription(other.directory))?.settings).to.deep.equal({ deadtime: 6 });
  });

  it('passes on that the host cannot restore it, and an interruption of that', async () => {
    const poor = await rig({ provider: { restore: () => Promise.reject(new HostError('no memory')) } });
    expect(await failureOf(poor.up())).to.be.instanceOf(HostError);
    const controller = new AbortController();
    const interrupted = await rig({
      provider: {
        restore: () => {
          controller.abort();
          return Promise.reject(new RigError('torn'));
        },
      },
    });
    expect(await failureOf(bringUp(interrupted.spec, heardProgress(), controller.signal))).to.be.instanceOf(
      RigError,
    );
    expect(interrupted.asked).not.to.include('up');
  });

  const failures: [
    string,
    (
      fake: ReturnType<typeof fakeLab>,
      abort: () => void,
    ) => { provider?: Partial<Provider>; stack?: Partial<Stack> },
  ][] = [
    [
      'the machines do not start',
      () => ({ provider: { up: () => Promise.reject(new RigError('no boot')) } }),
    ],
    [
      'it is interrupted',
      (_fake, abort) => ({
        stack: { health: (_lab, _settings, { signal }) => (abort(), pause(60_000, signal).then(() => [])) },
      }),
    ],
    [
      'a machine dies',
      (fake) => ({
        provider: { up: () => Promise.resolve(fake.lab) },
        stack: {
          health: (_lab, _settings, { signal }) => (
            fake.break('nfs01 died'),
            pause(60_000, signal).then(() => [])
          ),
        },
      }),
    ],
  ];
  for (const [what, parts] of failures)
    it(`leaves nothing of a lab that is being provisioned when ${what}`, async function () {
      this.timeout(15_000);
      const fake = fakeLab();
      const controller = new AbortController();
      const opened = await rig({
        known: false,
        ...parts(fake, () => {
          setImmediate(() => {
            controller.abort();
          });
        }),
      });
      const error = await failureOf(bringUp(opened.spec, heardProgress(), controller.signal));
      expect(error).to.be.instanceOf(what === 'it is interrupted' ? InterruptedError : RigError);
      expect(opened.asked).to.deep.equal(['destroy', 'up', 'purge']);
      expect(await readDescription(opened.directory)).to.equal(undefined);
    });

  it('leaves machines that could not all be made where the next attempt goes on from there', async () => {
    const { up, asked, directory } = await rig({
      known: false,
      provider: { resumesUp: true, up: () => Promise.reject(new HostError('no address')) },
    });
    expect((await failureOf(up())).message).to.equal('no address');
    expect(asked).to.deep.equal(['destroy', 'up']);
    expect(await readDescription(directory)).to.equal(undefined);
  });

  it('leaves nothing of machines that were half provisioned, wherever they could be made again', async () => {
    const sick = fakeLab();
    const { up, asked } = await rig({
      known: false,
      provider: { resumesUp: true, up: () => Promise.resolve(sick.lab) },
      stack: {
        health: (_lab, _settings, { signal }) => (
          sick.break('nfs01 died'),
          pause(60_000, signal).then(() => [])
        ),
      },
    });
    expect((await failureOf(up())).message).to.include('nfs01 died');
    expect(asked).to.deep.equal(['destroy', 'up', 'purge']);
    expect(sick.closed).to.equal(true);
  });

  it('keeps the logs of a lab that did not come up until it does, or is purged', async () => {
    let well = false;
    let made = fakeLab();
    const { spec, progress, controller } = await rig({
      known: false,
      provider: { up: () => Promise.resolve(made.lab) },
      stack: {
        health: (_lab, _settings, { signal }) => {
          if (well) return Promise.resolve([{ what: 'DRBD', ok: true, found: 'UpToDate' }]);
          made.break('nfs01 died');
          return pause(60_000, signal).then(() => []);
        },
      },
    });
    const logs = join(spec.home, `${spec.name}.failed`);
    const panic = join(logs, 'nodes', 'nfs01', 'console.log');
    const fails = async (): Promise<void> => {
      made = fakeLab();
      made.consoles.set('nfs01', 'Kernel panic');
      expect((await failureOf(up(spec, progress, controller.signal))).message).to.include('nfs01 died');
      expect(readFileSync(panic, 'utf8')).to.equal('Kernel panic');
    };
    await fails();
    expect(progress.notes.join()).to.include(`what its nodes said last is in ${logs}`);
    await writeFile(join(logs, 'stale'), '');
    await fails();
    expect(existsSync(join(logs, 'stale'))).to.equal(false);
    expect(await readLabs(spec.home, () => Promise.resolve(false))).to.deep.equal([]);
    await down(spec, { purge: false });
    expect(existsSync(panic)).to.equal(true);
    await down(spec, { purge: true });
    expect(existsSync(logs)).to.equal(false);
    await fails();
    made = fakeLab();
    well = true;
    await up(spec, progress, controller.signal);
    expect(existsSync(logs)).to.equal(false);
  });

  it('tells the logs of a lab that was restored and does not get well', async () => {
    const restored = fakeLab();
    restored.consoles.set('nfs02', 'out of memory');
    const { up: bring } = await rig({
      provider: { restore: () => Promise.resolve(restored.lab) },
      stack: {
        health: (_lab, _settings, { signal }) => (
          restored.break('nfs02 died'),
          pause(60_000, signal).then(() => [])
        ),
      },
    });
    const told = new Map<string, string>();
    const onFailedLogs = (files: ReadonlyMap<string, string>): Promise<void> => {
      for (const [name, text] of files) told.set(name, text);
      return Promise.resolve();
    };
    expect((await failureOf(bring({ onFailedLogs }))).message).to.include('nfs02 died');
    expect(told.get('nodes/nfs02/console.log')).to.equal('out of memory');
    expect(restored.closed).to.equal(true);
  });

  it('keeps no logs of a lab whose making was interrupted', async () => {
    const controller = new AbortController();
    const { spec } = await rig({
      known: false,
      stack: {
        health: (_lab, _settings, { signal }) => (controller.abort(), pause(60_000, signal).then(() => [])),
      },
    });
    expect(await failureOf(up(spec, heardProgress(), controller.signal))).to.be.instanceOf(InterruptedError);
    expect(existsSync(join(spec.home, `${spec.name}.failed`))).to.equal(false);
  });

  it('refuses an edition that no image exists for', async () => {
    const { up, asked } = await rig({ known: false, stack: { editions: [] } });
    expect(await failureOf(up())).to.be.instanceOf(HostError);
    expect(asked).to.deep.equal([]);
  });

  it('refuses settings that need what the provider cannot do, before anything is asked of it', async () => {
    const needs: Stack['needs'] = () => [{ capability: 'fence', setting: 'fencing=host' }];
    const lacking = await rig({ stack: { needs } });
    const error = await failureOf(lacking.up());
    expect(error).to.be.instanceOf(HostError);
    expect(error.message).to.equal('qemu cannot fence, and fencing=host of fake-stack needs it');
    expect(error).to.have.property('hint').that.contains('lab list providers');
    expect(lacking.asked).to.deep.equal([]);
    const able = await rig({
      stack: { needs },
      provider: { capabilities: new Set(['fence']), attach: () => Promise.resolve(lab()) },
    });
    expect((await able.up()).how).to.equal('attached');
  });

  it('attaches only to what exists and runs', async () => {
    const unknown = await rig({ known: false });
    expect(await failureOf(attachTo(unknown.spec, unknown.controller.signal))).to.be.instanceOf(UsageError);
    const stopped = await rig();
    expect(await failureOf(attachTo(stopped.spec, stopped.controller.signal))).to.be.instanceOf(RigError);
  });
});

describe('taking a lab down', () => {
  it('waits for nobody: a lab that another command holds, finished or not, is busy', async () => {
    const { spec, asked, remove } = fakeSpec(fakeLab().lab);
    try {
      await withLock(labDirectory(spec.home, spec.name), 'bringing it up', async () => {
        const error = await failureOf(down(spec, { purge: false }));
        expect(error).to.be.instanceOf(HostError);
        expect(error.message).to.include('is bringing it up');
      });
      expect(asked).to.deep.equal([]);
      await down(spec, { purge: false });
      expect(asked).to.deep.equal(['purge']);
    } finally {
      remove();
    }
  });
});
