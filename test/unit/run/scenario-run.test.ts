import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { drawn } from '../../../lab/draw.ts';
import { HostError, InterruptedError, RigError } from '../../../lab/errors.ts';
import type { Fault } from '../../../lab/fault.ts';
import { isDirty, labDirectory, withLock } from '../../../lab/labs.ts';
import { noNfsLock } from '../../../lab/nfs-lock.ts';
import type { Provider } from '../../../lab/provider.ts';
import type { Repeat } from '../../../lab/run/blow.ts';
import { runOnLab } from '../../../lab/run/scenario-run.ts';
import type { ScenarioOptions } from '../../../lab/run/scenario-run.ts';
import type { Scenario } from '../../../lab/scenario.ts';
import type { Stack } from '../../../lab/stack.ts';
import { openStore } from '../../../lab/store/open-store.ts';
import { readRecordFile } from '../../../lab/store/record-files.ts';
import { pause } from '../../../lab/wait.ts';
import { failureOf } from '../../fakes/failure.ts';
import { fakeLab, type FakeLab, type FakeShell } from '../../fakes/lab.ts';
import { fakeSpec, fakeStack, fakeWriters, heardProgress } from '../../fakes/stack.ts';

const told: string[] = [];
const fault: Fault = {
  name: 'halt',
  title: 'halt -f',
  needs: ['power'],
  inject: () => Promise.resolve(),
  proven: () => Promise.resolve({ proof: ['it was seen'] }),
  heal: ({ node }) => {
    told.push(`heal ${node}`);
    return Promise.resolve();
  },
  healed: () => Promise.resolve(),
};

const scenario = (run: Scenario['run'], changes: Partial<Scenario> = {}): Scenario => ({
  name: 'test',
  title: 'A test',
  question: 'does it work?',
  needs: ['power'],
  run,
  checks: [{ name: 'fine', judge: () => ({ verdict: 'pass', message: 'fine' }) }],
  ...changes,
});

