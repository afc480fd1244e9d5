import { expect } from 'chai';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunRecord } from '../../lab/record.ts';
import { hardHalt } from '../../scenarios/hard-halt.ts';
import { lab, testFolder, tool, workFolder, type Outcome } from './lab.ts';

const directory = (): string => join(workFolder(), '.lab', 'heartbeat-sarge');

/** What Vagrant itself says of the machines. */
async function vagrantStates(): Promise<string[]> {
  const text = await tool('vagrant', ['status', '--machine-readable'], directory());
  return text.split('\n').flatMap((line) => /^\d+,(\w+),state,(\w+)/.exec(line)?.slice(1, 3).join(' ') ?? []);
}

const all = (state: string): string[] => ['sv01', 'sv02', 'nfs01', 'nfs02'].map((node) => `${node} ${state}`);

/** Runs a scenario; again when the host was too busy for figures, at most three times. */
async function runScenario(name: string): Promise<{ record: RunRecord; outcome: Outcome; starved: boolean }> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await lab('scenario', name, '--keep', '--json');
    if (outcome.stdout === '')
      throw new Error(`no record; status ${String(outcome.status)}: ${outcome.stderr}`);
    const [record] = RunRecord.array().parse(JSON.parse(outcome.stdout));
    if (record === undefined) throw new Error(`no record: ${outcome.stderr}`);
    writeFileSync(join(testFolder(), `${name}.json`), outcome.stdout);
    const sound = record.checks.find((check) => check.name === 'measurement-sound')?.verdict;
    if (sound === 'pass' || attempt === 3) return { record, outcome, starved: sound !== 'pass' };
  }
}

function expectPass({ record, outcome, starved }: Awaited<ReturnType<typeof runScenario>>): void {
  const told = record.checks.map((check) => `${check.verdict} ${check.name}: ${check.message}`).join('\n');
  expect(record.broken, told).to.equal(null);
  const spoiled = starved ? ['measurement-sound', 'stall-within-budget'] : [];
  const bad = record.checks.filter((check) => check.verdict !== 'pass' && !spoiled.includes(check.name));
  expect(bad, told).to.deep.equal([]);
  if (!starved) expect([record.verdict, outcome.status], told).to.deep.equal(['pass', 0]);
  for (const window of record.windows) {
    const total = window.phases.reduce((sum, phase) => sum + Math.round((phase.seconds ?? 0) * 1000), 0);
    expect(total, window.name).to.equal(Math.round((window.stallSeconds ?? 0) * 1000));
  }
}

describe('lab on libvirt, through a real Vagrant', () => {
  after(async () => {
    await lab('down', 'heartbeat-sarge', '--purge');
  });

  it('brings the cluster up from the packed box', async () => {
    const outcome = await lab('up', 'heartbeat-sarge', '--provider', 'libvirt', '--json');
    expect(outcome.status, outcome.stderr).to.equal(0);
    const told = JSON.parse(outcome.stdout) as { how: string; nodes: string[]; health: { ok: boolean }[] };
    expect(told.how).to.equal('provisioned');
    expect(told.health.every((condition) => condition.ok)).to.equal(true);
    expect(await vagrantStates()).to.have.members(all('running'));
  });

  it('runs commands on a node as root, without asking which provider it is on', async () => {
    const outcome = await lab('ssh', 'nfs01', '--', 'hostname; id -u');
    expect([outcome.status, outcome.stdout.trim()], outcome.stderr).to.deep.equal([0, 'nfs01\n0']);
  });

  it('keeps the console of every node', async () => {
    const outcome = await lab('logs', 'sv01', '--console');
    expect(outcome.stdout + outcome.stderr).to.match(/login:|Linux|systemd/);
  });

  it('refuses a second lab of the same name on another provider', async () => {
    const outcome = await lab('up', 'heartbeat-sarge', '--provider', 'qemu');
    expect(outcome.status).to.equal(64);
    expect(outcome.stderr).to.include('on libvirt already').and.include('hint:');
  });

  it('runs hard-halt and measures it as on the embedded provider', async () => {
    const ran = await runScenario('hard-halt');
    expectPass(ran);
    const { record } = ran;
    expect(record.provider).to.equal('libvirt');
    expect(record.host['frames']).to.equal('captured in the guests');
    expect(record.checks).to.have.length(hardHalt.checks.length);
    expect(record.windows.map((window) => window.name)).to.deep.equal(['failover', 'failback']);
    expect(record.phases.map((phase) => phase.name)).to.deep.equal([
      ...['detect', 'address', 'promote', 'mount', 'serve', 'reconnect'],
    ]);
    expect(
      record.events.some((event) => event.source === 'capture' && event.kind === 'address-holder'),
    ).to.equal(true);
    expect(await vagrantStates()).to.have.members(all('running'));
  });

  it('runs link-flap: the cable is out, and back', async () => {
    const ran = await runScenario('link-flap');
    expectPass(ran);
    expect(ran.record.faults[0]?.proof.join(' ')).to.include('lost carrier');
    expect(ran.record.stallSeconds).to.be.greaterThan(3);
  });

  it('is down for Vagrant too after lab down, and back from its snapshot after lab up', async () => {
    expect((await lab('down')).status).to.equal(0);
    expect(await vagrantStates()).to.have.members(all('shutoff'));
    const outcome = await lab('up', 'heartbeat-sarge', '--json');
    expect(outcome.status, outcome.stderr).to.equal(0);
    expect(JSON.parse(outcome.stdout)).to.include({ how: 'restored' });
    expect(await vagrantStates()).to.have.members(all('running'));
  });

  it('leaves nothing after lab down --purge', async () => {
    expect((await lab('down', '--purge')).status).to.equal(0);
    expect((await tool('virsh', ['-q', 'list', '--all', '--name'])).trim()).to.equal('');
    const networks = (await tool('virsh', ['-q', 'net-list', '--all', '--name'])).split('\n');
    expect(networks.filter((name) => name.startsWith('heartbeat-sarge'))).to.deep.equal([]);
    expect(existsSync(directory())).to.equal(false);
    const volumes = await tool('virsh', ['-q', 'vol-list', 'default']);
    expect(volumes).to.not.include('heartbeat-sarge-');
  });

  it('has both records of one schema', () => {
    for (const name of ['hard-halt', 'link-flap'])
      expect(
        RunRecord.array().parse(JSON.parse(readFileSync(join(testFolder(), `${name}.json`), 'utf8'))),
      ).to.have.length(1);
  });
});
