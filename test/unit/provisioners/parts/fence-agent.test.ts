import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { XMLParser } from 'fast-xml-parser';
import { hostNowMs } from '../../../../lab/clock.ts';
import { createFenceRoom } from '../../../../lab/fabric/fence-channel.ts';
import { parseFenceRequest } from '../../../../lab/fabric/fence-request.ts';
import { lineSplitter } from '../../../../lab/lines.ts';
import { fenceAgent } from '../../../../provisioners/parts/fence-agent.ts';
import { openPty, type Pty } from '../../../fakes/pty.ts';
import { leftOpen } from '../../../fixtures/xml.ts';
import { dial } from '../../fabric/rig.ts';

const folder = mkdtempSync(join(tmpdir(), 'lab-agent-'));
const agent = join(folder, 'fence_lab');

interface Ended {
  status: number | undefined;
  stdout: string;
  stderr: string;
}

/** Runs the agent as Pacemaker does: options on standard input. */
async function withOptions(options: Record<string, string>): Promise<Ended> {
  const input = Object.entries(options)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
  return ended(await execa('perl', [agent], { input, reject: false, timeout: 8000 }));
}

function ended({ exitCode, stdout, stderr }: { exitCode?: number; stdout: string; stderr: string }): Ended {
  return { status: exitCode, stdout, stderr };
}

