import { expect } from 'chai';
import { RunRecord } from '../../lab/record.ts';
import { lab, labFed, labWhen, machinePid } from './rig.ts';

const scenario = ['scenario', 'hard-halt', '--stack', 'heartbeat-sarge', '--keep'];

describe('a lab that has been up before', () => {
  it('is restored, not booted, and healthy', async () => {
    expect((await lab('down')).status).to.equal(0);
    const outcome = await lab('up', 'heartbeat-sarge', '--json');
    expect(outcome.status, outcome.stderr).to.equal(0);
    const told = JSON.parse(outcome.stdout) as { how: string; health: { ok: boolean; what: string }[] };
    expect(told.how).to.equal('restored');
    expect(told.health.filter((condition) => !condition.ok)).to.deep.equal([]);
  });

  it('runs commands on its nodes and hands on their status', async () => {
    const named = await lab('ssh', 'nfs01', '--', 'hostname');
    expect([named.status, named.stdout.trim()]).to.deep.equal([0, 'nfs01']);
    expect((await lab('ssh', 'nfs02', '--', 'exit 7')).status).to.equal(7);
  });

  it('hands its standard input to a command on a node', async () => {
    const outcome = await labFed('one\ntwo\n', 'ssh', 'nfs01', '--', 'cat; echo three >&2');
    expect([outcome.status, outcome.stdout, outcome.stderr]).to.deep.equal([0, 'one\ntwo', 'three']);
    const alone = await labFed('one\ntwo\n', 'ssh', '-n', 'nfs01', '--', 'cat; echo three');
    expect([alone.status, alone.stdout]).to.deep.equal([0, 'three']);
  });

  it('gives its guests no way out', async () => {
    const outcome = await lab('ssh', 'sv01', '--', 'ip route show default; ip -6 route show default');
    expect(outcome.stdout.trim()).to.equal('');
    expect((await lab('ssh', 'sv01', '--', 'timeout 5 bash -c "</dev/tcp/10.0.2.2/22"')).status).to.not.equal(
      0,
    );
  });

  it('gives every node keys, machine-id and MAC addresses of its own', async () => {
    const facts = await Promise.all(
      ['sv01', 'sv02', 'nfs01', 'nfs02'].map((node) =>
        lab(
          'ssh',
          node,
          '--',
          'cat /etc/machine-id /sys/class/net/eth1/address; sha256sum < /etc/ssh/ssh_host_ed25519_key',
        ),
      ),
    );
    expect(facts.map((outcome) => outcome.stderr).join('')).to.equal('');
    const lines = facts.flatMap((outcome) => outcome.stdout.trim().split('\n'));
    expect(lines).to.have.length(12);
    expect(new Set(lines).size).to.equal(12);
  });

  it('refuses a second command on the same lab and says who holds it', async () => {
    const first = await labWhen(
      /watch the undisturbed cluster/,
      async (running) => {
        const second = await lab('up', 'heartbeat-sarge');
        running.kill('SIGINT');
        return second;
      },
      ...scenario,
    );
    expect(first.acted.status, first.acted.stderr).to.equal(69);
    expect(first.acted.stderr).to.match(/running hard-halt/);
    expect(first.status, first.stderr).to.equal(130);
  });
});

describe('Ctrl-C after the fault', () => {
  it('heals, ends with 130 and leaves a lab that comes up healthy', async () => {
    const outcome = await labWhen(
      /wait until every client writes again/,
      (running) => {
        running.kill('SIGINT');
      },
      ...scenario,
    );
    expect(outcome.status, outcome.stderr).to.equal(130);
    const again = await lab('up', 'heartbeat-sarge', '--json');
    expect(again.status, again.stderr).to.equal(0);
    expect((JSON.parse(again.stdout) as { how: string }).how).to.equal('restored');
  });
});

describe('a machine that dies in the middle', () => {
  it('ends the run as unknown, with the reason, within bounds', async () => {
    const outcome = await labWhen(
      /watch the undisturbed cluster/,
      () => {
        process.kill(machinePid('sv02'), 'SIGKILL');
      },
      ...scenario,
      '--json',
    );
    expect(outcome.status, outcome.stderr).to.equal(2);
    const [record] = RunRecord.array().parse(JSON.parse(outcome.stdout));
    expect(record?.verdict).to.equal('unknown');
    expect(record?.broken).to.match(/sv02/);
  });
});
