import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { formatRecord } from '../../../../lab/ledger.ts';
import { httpWriterProgram } from '../../../../lab/probes/http-writer-program.ts';
import { vmServerProgram } from '../../../../provisioners/parts/vm-server.ts';
import { eventually } from '../../../fakes/failure.ts';
import { startProgram, type RunningWriter } from '../../../fixtures/writer.ts';

describe('the web server of a virtual machine', () => {
  let root: string;
  let port: number;
  let server: ChildProcess;
  let printed: string;
  const writers: RunningWriter[] = [];

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'vm-server-'));
    await mkdir(join(root, 'records'));
    await writeFile(join(root, 'boot'), 'status 0\n');
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    port = (free.address() as AddressInfo).port;
    free.close();
    await once(free, 'close');
    printed = '';
    server = spawn('perl', ['-e', vmServerProgram, String(port), root, '/records', 'true'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    server.stdout?.setEncoding('utf8').on('data', (text: string) => (printed += text));
    await eventually('the server to listen', () => printed === 'vm: serving\n');
  });
  afterEach(async () => {
    for (const writer of writers.splice(0)) writer.child.kill('SIGKILL');
    server.kill('SIGKILL');
    await rm(root, { recursive: true, force: true });
  });

  /** One request as it goes over the wire, in pieces where it is given in several; the whole answer. */
  async function ask(...pieces: string[]): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
    for (const piece of pieces) {
      await new Promise((resolve) => socket.write(piece, 'latin1', resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await once(socket, 'close');
    return answer;
  }
  const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
  const put = (path: string, body: string, range = ''): Promise<string> =>
    ask(
      `PUT ${path} HTTP/1.1\r\n${range === '' ? '' : `Content-Range: bytes ${range}/*\r\n`}Content-Length: ${String(body.length)}\r\n\r\n${body}`,
    );
  const stored = (name: string): Promise<string> => readFile(join(root, 'records', name), 'latin1');

  it('stores a whole file, and replaces a longer one', async () => {
    expect(statusOf(await put('/records/a', 'longer text'))).to.equal(201);
    expect(statusOf(await put('/records/a', 'short'))).to.equal(201);
    expect(await stored('a')).to.equal('short');
  });

  it('stores a range where it belongs and leaves the rest', async () => {
    await put('/records/a', 'bbbb', '4-7');
    await put('/records/a', 'aa', '0-1');
    expect((await stored('a')).slice(0, 9)).to.equal('aa\0\0bbbb\0');
  });

  it('grows a file that takes ranges by 64 KiB of zeroes, and loses nothing of it', async () => {
    await put('/records/a', 'first', '0-4');
    expect(await stored('a')).to.have.length(65_536);
    await put('/records/a', 'across', '65533-65538');
    const text = await stored('a');
    expect(text).to.have.length(131_072);
    expect(text.replaceAll('\0', ' ').trim().split(/ +/)).to.deep.equal(['first', 'across']);
    await put('/records/a', 'x', '65000-65000');
    expect(await stored('a')).to.equal(`${text.slice(0, 65_000)}x${text.slice(65_001)}`);
  });

  it('takes a request that comes in pieces', async () => {
    expect(
      statusOf(await ask('PUT /records/a HT', 'TP/1.1\r\nContent-Length: 6\r\n', '\r\nabc', 'def')),
    ).to.equal(201);
    expect(await stored('a')).to.equal('abcdef');
  });

  it('gives a file back, whole or a range of it', async () => {
    await put('/records/a', '0123456789');
    expect(await ask('GET /records/a HTTP/1.0\r\nHost: x\r\n\r\n')).to.match(
      /^HTTP\/1\.1 200 .*\r\n\r\n0123456789$/s,
    );
    expect(await ask('GET /records/a HTTP/1.1\r\nRange: bytes=2-4\r\n\r\n')).to.match(
      /^HTTP\/1\.1 206 .*\r\nContent-Length: 3\r\n.*\r\n\r\n234$/s,
    );
    expect(await ask('GET /boot HTTP/1.1\r\n\r\n')).to.match(/\r\n\r\nstatus 0\n$/);
  });

  const refused: [string, string, number][] = [
    ['an upload elsewhere', 'PUT /boot HTTP/1.1\r\nContent-Length: 1\r\n\r\nx', 403],
    ['an upload above', 'PUT /records/../boot HTTP/1.1\r\nContent-Length: 1\r\n\r\nx', 403],
    ['an upload of a hidden file', 'PUT /records/.a HTTP/1.1\r\nContent-Length: 1\r\n\r\nx', 403],
    [
      'a range of another length',
      'PUT /records/a HTTP/1.1\r\nContent-Range: bytes 0-5/*\r\nContent-Length: 1\r\n\r\nx',
      400,
    ],
    [
      'a range far behind',
      'PUT /records/a HTTP/1.1\r\nContent-Range: bytes 9999999-9999999/*\r\nContent-Length: 1\r\n\r\nx',
      400,
    ],
    ['more than it keeps in memory', 'PUT /records/a HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n', 413],
    ['a file above the pages', 'GET /../../etc/passwd HTTP/1.1\r\n\r\n', 403],
    ['a file that is not there', 'GET /records/none HTTP/1.1\r\n\r\n', 404],
    ['a range behind the end', 'GET /boot HTTP/1.1\r\nRange: bytes=99-100\r\n\r\n', 416],
    ['another method', 'DELETE /boot HTTP/1.1\r\n\r\n', 405],
    ['no request at all', 'hello\r\n\r\n', 400],
  ];
  for (const [what, request, status] of refused)
    it(`refuses ${what}`, async () => {
      expect(statusOf(await ask(request))).to.equal(status);
      expect(await readFile(join(root, 'boot'), 'utf8')).to.equal('status 0\n');
    });

  it('says so when it cannot store', async () => {
    await rm(join(root, 'records'), { recursive: true });
    expect(statusOf(await put('/records/a', 'x'))).to.equal(500);
  });

  it('serves the writers of the clients, and lives on when one hangs up in the middle', async () => {
    for (const client of ['sv01', 'sv02']) {
      const words = [client, `/records/${client}`, '20', '60', '0', '127.0.0.1', String(port), '2000', '3'];
      writers.push(startProgram(httpWriterProgram, words));
    }
    const half = connect(port, '127.0.0.1');
    half.write('PUT /records/half HTTP/1.1\r\nContent-Length: 100\r\n\r\nonly a part', () => half.destroy());
    await eventually('operations', () => writers.every(({ samples }) => samples.length >= 20));
    await Promise.all(writers.map((writer) => writer.stop()));
    for (const [n, { samples }] of writers.entries()) {
      expect(samples.filter(({ error }) => error !== null)).to.deep.equal([]);
      const text = await stored(`sv0${String(n + 1)}`);
      for (const { sequence } of samples)
        expect(text).to.include(formatRecord(`sv0${String(n + 1)}`, sequence));
    }
  });
});
