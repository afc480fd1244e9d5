import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import { formatRecord, parseRecords, recordBytes } from '../../../lab/ledger.ts';
import { httpWriterProgram } from '../../../lab/probes/http-writer-program.ts';
import { eventually } from '../../fakes/failure.ts';
import { startProgram, type RunningWriter } from '../../fixtures/writer.ts';

type Answer = (request: IncomingMessage, body: Buffer, response: ServerResponse) => void;

describe('the HTTP writer program', () => {
  const servers: { close(): unknown }[] = [];
  const running: RunningWriter[] = [];
  afterEach(() => {
    for (const writer of running.splice(0)) writer.child.kill('SIGKILL');
    for (const server of servers.splice(0)) server.close();
  });

  async function serve(answer: Answer): Promise<number> {
    const server: Server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        answer(request, Buffer.concat(chunks), response);
      });
    });
    return await listening(server);
  }

  async function listening(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
    server.listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  function start(port: number, { timeoutMs = 7000, readEvery = 0 } = {}): RunningWriter {
    const words = ['sv01', '/lab/records', '20', '60', '0', '127.0.0.1', String(port)];
    const writer = startProgram(httpWriterProgram, [...words, String(timeoutMs), String(readEvery)]);
    running.push(writer);
    return writer;
  }

  /** Waits for the first operations. Each has a connection of its own, so they may end, and even arrive, in another order. */
  async function firstOf(writer: RunningWriter, count: number): Promise<RunningWriter['samples']> {
    const first = (): RunningWriter['samples'] => writer.samples.filter(({ sequence }) => sequence < count);
    await eventually(`the first ${String(count)} operations`, () => first().length === count);
    return first().sort((a, b) => a.sequence - b.sequence);
  }

  /** Which operation a PUT is of. */
  const sequenceOf = (request: IncomingMessage): number =>
    Number(/^bytes (\d+)-/.exec(request.headers['content-range'] ?? '')?.[1]) / recordBytes;

  const errors = (writer: RunningWriter): (string | null)[] => [
    ...new Set(writer.samples.map((sample) => sample.error)),
  ];

  /** Stores what is put where it says, and gives back ranges, as a web server with WebDAV does. */
  function store(damage: (body: Buffer) => Buffer = (body) => body): { file: () => string; answer: Answer } {
    let file = Buffer.alloc(0);
    return {
      file: () => file.toString('latin1'),
      answer: (request, body, response) => {
        expect(request.url).to.equal('/lab/records');
        expect(request.headers.connection).to.equal('close');
        if (request.method === 'PUT') {
          const [, from, to] = /^bytes (\d+)-(\d+)\/\*$/.exec(request.headers['content-range'] ?? '') ?? [];
          expect(Number(to) - Number(from) + 1).to.equal(body.length);
          const grown = Buffer.alloc(Math.max(file.length, Number(to) + 1));
          file.copy(grown);
          body.copy(grown, Number(from));
          response.writeHead(file.length === 0 ? 201 : 204).end(file.length === 0 ? 'Created' : undefined);
          file = grown;
        } else {
          const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
          const part = damage(file.subarray(Number(from), Number(to) + 1));
          response.writeHead(206, { 'content-length': part.length }).end(part);
        }
      },
    };
  }

  it('puts each record of the ledger in its place, byte for byte, and ends with its input', async () => {
    const { file, answer } = store();
    const writer = start(await serve(answer), { readEvery: 3 });
    const samples = await firstOf(writer, 10);
    expect(await writer.stop()).to.equal(0);
    expect(errors(writer)).to.deep.equal([null]);
    const expected = samples.map(({ sequence }) => formatRecord('sv01', sequence)).join('');
    expect(file().slice(0, expected.length)).to.equal(expected);
  });

  it('leaves a gap for what was refused, in which the others are found', async () => {
    const { file, answer } = store();
    const port = await serve((request, body, response) => {
      if (sequenceOf(request) === 2) response.writeHead(503).end('later');
      else answer(request, body, response);
    });
    const writer = start(port);
    const samples = await firstOf(writer, 6);
    await writer.stop();
    expect(samples.map((sample) => sample.error)).to.deep.equal([null, null, 'HTTP503', null, null, null]);
    const found = parseRecords(file().slice(0, 6 * recordBytes));
    expect(found.map(({ sequence, crc }) => [sequence, crc !== null])).to.deep.equal(
      [0, 1, 3, 4, 5].map((sequence) => [sequence, true]),
    );
  });

  it('does not take a record for acknowledged that reads back as another one', async () => {
    const { answer } = store((body) => Buffer.from(body.toString('latin1').replace('sv01', 'sv02')));
    const writer = start(await serve(answer), { readEvery: 2 });
    const samples = await firstOf(writer, 4);
    await writer.stop();
    expect(samples.map((sample) => sample.error)).to.deep.equal(['EBADMSG', null, 'EBADMSG', null]);
  });

  it('takes an answer that ends with its connection', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('HTTP/1.1 201 Created\r\nServer: x\r\n\r\nany length');
    });
    const writer = start(await listening(server));
    await eventually('two operations', () => writer.samples.length >= 2);
    await writer.stop();
    expect(errors(writer)).to.deep.equal([null]);
  });

  const failures: [string, string, () => Promise<number>][] = [
    [
      'a status that is no success',
      'HTTP403',
      () =>
        serve((_request, _body, response) => {
          response.writeHead(403).end();
        }),
    ],
    [
      'a connection that ends before the answer',
      'ECONNRESET',
      () =>
        listening(createTcpServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 204 No'))),
    ],
    [
      'nobody at the port',
      'ECONNREFUSED',
      async () => {
        const server = createTcpServer();
        const port = await listening(server);
        server.close();
        await once(server, 'close');
        return port;
      },
    ],
  ];
  for (const [what, error, open] of failures)
    it(`goes on after ${error} from ${what}`, async () => {
      const writer = start(await open());
      await eventually('several operations', () => writer.samples.length >= 3);
      expect(await writer.stop()).to.equal(0);
      expect(errors(writer)).to.deep.equal([error]);
    });

  it('gives a silent server up after its time, and no sooner', async () => {
    const writer = start(await serve(() => undefined), { timeoutMs: 150 });
    await eventually('two operations', () => writer.samples.length >= 2);
    await writer.stop();
    expect(errors(writer)).to.deep.equal(['ETIMEDOUT']);
    for (const { startMs, endMs } of writer.samples) expect(endMs - startMs).to.be.within(149, 8000);
  });

  it('starts each operation when it is due, whatever became of those before, and tells what each of them was', async () => {
    const { file, answer } = store();
    const port = await serve((request, body, response) => {
      if (sequenceOf(request) % 2 === 0) answer(request, body, response);
    });
    const writer = start(port, { timeoutMs: 400 });
    await eventually('forty operations', () => writer.samples.length >= 40);
    await writer.stop();
    const [first] = writer.samples;
    if (first === undefined) throw new Error('no samples');
    const zeroMs = first.dueMs - first.sequence * 20;
    for (const { sequence, dueMs, startMs, endMs, error } of writer.samples) {
      expect(dueMs - zeroMs).to.be.closeTo(sequence * 20, 0.01);
      // One after the other, those without an answer alone would make the last one 8 s late.
      expect(startMs - dueMs).to.be.within(0, 3000);
      if (error === 'ETIMEDOUT') expect(endMs - startMs).to.be.at.least(399);
      else expect(error).to.equal(null);
    }
    const acknowledged = writer.samples.filter(({ error }) => error === null).map(({ sequence }) => sequence);
    expect(acknowledged).not.to.be.empty;
    const told = writer.samples.map(({ sequence }) => sequence);
    expect(told).not.to.deep.equal([...told].sort((one, other) => one - other));
    for (const sequence of acknowledged) expect(sequence % 2).to.equal(0);
    for (const sequence of acknowledged) expect(file()).to.include(formatRecord('sv01', sequence));
  });
});
