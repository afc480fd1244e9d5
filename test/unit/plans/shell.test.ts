import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { UsageError } from '../../../lab/errors.ts';
import type { Plan, PlanStep } from '../../../lab/plan.ts';
import { installCommand, renderShell } from '../../../lab/plans/shell.ts';
import { planOf } from './plan-of.ts';

function planWith(steps: PlanStep[]): Plan {
  return { ...planOf('current'), sections: [{ title: 'Test', steps }] };
}

describe('a plan as shell scripts', () => {
  for (const edition of ['current', 'period'] as const)
    it(`parses for every node of edition ${edition}`, () => {
      const plan = planOf(edition, { 'nfs.mountOptions': 'hard,proto=tcp,timeo=600' });
      for (const node of plan.nodes)
        execFileSync('sh', ['-n'], { input: renderShell(plan, node.name), stdio: ['pipe', 'pipe', 'pipe'] });
    });

  it('does on a node what the plan says for it, and nothing else', () => {
    const script = renderShell(planOf('current'), 'nfs02');
    expect(script).to.contain('rm -rf /var/lib/nfs');
    expect(script).not.to.contain('mkfs.ext4');
    expect(script).not.to.contain('/etc/fstab');
  });

  it('stops where another node must come first', () => {
    const script = renderShell(planOf('current'), 'nfs02');
    expect(script).to.match(/^barrier .*Move \/var\/lib\/nfs and create the export" is done on nfs01/m);
    expect(renderShell(planOf('current'), 'sv01')).to.match(/^barrier .*done on nfs01/m);
  });

  it('names the nearest node when the plan has none of that name', () => {
    expect(() => renderShell(planOf('current'), 'nfs03')).to.throw(UsageError, '"nfs03"');
  });

  describe('when it is run', () => {
    let folder = '';
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'lab-plan-'));
    });
    afterEach(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    it('writes any content to the byte, with its mode', () => {
      const contents = [
        'plain\n',
        'END_OF_FILE\nEND_OF_FILE_\n$(touch /nowhere) `id` \\ "\'\n',
        'no end of line',
        "it's\n\n\ttabs and $HOME",
        '\n',
      ];
      const plan = planWith(
        contents.map((content, n) => ({
          kind: 'file',
          title: "Write it's file\nreboot",
          nodes: ['nfs01'],
          path: join(folder, `sub dir/file'${String(n)}`),
          mode: 0o600,
          content,
        })),
      );
      const { status, stderr } = spawnSync('sh', { input: renderShell(plan, 'nfs01'), encoding: 'utf8' });
      expect(stderr).to.equal('');
      expect(status).to.equal(0);
      contents.forEach((content, n) => {
        const path = join(folder, `sub dir/file'${String(n)}`);
        expect(readFileSync(path, 'utf8')).to.equal(content);
        expect(statSync(path).mode & 0o777).to.equal(0o600);
      });
    });

    it('ends at the first command that fails', () => {
      const plan = planWith([
        {
          kind: 'run',
          title: 'Fail',
          nodes: ['nfs01'],
          commands: ['false', `touch ${folder}/reached`],
          timeoutMs: 1000,
        },
      ]);
      expect(spawnSync('sh', { input: renderShell(plan, 'nfs01') }).status).not.to.equal(0);
      expect(() => statSync(`${folder}/reached`)).to.throw('ENOENT');
    });

    it('gives a wait up after its time and tells the last state', () => {
      const plan = planWith([
        {
          kind: 'wait',
          title: 'Wait',
          nodes: ['nfs01'],
          awaited: "the peer's end",
          until: 'echo "still $((1 + 1))"; false',
          timeoutMs: 900,
        },
      ]);
      const { status, stderr } = spawnSync('sh', { input: renderShell(plan, 'nfs01'), encoding: 'utf8' });
      expect(status).to.equal(1);
      expect(stderr).to.equal("waited 1 s for the peer's end; last seen: still 2\n");
    });
  });

  it('installs nothing when nothing is missing, and quotes names', () => {
    expect(installCommand(['a b', 'c'])).to.contain("for package in 'a b' c; do");
  });
});
