import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepSharded, keepWhole, nightOf } from '../../fixtures/night-folders.ts';
import { inFolder, runLab } from './run-lab.ts';

const runs = ['a', 'b'].flatMap((stack) =>
  [20, 20.25].map((stallSeconds) => ({ stack, scenario: 'hard-halt', stallSeconds })),
);

describe('lab report merge and lab report --night', () => {
  it('make one night of its shards, and draw it again', () =>
    inFolder(async (folder) => {
      const shards = ['shards/1', 'shards/2'];
      await keepSharded(
        shards.map((name) => join(folder, name)),
        nightOf(runs),
        (cell) => (cell.startsWith('a') ? 1 : 2),
      );
      const merged = await runLab(folder, [
        'report',
        'merge',
        ...shards,
        '--out',
        'all',
        '--reports',
        'night',
      ]);
      expect([merged.code, merged.stderr]).to.deep.equal([0, '']);
      expect(merged.stdout).to.match(/^all: 4 runs copied, 0 runs there already\n/);
      expect(readFileSync(join(folder, 'night', 'junit.xml'), 'utf8')).to.contain('<testsuite');
      const again = await runLab(folder, ['report', '--night', '--out', 'all']);
      expect([again.code, again.stderr]).to.deep.equal([0, '']);
      expect(again.stdout).to.contain('page: all/nights/night-20261122T010000Z/night.html');
      const alone = await runLab(folder, ['report', 'merge', 'shards/2', '--out', 'half']);
      expect(alone.code).to.equal(2);
      expect(alone.stderr).to.contain('shard 1 of 2 is missing');
    }));

  it('refuse what is none, each in its own words', () =>
    inFolder(async (folder) => {
      await keepWhole(join(folder, 'lab-results'), nightOf(runs));
      writeFileSync(join(folder, 'nightly.yaml'), 'rules: { shiftShare: big }\n');
      const wrong: [string[], string][] = [
        [['report', '--reports', 'x'], '--reports is about a night'],
        [['report', 'merge', 'none', '--config', 'none.yaml'], 'none.yaml cannot be read'],
        [['report', '--night'], 'nightly.yaml:1'],
        [['report', '--night', 'a', 'b'], 'one night at a time'],
        [['report', '--night', '--out', 'none'], 'there is no night in'],
      ];
      for (const [argv, message] of wrong) {
        const { code, stderr } = await runLab(folder, argv);
        expect([code, stderr.includes(message)], stderr).to.deep.equal([64, true]);
      }
    }));
});