describe('a run of a scenario', () => {
  let folder: string;
  const cleanups: (() => void)[] = [];
  beforeEach(() => {
    told.length = 0;
    folder = mkdtempSync(join(tmpdir(), 'lab-scenario-test-'));
    cleanups.push(() => {
      rmSync(folder, { recursive: true });
    });
  });
  afterEach(() => {
    for (const clean of cleanups.splice(0)) clean();
  });

  function rig(parts: { stack?: Partial<Stack>; provider?: Partial<Provider>; shell?: FakeShell } = {}) {
    const fake: FakeLab = fakeLab(parts.shell);
    const { spec, asked, remove } = fakeSpec(fake.lab, fakeStack(parts.stack), parts.provider);
    cleanups.push(remove);
    const controller = new AbortController();
    const writers = fakeWriters();
    const progress = heardProgress();
    return {
      fake,
      spec,
      asked,
      controller,
      writers,
      progress,
      run: (
        what: Scenario,
        options: Pick<ScenarioOptions, 'startLockWatch'> & {
          capture?: boolean;
          repeat?: Repeat;
          outDirectory?: string;
        } = {},
      ) =>
        withLock(labDirectory(spec.home, spec.name), 'test', () =>
          runOnLab(spec, what, {
            outDirectory: folder,
            startProbe: writers.startProbe,
            progress,
            signal: controller.signal,
            ...options,
          }),
        ),
    };
  }

  it('leaves a record that can be read again, with its files, and everything it started ended', async () => {
    const { fake, run, writers, spec } = rig({
      shell: (_node, command) => ({ stdout: command === 'versions' ? 'drbd 8.4.11\n' : 'a log' }),
      stack: { monitors: () => [{ node: 'nfs01', command: 'events', parse: () => undefined }] },
    });
    const { record, directory } = await run(
      scenario(async ({ window, inject, heal, clientsWrite }) => {
        await window({ name: 'failover', title: 'it', from: 'nfs01', cause: 'node-lost' }, async () => {
          await inject(fault, 'nfs01');
          await clientsWrite({ timeoutMs: 500 });
        });
        await heal(fault, 'nfs01');
      }),
    );
    expect(record.verdict).to.equal('pass');
    expect(record.broken).to.equal(null);
    expect(record.versions['nfs01']).to.deep.equal({ drbd: '8.4.11' });
    expect(record.final?.expectedActive).to.equal('nfs01');
    expect(await readRecordFile(join(directory, 'record.json'))).to.deep.equal(record);
    expect(readdirSync(directory).sort()).to.deep.equal([
      'nodes',
      'record.json',
      'samples.json.gz',
      'summary.json',
    ]);
    expect((await openStore(folder).summaries()).map(({ id }) => id)).to.deep.equal([record.id]);
    expect(record.files).to.include('nodes/nfs01/ha-log');
    for (const file of record.files) expect(existsSync(join(directory, file)), file).to.equal(true);
    expect(writers.stopped).to.include.members(['sv01', 'sv02']);
    expect(fake.machine('nfs01').streams.every((stream) => stream.stopped)).to.equal(true);
    expect(fake.done).to.include('stop observing');
    expect(fake.closed).to.equal(true);
    expect(await isDirty(labDirectory(spec.home, spec.name))).to.equal(true);
    expect(told).to.deep.equal(['heal nfs01']);
  });

  it('waits before its first fault as long as was drawn, and only there, and keeps what the draw follows from', async () => {
    const { run } = rig({ stack: { heartbeatIntervalMs: () => 60 } });
    const other = { ...fault };
    const broken = scenario(async ({ inject }) => {
      await inject(fault, 'nfs01');
      await inject(other, 'nfs02');
    });
    const { record } = await run(broken, { repeat: { seed: 7, run: 3, of: 5 } });
    const waitMs = Math.floor(drawn(7, 'test', '3') * 60);
    expect(record.blow).to.deep.equal({ seed: 7, run: 3, of: 5, heartbeatIntervalMs: 60, waitMs });
    const delayed = record.events.filter((event) => event.kind === 'fault-delayed');
    expect(delayed).to.have.length(1);
    const [first] = record.faults;
    expect(first?.injectedMs).to.be.at.least((delayed[0]?.atMs ?? Infinity) + waitMs - 1);
  });

  it('waits before its first window where no fault is the blow, and in no other place', async () => {
    const { run } = rig({ stack: { heartbeatIntervalMs: () => 60 } });
    const ordered = scenario(async ({ window, inject }) => {
      await window({ name: 'switchover', title: 'it', from: 'nfs01', cause: 'planned' }, () =>
        Promise.resolve(),
      );
      await inject(fault, 'nfs01');
    });
    const { record } = await run(ordered, { repeat: { seed: 7, run: 3, of: 5 } });
    const delayed = record.events.filter((event) => event.kind === 'fault-delayed');
    expect(delayed).to.have.length(1);
    const waitMs = record.blow?.waitMs ?? Infinity;
    expect(record.windows[0]?.startMs).to.be.at.least((delayed[0]?.atMs ?? Infinity) + waitMs - 1);
  });

  it('watches a lock where it is told to, concludes it after the scenario, and keeps what became of it', async () => {
    const { fake, run } = rig();
    const done: string[] = [];
    const { record } = await run(
      scenario(() => {
        done.push('scenario');
        return Promise.resolve();
      }),
      {
        startLockWatch: (lab, workload) => {
          done.push(`lock on ${lab.name} in ${workload.kind}`);
          return Promise.resolve({
            conclude: ({ timeoutMs }) => {
              done.push(`conclude within ${String(timeoutMs)}`);
              return Promise.resolve();
            },
            stop: () => {
              done.push('stop');
              return Promise.resolve({ ...noNfsLock, reason: 'so it was' });
            },
          });
        },
      },
    );
    expect(record.locks?.reason).to.equal('so it was');
    expect(done).to.deep.equal(['lock on fake in nfs-append', 'scenario', 'conclude within 120000', 'stop']);
    expect(fake.closed).to.equal(true);
  });

  it('does not wait before its fault when nothing is drawn', async () => {
    const { run } = rig();
    const { record } = await run(
      scenario(async ({ inject }) => {
        await inject(fault, 'nfs01');
      }),
    );
    expect(record.blow).to.equal(null);
    expect(record.events.map((event) => event.kind)).not.to.include('fault-delayed');
  });

  it('does not begin where its record could not be kept', async () => {
    const { run, asked } = rig({});
    writeFileSync(join(folder, 'file'), '');
    const elsewhere = failureOf(
      run(
        scenario(() => Promise.resolve()),
        { outDirectory: join(folder, 'file') },
      ),
    );
    expect(await elsewhere).to.be.instanceOf(HostError);
    expect((await elsewhere).message).to.include('no run can be kept in ');
    expect(asked).to.deep.equal([]);
  });

  it('is unknown before anything starts when the provider lacks a capability', async () => {
    const { run, asked } = rig({ provider: { capabilities: new Set(['power'] as const) } });
    const { record } = await run(scenario(() => Promise.resolve(), { needs: ['power', 'fabric', 'link'] }));
    expect(record.verdict).to.equal('unknown');
    expect(record.broken).to.equal('qemu cannot fabric, link');
    expect(asked).to.deep.equal([]);
  });

  it('is unknown when a machine dies, tells its last words, and is healed and ended', async () => {
    const { run, fake, writers } = rig();
    const { record, directory } = await run(
      scenario(async ({ inject, observe }) => {
        await inject(fault, 'nfs01');
        setImmediate(() => {
          fake.break('the machine of nfs02 died; last lines: panic');
        });
        await observe(60_000);
      }),
    );
    expect(record.verdict).to.equal('unknown');
    expect(record.broken).to.include('nfs02 died').and.include('panic');
    expect(record.events.map((event) => event.kind)).to.include('broken');
    expect(told).to.deep.equal(['heal nfs01']);
    expect(writers.stopped).to.have.members(['sv01', 'sv02']);
    expect(fake.closed).to.equal(true);
    expect((await readRecordFile(join(directory, 'record.json'))).broken).to.equal(record.broken);
  });

  it('heals and ends everything when it is interrupted, then says so; no record is left', async () => {
    const { run, controller, writers, fake } = rig({
      stack: { monitors: () => [{ node: 'nfs02', command: 'events', parse: () => undefined }] },
    });
    const error = await failureOf(
      run(
        scenario(async ({ inject, observe }) => {
          await inject(fault, 'nfs01');
          setImmediate(() => {
            controller.abort();
          });
          await observe(60_000);
        }),
      ),
    );
    expect(error).to.be.instanceOf(InterruptedError);
    expect(told).to.deep.equal(['heal nfs01']);
    expect(writers.stopped).to.have.members(['sv01', 'sv02']);
    expect(fake.machine('nfs02').streams.every((stream) => stream.stopped)).to.equal(true);
    expect(fake.closed).to.equal(true);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('heals and ends everything when the scenario itself has a bug, which is told as one', async () => {
    const { run, writers, fake } = rig();
    const bug = new TypeError('a bug');
    const error = await failureOf(
      run(
        scenario(async ({ inject }) => {
          await inject(fault, 'nfs01');
          throw bug;
        }),
      ),
    );
    expect(error).to.equal(bug);
    expect(told).to.deep.equal(['heal nfs01']);
    expect(writers.stopped).to.have.members(['sv01', 'sv02']);
    expect(fake.closed).to.equal(true);
  });

  it('keeps a capture of each network when it is asked to, and leaves no other file', async () => {
    const { run, fake } = rig();
    const { record, directory } = await run(
      scenario(() => Promise.resolve()),
      { capture: true },
    );
    for (const { name } of fake.lab.topology.networks) {
      expect(record.files).to.include(`${name}.pcap`);
      expect(readFileSync(join(directory, `${name}.pcap`), 'utf8')).to.equal('frames');
    }
    expect(readdirSync(folder).filter((entry) => entry.startsWith('.capturing-'))).to.deep.equal([]);
  });

  it('judges a cluster that does not recover, instead of calling the rig broken', async () => {
    const { run } = rig({ stack: { redundant: () => Promise.resolve({ ok: false, found: 'StandAlone' }) } });
    const { record } = await run(
      scenario(
        async ({ inject, redundant }) => {
          await inject(fault, 'nfs01');
          await redundant({ timeoutMs: 30 });
        },
        { checks: [{ name: 'bad', judge: () => ({ verdict: 'fail', message: 'it did not' }) }] },
      ),
    );
    expect(record.broken).to.equal(null);
    expect(record.verdict).to.equal('fail');
    expect(record.events.find((event) => event.kind === 'not-recovered')?.text).to.include('StandAlone');
    expect(told).to.deep.equal(['heal nfs01']);
    const kinds = record.events.map(({ kind }) => kind);
    expect(kinds.indexOf('fault-healed')).to.be.above(kinds.indexOf('not-recovered'));
  });

  it('keeps the logs of the nodes that still answer when it broke', async () => {
    const { run } = rig({
      shell: (node) => (node === 'nfs01' ? Promise.reject(new RigError('no route')) : { stdout: 'a log' }),
    });
    const { record, directory } = await run(scenario(() => Promise.reject(new RigError('it broke'))));
    expect(record.broken).to.equal('it broke');
    expect(readFileSync(join(directory, 'nodes/nfs02/ha-log'), 'utf8')).to.equal('a log');
    expect(readFileSync(join(directory, 'nodes/nfs01/ha-log'), 'utf8')).to.include('no route');
  });

  it('is unknown when the lab does not come up, but a host that cannot do it is an error', async () => {
    const broken = rig({ provider: { up: () => Promise.reject(new RigError('no boot')) } });
    const { record } = await broken.run(scenario(() => Promise.resolve()));
    expect(record.verdict).to.equal('unknown');
    expect(record.broken).to.include('did not come up: no boot');
    const poor = rig({ provider: { up: () => Promise.reject(new HostError('no memory')) } });
    expect(await failureOf(poor.run(scenario(() => Promise.resolve())))).to.be.instanceOf(HostError);
  });

  it('keeps the logs of a lab that was made and did not come up', async () => {
    const { fake, run } = rig({
      shell: () => ({ stdout: 'a log' }),
      stack: {
        health: (_lab, _settings, { signal }) => (
          fake.break('nfs01 died'),
          pause(60_000, signal).then(() => [])
        ),
      },
    });
    fake.consoles.set('nfs01', 'Kernel panic');
    const { record, directory } = await run(scenario(() => Promise.resolve()));
    expect(record.broken).to.include('the lab did not come up: ').and.include('nfs01 died');
    expect(record.files).to.include.members(['nodes/nfs01/console.log', 'nodes/nfs02/ha-log']);
    expect(readFileSync(join(directory, 'nodes/nfs01/console.log'), 'utf8')).to.equal('Kernel panic');
    expect(readFileSync(join(directory, 'nodes/nfs02/ha-log'), 'utf8')).to.equal('a log');
  });

  it('ends what it began when its witnesses cannot be started', async () => {
    const { run, fake } = rig({
      stack: {
        monitors: () => {
          throw new RigError('no monitors');
        },
      },
    });
    const { record } = await run(scenario(() => pause(60_000)));
    expect(record.broken).to.equal('no monitors');
    expect(fake.done).to.include('stop observing');
    expect(fake.closed).to.equal(true);
  });
});