describe('fence_lab', () => {
  let pty: Pty | undefined;
  before(() => {
    writeFileSync(agent, fenceAgent);
    chmodSync(agent, 0o755);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  afterEach(() => {
    pty?.close();
    pty = undefined;
  });

  /** A host that answers each request by what `answer` makes of its line. */
  async function host(answer: (line: string) => string): Promise<{ device: string; heard: string[] }> {
    const opened = (pty = await openPty());
    const heard: string[] = [];
    opened.heard.on(
      'data',
      lineSplitter((line) => {
        if (line === '') return;
        heard.push(line);
        opened.say.write(answer(line));
      }),
    );
    return { device: opened.path, heard };
  }
  const reply =
    (text: string) =>
    (line: string): string =>
      `${line.split(' ')[0] ?? ''} ${text}\n`;

  it('has metadata that is XML and names its options and actions', async () => {
    const { status, stdout } = await withOptions({ action: 'metadata' });
    expect(status).to.equal(0);
    expect(leftOpen(stdout)).to.deep.equal([]);
    const parsed = new XMLParser({ ignoreAttributes: false }).parse(stdout) as Record<
      'resource-agent',
      {
        parameters: { parameter: { '@_name': string }[] };
        actions: { action: { '@_name': string }[] };
      }
    >;
    const names = (all: { '@_name': string }[]): string[] => all.map((each) => each['@_name']);
    const { parameters, actions } = parsed['resource-agent'];
    expect(names(parameters.parameter)).to.deep.equal(['action', 'port', 'device', 'timeout']);
    expect(names(actions.action)).to.include.members([
      'on',
      'off',
      'reboot',
      'status',
      'list',
      'monitor',
      'metadata',
    ]);
    expect(ended(await execa('perl', [agent, '-o', 'metadata'])).stdout).to.equal(stdout);
  });

  it('asks the host to reboot a server, with an id of its own each time', async () => {
    const { device, heard } = await host(reply('ok on'));
    for (const options of [{ port: 'nfs01' }, { nodename: 'nfs01' }])
      expect(await withOptions({ action: 'reboot', device, ...options })).to.deep.equal({
        status: 0,
        stdout: '',
        stderr: '',
      });
    const requests = heard.map((line) => parseFenceRequest(line));
    expect(requests.map(({ action }) => action)).to.deep.equal(['reboot', 'reboot']);
    expect(requests[0]).to.include({ node: 'nfs01' });
    expect(requests[0]?.id).not.to.equal(requests[1]?.id);
  });

  it('reboots when nothing is said, overlooks comments and what it does not know', async () => {
    const { device, heard } = await host(reply('ok on'));
    const input = `# a comment\n\nport = nfs02 \ncrm_feature_set=3.16.2\n device=${device}\n`;
    expect((await execa('perl', [agent], { input, reject: false })).exitCode).to.equal(0);
    expect(heard[0]).to.match(/^[a-z0-9]{16} reboot nfs02$/);
  });

  it('tells the state of a server by its status', async () => {
    const { device } = await host((line) => reply(line.endsWith('nfs01') ? 'ok off' : 'ok on')(line));
    expect((await withOptions({ action: 'status', device, port: 'nfs01' })).status).to.equal(2);
    expect((await withOptions({ action: 'status', device, port: 'nfs02' })).status).to.equal(0);
  });

  it('is well when the host answers, and lists its servers', async () => {
    const { device } = await host(reply('ok nfs01 nfs02'));
    expect(await withOptions({ action: 'monitor', device })).to.deep.equal({
      status: 0,
      stdout: '',
      stderr: '',
    });
    expect((await execa('perl', [agent, '-o', 'list', '-d', device])).stdout).to.equal('nfs01,\nnfs02,');
  });

  it('does not take the answer to another request for its own', async () => {
    const { device } = await host((line) => `stale ok on\n\nnoise\n${reply('error no')(line)}`);
    const { status, stderr } = await withOptions({ action: 'off', device, port: 'nfs01' });
    expect([status, stderr]).to.deep.equal([1, 'fence_lab: the host says: no']);
  });

  it('does not believe in an off that is answered with on', async () => {
    const { device } = await host(reply('ok on'));
    const { status, stderr } = await withOptions({ action: 'off', device, port: 'nfs01' });
    expect([status, stderr]).to.deep.equal([1, 'fence_lab: nfs01 is on']);
  });

  it('does not wait longer than it was told', async () => {
    const { device } = await host(() => '');
    const { status, stderr } = await withOptions({ action: 'monitor', device, timeout: '1' });
    expect([status, stderr]).to.deep.equal([1, 'fence_lab: no answer from the host within 1 s']);
  });

  const wrong: [Record<string, string>, string][] = [
    [{ action: 'reboot' }, 'reboot of which server?'],
    [{ action: 'off', port: 'nfs01 nfs02' }, 'off of which server?'],
    [{ action: 'explode', port: 'nfs01' }, 'there is no action explode'],
    [{ action: 'monitor', device: '/nowhere/lab.fence' }, '/nowhere/lab.fence: No such file or directory'],
    [{ action: 'monitor', timeout: 'soon' }, 'timeout=soon is no number of seconds'],
  ];
  for (const [options, said] of wrong)
    it(`fails with ${JSON.stringify(options)}, and says why`, async () => {
      const { status, stderr } = await withOptions(options);
      expect(status).to.equal(1);
      expect(stderr).to.include(said);
    });

  it('understands the host as it is', async () => {
    const pressed: string[] = [];
    const room = createFenceRoom(
      {
        directory: folder,
        powerSwitch: ['nfs01', 'nfs02'].map((node) => ({ node, channel: `${node}.fence`, monitor: node })),
      },
      () => undefined,
      (_monitor, node, action) => {
        pressed.push(`${action} ${node}`);
        return Promise.resolve({ state: action === 'off' ? 'off' : 'on', atMs: hostNowMs() });
      },
    );
    const server = createServer((socket) => {
      room.serve('nfs02', socket);
    });
    const path = join(folder, 'nfs02.fence');
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const socket = await dial(path);
    const { path: device, heard, say } = (pty = await openPty());
    heard.pipe(socket);
    socket.pipe(say);
    try {
      expect((await withOptions({ action: 'monitor', device })).status).to.equal(0);
      expect((await withOptions({ action: 'off', device, port: 'nfs01' })).status).to.equal(0);
      expect((await withOptions({ action: 'reboot', device, port: 'nfs01' })).status).to.equal(0);
      expect(await withOptions({ action: 'reboot', device, port: 'nfs02' })).to.include({
        status: 1,
        stderr: 'fence_lab: the host says: nfs02 cannot fence itself',
      });
      expect(pressed).to.deep.equal(['off nfs01', 'reboot nfs01']);
    } finally {
      socket.destroy();
      server.close();
    }
  });
});
