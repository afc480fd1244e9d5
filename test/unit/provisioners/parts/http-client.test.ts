import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { httpRequestProgram } from '../../../../provisioners/parts/http-client.ts';
import { failureOf } from '../../../fakes/failure.ts';

const execute = promisify(execFile);

describe('an HTTP request of a node', () => {
  let server: Server;
  let files: Map<string, string>;
  beforeEach(async () => {
    files = new Map();
    server = createServer((request, response) => {
      const path = request.url ?? '';
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
      request.on('end', () => {
        if (path === '/broken') response.writeHead(500).end();
        else if (request.method === 'PUT') {
          files.set(path, body);
          response.writeHead(201).end();
        } else {
          const found = files.get(path);
          response.writeHead(found === undefined ? 404 : 200).end(Buffer.from(found ?? 'no', 'latin1'));
        }
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.close();
  });

  const request = async (...words: string[]): Promise<string> => {
    const { port } = server.address() as AddressInfo;
    const [method = '', ...rest] = words;
    const { stdout } = await execute('perl', [
      '-e',
      httpRequestProgram,
      method,
      '127.0.0.1',
      String(port),
      ...rest,
    ]);
    return stdout;
  };

  it('gives bodies as a line of base64, whatever is in them', async () => {
    expect(await request('PUT', '/a', 'written by a test')).to.equal('\n');
    expect(files.get('/a')).to.equal('written by a test');
    const bytes = Buffer.from(Array.from({ length: 600 }, (_, n) => n % 256));
    files.set('/b', bytes.toString('latin1'));
    expect(await request('GET', '/b')).to.equal(`${bytes.toString('base64')}\n`);
  });

  it('has a dash for what is not there, and fails for anything else', async () => {
    expect(await request('GET', '/none')).to.equal('-\n');
    expect((await failureOf(request('GET', '/broken'))).message).to.include('GET /broken: status 500');
    server.close();
    await once(server, 'close');
    const refused = execute('perl', ['-e', httpRequestProgram, 'GET', '127.0.0.1', '1', '/a']);
    expect((await failureOf(refused)).message).to.include('127.0.0.1:1: ');
  });
});
