import { expect } from 'chai';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inFolder, runLab } from './run-lab.ts';

interface PlanText {
  stack: string;
  edition: string;
  settings: Record<string, unknown>;
}

async function planOf(folder: string, argv: readonly string[]): Promise<PlanText> {
  const { stdout, stderr, code } = await runLab(folder, ['plan', ...argv, '--json']);
  expect(stderr).to.equal('');
  expect(code).to.equal(0);
  return JSON.parse(stdout) as PlanText;
}

describe('lab plan', () => {
  it('prints the plan with the settings that were asked for', () =>
    inFolder(async (folder) => {
      const plan = await planOf(folder, [
        '--set',
        'deadtime=7',
        'heartbeat-sarge',
        '--set',
        'nfs.version=4.2',
      ]);
      expect(plan).to.include({ stack: 'heartbeat-sarge', edition: 'current' });
      expect(plan.settings).to.include({ deadtime: 7 });
      expect(String(plan.settings['nfs.version'])).to.equal('4.2');
    }));

  it('prints a runbook, and scripts that sh can read', () =>
    inFolder(async (folder) => {
      const runbook = await runLab(folder, ['plan', 'heartbeat-sarge']);
      expect(runbook.stdout).to.match(/^# /);
      const scripts = await runLab(folder, ['plan', 'heartbeat-sarge', '--format', 'sh']);
      expect(scripts.stdout).to.match(/^#!\/bin\/sh/);
    }));

  it('writes one executable script per node with --out, and names them', () =>
    inFolder(async (folder) => {
      const out = join(folder, 'with space');
      const { stdout } = await runLab(folder, ['plan', 'heartbeat-sarge', '--format', 'sh', '--out', out]);
      const files = ['nfs01.sh', 'nfs02.sh', 'sv01.sh', 'sv02.sh'];
      expect((await readdir(out)).sort()).to.deep.equal(files);
      expect(stdout.trim().split('\n').sort()).to.deep.equal(files.map((file) => join(out, file)));
      expect((await stat(join(out, 'nfs01.sh'))).mode & 0o111).to.equal(0o111);
      expect(await readFile(join(out, 'nfs01.sh'), 'utf8')).to.match(/^#!\/bin\/sh/);
    }));

  it('takes stack, edition and settings from lab.yaml, nested or dotted, and a flag before them', () =>
    inFolder(async (folder) => {
      await writeFile(
        join(folder, 'lab.yaml'),
        'stack: heartbeat-sarge\nedition: current\nsettings:\n  deadtime: 8\n  nfs:\n    leaseTime: 20\n',
      );
      const fromFile = await planOf(folder, []);
      expect(fromFile.settings).to.include({ deadtime: 8, 'nfs.leaseTime': 20 });
      const fromFlag = await planOf(folder, ['--set', 'deadtime=9', '--edition', 'period']);
      expect(fromFlag.settings).to.include({ deadtime: 9, 'nfs.leaseTime': 20 });
      expect(fromFlag.edition).to.equal('period');
    }));

  for (const { text, says } of [
    {
      text: 'stack: heartbeat-sarge\nsettings:\n  deadtine: 8\n',
      says: /lab\.yaml:3: .*"deadtine"\nhint: .*deadtime/,
    },
    {
      text: 'stack: heartbeat-sarge\nsettings:\n  nfs:\n    version: 9\n',
      says: /lab\.yaml:4: nfs\.version cannot be 9/,
    },
    { text: 'stack: heartbeat-sage\n', says: /unknown stack "heartbeat-sage"/ },
  ])
    it(`refuses a lab.yaml of ${JSON.stringify(text)}`, () =>
      inFolder(async (folder) => {
        await writeFile(join(folder, 'lab.yaml'), text);
        const { code, stderr } = await runLab(folder, ['plan']);
        expect(stderr).to.match(says);
        expect(code).to.equal(64);
      }));
});
