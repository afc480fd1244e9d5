import { expect } from 'chai';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Explanation } from '../../../reports/explain.ts';
import { brokenRecord } from '../../fixtures/bad-records.ts';
import { recordOfSchema1 } from '../../fixtures/old-record.ts';
import { exampleRecord } from '../../fixtures/record.ts';
import { inFolder, runLab } from './run-lab.ts';

async function keep(folder: string, record: { id: string }): Promise<void> {
  const directory = join(folder, 'lab-results', record.id);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'record.json'), JSON.stringify(record));
}

describe('lab explain', () => {
  it('explains the latest run in sentences', () =>
    inFolder(async (folder) => {
      await keep(folder, exampleRecord({ id: '2026-01-01-a', stack: 'older' }));
      await keep(folder, exampleRecord({ id: '2026-01-02-b' }));
      const { code, stdout } = await runLab(folder, ['explain']);
      expect(stdout).to.contain('2026-01-02-b');
      expect(stdout.replace(/\s+/g, ' ')).to.contain(
        '9.1 s of 28.4 s detect: the cluster waited for deadtime=10',
      );
      expect(stdout).not.to.contain('\u001b[');
      expect(code).to.equal(0);
    }));

  it('gives the same sentences as data', () =>
    inFolder(async (folder) => {
      await keep(folder, exampleRecord({ id: '2026-01-01-a' }));
      const { stdout } = await runLab(folder, ['explain', '2026-01-01-a', '--json']);
      const explanation = JSON.parse(stdout) as Explanation;
      expect(explanation.windows[0]?.parts[0]).to.include({ phase: 'detect', seconds: 9.104 });
    }));

  it('explains a record of schema 1', () =>
    inFolder(async (folder) => {
      await keep(folder, { ...recordOfSchema1(), id: '2025-01-01-old' });
      const { code, stdout } = await runLab(folder, ['explain']);
      expect(stdout).to.contain('failover: ');
      expect(code).to.equal(0);
    }));

  it('refuses a run that measured nothing, with the reason that its record gives', () =>
    inFolder(async (folder) => {
      await keep(folder, { ...brokenRecord('nfs02 did not boot'), id: '2026-01-01-a' });
      const { code, stderr } = await runLab(folder, ['explain']);
      expect(stderr).to.contain('no stall to explain in 2026-01-01-a: nfs02 did not boot');
      expect(code).to.equal(64);
    }));

  it('names the nearest runs for one that is not there, and says where it looked when there is none', () =>
    inFolder(async (folder) => {
      expect((await runLab(folder, ['explain'])).stderr).to.contain('there is no run in');
      await keep(folder, exampleRecord({ id: '2026-01-01-a' }));
      const { code, stderr } = await runLab(folder, ['explain', '2026-01-01-b']);
      expect(stderr).to.contain('did you mean 2026-01-01-a');
      expect(code).to.equal(64);
    }));
});
