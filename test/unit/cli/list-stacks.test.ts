import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { stacks } from '../../../lab/cli/registry.ts';
import { describeRuns, stackRuns, type StackRuns } from '../../../lab/cli/stack-runs.ts';
import type { RunRecord } from '../../../lab/record.ts';
import { heartbeatSarge } from '../../../provisioners/heartbeat-sarge.ts';
import { exampleRecord } from '../../fixtures/record.ts';
import { inFolder, runLab } from './run-lab.ts';

const run = (startedAt: string, changes: Partial<RunRecord> = {}): RunRecord =>
  exampleRecord({ id: startedAt, startedAt: `${startedAt}T20:00:00.000Z`, ...changes });

async function keep(folder: string, record: RunRecord): Promise<void> {
  const directory = join(folder, 'lab-results', record.id);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'record.json'), JSON.stringify(record));
}

describe('what is known of a stack from records', () => {
  const current = (records: readonly RunRecord[]) => {
    const [first] = stackRuns(heartbeatSarge, records).editions;
    if (first?.edition !== 'current') throw new Error('the first edition is another one');
    return first;
  };

  it('is the newest pass and the newest failure of the history, whatever the clocks said', () => {
    const found = current([
      run('2026-03-02'),
      run('2026-03-05'),
      run('2026-03-01', { verdict: 'fail' }),
      run('2026-03-04', { scenario: 'link-flap', provider: 'libvirt' }),
    ]);
    expect(found.newestPass).to.deep.equal({
      run: '2026-03-04',
      scenario: 'link-flap',
      provider: 'libvirt',
      startedAt: '2026-03-04T20:00:00.000Z',
    });
    expect(found.newestFail?.run).to.equal('2026-03-01');
    expect(describeRuns(found)).to.equal('link-flap passed 2026-03-04; hard-halt failed 2026-03-01');
  });

  it('is nothing where the verdict is unknown, or the run was of another stack or edition', () => {
    const others = [
      run('2026-03-01', { verdict: 'unknown' }),
      run('2026-03-02', { stack: 'heartbeat-etch-apache' }),
      run('2026-03-03', { edition: 'period' }),
    ];
    expect(current(others)).to.include({ ran: false, newestPass: null, newestFail: null });
    expect(describeRuns(current(others))).to.equal('no record of a run here');
  });

  it('says of a period edition that it is only rendered, until it has run', () => {
    const period = (records: readonly RunRecord[]): string =>
      stackRuns(heartbeatSarge, records)
        .editions.filter(({ edition }) => edition === 'period')
        .map(describeRuns)
        .join();
    expect(period([run('2026-03-01')])).to.equal('rendered only, never run');
    expect(period([run('2026-03-01', { edition: 'period', verdict: 'fail' })])).to.equal(
      'hard-halt failed 2026-03-01',
    );
  });
});

describe('lab list stacks', () => {
  const told = async (folder: string): Promise<StackRuns[]> =>
    JSON.parse((await runLab(folder, ['list', 'stacks', '--json'])).stdout) as StackRuns[];

  it('names every stack with its article and every edition with its platform, without a record too', () =>
    inFolder(async (folder) => {
      const rows = await told(folder);
      expect(rows.map(({ name }) => name)).to.deep.equal(stacks.map(({ name }) => name));
      for (const [n, { title, article, editions }] of rows.entries()) {
        expect({ title, article }).to.deep.equal({ title: stacks[n]?.title, article: stacks[n]?.article });
        expect(editions.map(({ edition }) => edition)).to.deep.equal(stacks[n]?.editions);
        expect(editions.every(({ ran, platform }) => !ran && platform !== '')).to.equal(true);
      }
    }));

  it('shows what ran and when as a table, with the article last', () =>
    inFolder(async (folder) => {
      await keep(folder, run('2026-03-01'));
      await keep(folder, run('2026-03-02', { verdict: 'fail' }));
      const { code, stdout } = await runLab(folder, ['list', 'stacks']);
      expect(code).to.equal(0);
      const { article } = heartbeatSarge;
      const lines = stdout.split('\n').filter((line) => line.startsWith('heartbeat-sarge '));
      expect(lines).to.have.length(2);
      expect(lines[0]).to.match(
        / current +debian-12 +hard-halt passed 2026-03-01; hard-halt failed 2026-03-02 /,
      );
      expect(lines[1]).to.match(/ period +debian-sarge +rendered only, never run /);
      for (const line of lines)
        expect(line.endsWith(`${article.title} (${article.author}, ${article.date})`)).to.equal(true);
    }));

  it('looks into the folder that it is told', () =>
    inFolder(async (folder) => {
      await keep(folder, run('2026-03-01'));
      const { stdout } = await runLab(folder, ['list', 'stacks', '--out', 'elsewhere']);
      expect(stdout).not.to.contain('passed');
    }));

  it('leaves a record out that cannot be read, and names it', () =>
    inFolder(async (folder) => {
      await keep(folder, run('2026-03-01'));
      const broken: [string, string][] = [
        ['2026-03-02', '{'],
        ['2026-03-03', JSON.stringify({ ...run('2026-03-03'), stallSeconds: 'long' })],
        ['2026-03-04', JSON.stringify({ ...run('2026-03-04'), schema: 999 })],
      ];
      for (const [name, text] of broken) {
        await mkdir(join(folder, 'lab-results', name));
        await writeFile(join(folder, 'lab-results', name, 'record.json'), text);
      }
      const { code, stdout, stderr } = await runLab(folder, ['list', 'stacks', '--json']);
      expect(code).to.equal(0);
      const found = (JSON.parse(stdout) as StackRuns[]).find(({ name }) => name === 'heartbeat-sarge');
      expect(found?.editions[0]?.newestPass?.run).to.equal('2026-03-01');
      for (const [name] of broken) expect(stderr).to.contain(`the record of ${name} is left out: `);
    }));
});
