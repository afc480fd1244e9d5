import { expect } from 'chai';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Night } from '../../../lab/night.ts';
import { cellKey } from '../../../lab/night.ts';
import { keepNight, nightDirectory } from '../../../lab/store/night-files.ts';
import { openStore } from '../../../lab/store/open-store.ts';
import { exampleRecord } from '../../fixtures/record.ts';
import { inFolder, runLab } from './run-lab.ts';

const hostClass = 'tcg / AMD EPYC 7763, 2 cores / unknown';

/** Two nights of one cell with one run each, and a run by hand on another kind of host. */
async function withRuns(work: (folder: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const results = join(folder, 'lab-results');
    const store = openStore(results);
    const nights = ['night-1', 'night-2'];
    for (const [i, night] of nights.entries()) {
      const versions = { nfs01: { 'drbd-utils': `9.${String(i)}` } };
      await store.keep(exampleRecord({ id: `run-${String(i + 1)}`, versions }), { night });
      await keepNight(results, nightWith(night, `run-${String(i + 1)}`));
    }
    await store.keep(exampleRecord({ id: 'run-3', accelerator: 'kvm' }));
    await work(folder);
  });
}

function nightWith(id: string, run: string): Night {
  const named = { stack: 'heartbeat-sarge', edition: 'current' as const, label: null, scenario: 'hard-halt' };
  const key = cellKey(named);
  return {
    schema: 1,
    id,
    startedAt: '2026-11-22T01:00:00.000Z',
    endedAt: null,
    hostClass,
    provider: 'qemu',
    seed: 1,
    shard: null,
    cells: [
      {
        key,
        ...named,
        settings: {},
        repeats: 1,
        estimate: { runSeconds: 1, provisionSeconds: 1, from: 'a fixture' },
      },
    ],
    attempts: [{ cell: key, repeat: 1, attempt: 1, run, outcome: 'measured' }],
    leftOut: [],
  };
}

describe('lab compare', () => {
  it('puts two runs side by side, by id and by folder', () =>
    withRuns(async (folder) => {
      const { code, stdout } = await runLab(folder, ['compare', 'run-1', join('lab-results', 'run-2')]);
      expect(code).to.equal(0);
      expect(stdout).to.match(/failover +A +B +change\nstall +28\.4 s +28\.4 s +±0 s\n/);
      expect(stdout).to.contain('drbd-utils on nfs01: 9.0 -> 9.1');
    }));

  it('puts two nights side by side, and names versions from their records', () =>
    withRuns(async (folder) => {
      const { code, stdout } = await runLab(folder, ['compare', 'night-1', 'night-2', '--json']);
      expect(code).to.equal(0);
      const comparison = JSON.parse(stdout) as { kind: string; cells: Record<string, unknown>[] };
      expect(comparison.kind).to.equal('nights');
      expect(comparison.cells[0]).to.deep.include({
        cell: 'heartbeat-sarge/hard-halt',
        stall: { a: 28.412, b: 28.412, difference: 0 },
        versions: [{ name: 'drbd-utils on nfs01', a: '9.0', b: '9.1' }],
      });
    }));

  it('computes no difference between kinds of hosts', () =>
    withRuns(async (folder) => {
      const { code, stdout } = await runLab(folder, ['compare', 'run-1', 'run-3']);
      expect(code).to.equal(0);
      expect(stdout).to.contain('warning: different kinds of hosts');
      expect(stdout).not.to.contain('±0 s');
    }));

  it('refuses a night beside a run, what is not there, and a night that cannot be read', () =>
    withRuns(async (folder) => {
      const broken = nightDirectory(join(folder, 'lab-results'), 'night-3');
      await mkdir(broken, { recursive: true });
      await writeFile(join(broken, 'night.json'), '{');
      const wrong: [string[], string][] = [
        [['night-1', 'run-1'], '"night-1" is a night and "run-1" is not'],
        [['run-1', 'night-1'], '"night-1" is a night and "run-1" is not'],
        [['run-1', 'run-9'], 'there is no run "run-9"'],
        [['night-1', 'night-3'], 'night night-3 cannot be read'],
        [['run-1'], "missing required argument 'other'"],
      ];
      for (const [asked, says] of wrong) {
        const { code, stdout, stderr } = await runLab(folder, ['compare', ...asked]);
        expect(code, says).to.equal(64);
        expect(stdout).to.equal('');
        expect(stderr).to.contain(says);
      }
    }));
});
