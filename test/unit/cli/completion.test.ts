import { expect } from 'chai';
import { execa } from 'execa';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scenarios } from '../../../lab/cli/registry.ts';
import { inFolder, runLab } from './run-lab.ts';

describe('completion in bash', () => {
  it('offers what the words before the cursor allow', () =>
    inFolder(async (folder) => {
      const { stdout } = await runLab(folder, ['completion', 'bash']);
      const script = join(folder, 'lab.bash');
      await writeFile(script, stdout);
      await mkdir(join(folder, '.lab', 'mine'), { recursive: true });
      await mkdir(join(folder, 'lab-results', 'nights', 'night-1'), { recursive: true });
      const questions: { words: string[]; offers: string[] }[] = [
        { words: ['s'], offers: ['status', 'ssh', 'scenario', 'sweep'] },
        { words: ['scenario', ''], offers: scenarios.map(({ name }) => name) },
        { words: ['scenario', 'hard'], offers: ['hard-halt'] },
        {
          words: ['scenario', 'hard-halt', '--stack', 'heart'],
          offers: ['heartbeat-sarge', 'heartbeat-etch-apache', 'heartbeat-etch-iscsi', 'heartbeat-lenny-vm'],
        },
        {
          words: ['scenario', 'hard-halt', '--stack', 'heartbeat-etch-a'],
          offers: ['heartbeat-etch-apache'],
        },
        { words: ['plan', 'heartbeat-sarge', '--set', 'dead'], offers: ['deadtime='] },
        { words: ['plan', '--form'], offers: ['--format'] },
        { words: ['--name', 'x', 'ssh', 'nfs0'], offers: ['nfs01', 'nfs02'] },
        { words: ['up', '--pu'], offers: [] },
        { words: ['down', '--pu'], offers: ['--purge'] },
        { words: ['down', 'm'], offers: ['mine'] },
        { words: ['status', '--name', ''], offers: ['mine'] },
        { words: ['list', 'ru'], offers: ['runs'] },
        { words: ['list', 'runs', '--scenario', 'link'], offers: ['link-flap'] },
        { words: ['list', 'runs', '--night', 'n'], offers: ['night-1'] },
        { words: ['prune', '--keep'], offers: ['--keep', '--keep-nights'] },
        { words: ['ssh', 'nfs01', '--', 'n'], offers: [] },
      ];
      const asks = questions.map(({ words }) => `ask lab ${words.map((word) => `'${word}'`).join(' ')}`);
      const program = [
        'source ./lab.bash || exit 1',
        'ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lab; echo "${COMPREPLY[*]}"; }',
        ...asks,
      ].join('\n');
      await execa('bash', ['-n', script]);
      const answers = (await execa('bash', ['-c', program], { cwd: folder, stripFinalNewline: false }))
        .stdout;
      expect(answers.split('\n').slice(0, -1)).to.deep.equal(questions.map(({ offers }) => offers.join(' ')));
    }));
});

describe('completion in other shells', () => {
  it('names the commands, stacks and settings', () =>
    inFolder(async (folder) => {
      for (const shell of ['zsh', 'fish']) {
        const { stdout } = await runLab(folder, ['completion', shell]);
        for (const word of ['scenario', 'heartbeat-sarge', 'deadtime=', 'hard-halt', 'nfs01'])
          expect(stdout).to.contain(word);
      }
    }));
});
