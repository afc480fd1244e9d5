import { expect } from 'chai';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verbOf, verbs } from '../../../lab/cli/verbs.ts';
import { inFolder, runLab } from './run-lab.ts';

const usageErrors: { argv: string[]; says: RegExp }[] = [
  { argv: [], says: /which command/ },
  { argv: ['plna'], says: /did you mean plan\?/ },
  {
    argv: ['plan', 'heartbeat-sage'],
    says: /unknown stack "heartbeat-sage"\nhint: did you mean heartbeat-sarge/,
  },
  { argv: ['up', 'heartbeat-sage'], says: /did you mean heartbeat-sarge/ },
  { argv: ['plan'], says: /which stack\?/ },
  { argv: ['plan', 'heartbeat-sarge', '--fromat', 'md'], says: /did you mean --format\?/ },
  { argv: ['plan', 'heartbeat-sarge', '--format', 'yaml'], says: /unknown format "yaml"/ },
  { argv: ['plan', 'heartbeat-sarge', '--edition', 'curent'], says: /did you mean current\?/ },
  { argv: ['plan', 'heartbeat-sarge', '--set', 'deadtine=9'], says: /did you mean deadtime/ },
  { argv: ['plan', 'heartbeat-sarge', '--set', 'deadtime'], says: /not of the form name=value/ },
  { argv: ['plan', 'heartbeat-sarge', '--set', 'deadtime=soon'], says: /deadtime/ },
  {
    argv: ['plan', 'heartbeat-sarge', '--set', 'deadtime=1'],
    says: /deadtime.*longer than twice keepalive/s,
  },
  { argv: ['up', 'heartbeat-sarge', '--set', 'deadtime=1'], says: /deadtime.*longer than twice keepalive/s },
  { argv: ['scenario', 'hard-hlt'], says: /did you mean hard-halt\?/ },
  {
    argv: ['scenario', 'kill-tgtd', '--stack', 'heartbeat-sarge'],
    says: /kill-tgtd makes no sense on heartbeat-sarge: nothing of .*\nhint: --stack heartbeat-etch-iscsi/,
  },
  { argv: ['scenario', 'hard-halt', '--repeat', '0'], says: /--repeat "0"/ },
  {
    argv: ['scenario', 'hard-halt', '--stack', 'heartbeat-sarge', '--provider', 'quemu'],
    says: /did you mean qemu/,
  },
  { argv: ['up', 'heartbeat-sarge', '--name', '../x'], says: /cannot be the name of a lab/ },
  { argv: ['list', 'stack'], says: /did you mean stacks/ },
  { argv: ['ssh'], says: /missing required argument 'node'/ },
  { argv: ['ssh', 'nfs01'], says: /there is no lab in / },
  { argv: ['logs', '--lines', 'many'], says: /--lines "many"/ },
  { argv: ['down', 'mine', '--all'], says: /contradict/ },
  { argv: ['report', '2026'], says: /there is no run "2026"/ },
  { argv: ['completion', 'bsh'], says: /did you mean .*bash/ },
];

describe('the command line', () => {
  for (const { argv, says } of usageErrors)
    it(`ends with 64 and a hint after: lab ${argv.join(' ')}`, () =>
      inFolder(async (folder) => {
        const { code, stdout, stderr } = await runLab(folder, argv);
        expect(stderr).to.match(says);
        expect(stderr).to.match(/^lab: .*\nhint: .*\n$/s);
        expect(stderr).not.to.contain('    at ');
        expect(stdout).to.equal('');
        expect(code).to.equal(64);
      }));

  it('shows a stack trace with --verbose only', () =>
    inFolder(async (folder) => {
      const { stderr } = await runLab(folder, ['plan', 'nothing', '--verbose']);
      expect(stderr).to.contain('    at ');
    }));

  it('has examples in the help of every command', () =>
    inFolder(async (folder) => {
      for (const { name } of verbs) {
        const { code, stdout } = await runLab(folder, [name, '--help']);
        expect(code).to.equal(0);
        expect(stdout).to.match(/Examples:\n {2}\S*.*lab /s);
        expect(stdout).to.contain('--json');
      }
    }));

  it('lists every command in its help', () =>
    inFolder(async (folder) => {
      const { code, stdout, stderr } = await runLab(folder, ['--help']);
      for (const { name } of verbs) expect(stdout).to.match(new RegExp(`^  ${name} `, 'm'));
      expect(stderr).to.equal('');
      expect(code).to.equal(0);
    }));

  it('finds the verb behind options that take a value', () => {
    expect(verbOf(['--name', 'up', 'status'])).to.equal('status');
    expect(verbOf(['--json', 'list', 'labs'])).to.equal('list');
    expect(verbOf(['help', 'plan'])).to.equal('plan');
    expect(verbOf(['--version'])).to.equal(undefined);
  });
});

describe('lab list', () => {
  it('prints JSON and nothing else with --json, before and after the verb', () =>
    inFolder(async (folder) => {
      for (const argv of [
        ['list', 'stacks', '--json'],
        ['--json', 'list', 'stacks'],
      ]) {
        const { stdout, stderr } = await runLab(folder, argv);
        const rows = JSON.parse(stdout) as { name: string }[];
        expect(rows.map((row) => row.name)).to.include('heartbeat-sarge');
        expect(stderr).to.equal('');
      }
    }));

  it('shows what each provider can do', () =>
    inFolder(async (folder) => {
      const { stdout } = await runLab(folder, ['list', 'providers', '--json']);
      const rows = JSON.parse(stdout) as { name: string; capabilities: string[] }[];
      expect(rows.map(({ name }) => name)).to.deep.equal(['qemu', 'virtualbox', 'libvirt']);
      expect(rows[0]?.capabilities).to.include('fabric');
      expect(rows[2]?.capabilities).to.include('link').and.not.include('fabric');
      const table = (await runLab(folder, ['list', 'providers'])).stdout;
      expect(table).to.match(/^virtualbox .*power, pause, link, snapshot, network-rules$/m);
      expect(table).to.match(/^qemu .*fence$/m);
    }));

  it('shows every setting with its unit and both defaults', () =>
    inFolder(async (folder) => {
      const { stdout } = await runLab(folder, ['list', 'settings', '--stack', 'heartbeat-sarge', '--json']);
      const rows = JSON.parse(stdout) as { name: string }[];
      expect(rows.find((row) => row.name === 'deadtime')).to.include({ unit: 's', current: 10, period: 10 });
    }));

  it('asks of which stack the settings are, since there are several', () =>
    inFolder(async (folder) => {
      const { code, stderr } = await runLab(folder, ['list', 'settings']);
      expect(code).to.equal(64);
      expect(stderr).to.contain('the settings of which stack?').and.contain('hint: --stack <stack>');
    }));

  it('lists a run whose record is damaged with the reason', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'lab-results', 'r1'), { recursive: true });
      await writeFile(join(folder, 'lab-results', 'r1', 'record.json'), '{');
      const { code, stdout } = await runLab(folder, ['list', 'runs', '--json']);
      expect(JSON.parse(stdout)).to.have.nested.property('[0].verdict', 'unreadable');
      expect(code).to.equal(0);
    }));

  it('says so where there are no labs and no runs', () =>
    inFolder(async (folder) => {
      expect((await runLab(folder, ['list', 'labs'])).stdout).to.equal('no labs\n');
      expect((await runLab(folder, ['list', 'runs'])).stdout).to.equal('no runs\n');
      expect((await runLab(folder, ['status'])).stdout).to.match(/^no labs in /);
    }));
});
