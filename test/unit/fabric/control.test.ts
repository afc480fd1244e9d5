import { expect } from 'chai';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';
import { RigError, TimeoutError } from '../../../lab/errors.ts';
import type { Sighting } from '../../../lab/fabric.ts';
import { connectFabric } from '../../../lab/fabric/client.ts';
import type { FabricConnection } from '../../../lab/fabric/client.ts';
import { configFile } from '../../../lab/fabric/config.ts';
import { within } from '../../../lab/wait.ts';
import { dial, eventually, exampleConfig, failureOf, startRig, temporaryFolder } from './rig.ts';
import type { Rig } from './rig.ts';

describe("the fabric's control socket", () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig();
  });
  afterEach(() => rig.close());

  async function answersTo(...lines: string[]): Promise<{ text: string; socket: Socket }> {
    const socket = await dial(rig.controlPath);
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    socket.write(lines.join('\n') + '\n');
    await eventually('the answers', () => text.split('\n').length > lines.length);
    return { text, socket };
  }

  it('answers a line that is not JSON with an error and closes only that connection', async () => {
    const control = await rig.control();
    const { text, socket } = await answersTo('GET / HTTP/1.1');
    await eventually('the end', () => socket.closed);
    expect(JSON.parse(text)).to.deep.equal({
      reply: 0,
      error: { kind: 'usage', message: 'not JSON: GET / HTTP/1.1' },
    });
    expect(await control.ports()).to.have.lengthOf(5);
  });

  for (const bad of ['[]', 'null', '{"id":-1,"op":"ports"}', '{"op":"ports"}', '{"id":"1","op":"ports"}'])
    it(`closes a connection that sends ${bad}`, async () => {
      const { text, socket } = await answersTo(bad);
      await eventually('the end', () => socket.closed);
      expect(text).to.match(/^\{"reply":0,"error":\{"kind":"usage","message":"not a request: /);
    });

  it('answers a bad request that has an id and goes on', async () => {
    const { text, socket } = await answersTo('{"id":7,"op":"explode"}', '{"id":8,"op":"rules"}');
    expect(text).to.match(/^\{"reply":7,"error":.*\n\{"reply":8,"result":\[\]\}\n$/);
    socket.destroy();
  });

  it('tells who fenced whom, to those who watch and to those who ask later', async () => {
    const control = await rig.control();
    const seen: Sighting[] = [];
    const silent: Sighting[] = [];
    const observation = await control.observe({ fencing: true }, (sighting) => void seen.push(sighting));
    await control.observe({ arp: true }, (sighting) => void silent.push(sighting));
    expect(await control.fencings()).to.deep.equal([]);
    const socket = await dial(join(rig.config.directory, 'a.fence'));
    socket.write('x1 reboot b\n');
    await eventually('both sightings', () => seen.length === 2);
    expect(seen.map((sighting) => ({ ...sighting, atMs: 0 }))).to.deep.equal(
      ['asked', 'done'].map((outcome) => ({
        kind: 'fencing',
        atMs: 0,
        node: 'a',
        target: 'b',
        action: 'reboot',
        outcome,
      })),
    );
    const [fencing] = await control.fencings();
    expect(fencing).to.include({ by: 'a', node: 'b', action: 'reboot', state: 'on' });
    await observation.stop();
    socket.write('x2 off b\n');
    await eventually('the second one', async () => (await control.fencings())[0]?.action === 'off');
    expect(seen).to.have.length(2);
    expect(silent).to.deep.equal([]);
    socket.destroy();
  });

  it('closes a connection that sends a line without an end', async () => {
    const socket = await dial(rig.controlPath);
    socket.write(Buffer.alloc(2 * 1024 * 1024, 'x'));
    await eventually('the end', () => socket.closed);
    expect(rig.log.join('\n')).to.include('a line of more than 1048576 bytes');
  });

  it('tells who answers with which configuration', async () => {
    const hello = await (await rig.control()).hello();
    expect(hello).to.deep.equal({ pid: process.pid, config: rig.config });
  });

  it('does nothing for a rule, capture or observer that is unknown', async () => {
    const control = await rig.control();
    expect(await control.removeRule('r99')).to.equal(false);
    expect(await control.stopCapture('c99')).to.equal(undefined);
  });
});

describe("the fabric's client", () => {
  let directory: string;
  let server: Server;
  let peer: Promise<Socket>;

  /** Something that listens where a fabric would and does what the test says. */
  async function connectToImpostor(
    onRequest: (peer: Socket) => void,
    timeoutMs = 5000,
  ): Promise<FabricConnection> {
    server.listen(join(directory, 'control.sock'));
    await once(server, 'listening');
    peer = new Promise((resolve) => {
      server.once('connection', (socket) => {
        resolve(socket);
        socket.on('data', () => {
          onRequest(socket);
        });
      });
    });
    return await connectFabric(directory, { timeoutMs });
  }

  beforeEach(async () => {
    directory = await temporaryFolder();
    server = createServer();
    await writeFile(join(directory, configFile), JSON.stringify(exampleConfig(directory)));
  });
  afterEach(async () => {
    server.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('bounds every request', async () => {
    const client = await connectToImpostor(() => undefined, 150);
    const error = await failureOf(client.rules());
    expect(error).to.be.instanceOf(TimeoutError);
    expect(error.message).to.include("the fabric's answer to rules");
    client.close();
  });

  it('rejects what is pending and what comes later, and tells, when the connection is lost', async () => {
    const client = await connectToImpostor((socket) => socket.destroy());
    const pending = await failureOf(client.rules());
    expect(pending).to.be.instanceOf(RigError);
    expect(pending).not.to.be.instanceOf(TimeoutError);
    expect((await within('the loss', 2000, client.lost)).message).to.include('is lost');
    expect((await failureOf(client.ports())).message).to.equal(pending.message);
  });

  it('does not call its own end a loss', async () => {
    const client = await connectToImpostor(() => undefined);
    const pending = failureOf(client.rules());
    client.close();
    expect((await pending).message).to.include('closed by its owner');
    expect(await Promise.race([client.lost, Promise.resolve('still open')])).to.equal('still open');
  });

  it('gives up on an end that does not speak the protocol', async () => {
    const client = await connectToImpostor((socket) => socket.write('{"hello":"world"}\n'));
    expect((await failureOf(client.rules())).message).to.include('not a message: {"hello":"world"}');
    await within('the loss', 2000, client.lost);
    (await peer).destroy();
  });

  it('refuses an answer of another shape', async () => {
    const client = await connectToImpostor((socket) => socket.write('{"reply":1,"result":[{}]}\n'));
    expect((await failureOf(client.rules())).message).to.include('answer to rules is not valid: [{}]');
    client.close();
  });

  it('says where it looked when no fabric answers', async () => {
    const error = await failureOf(connectFabric(directory));
    expect(error).to.be.instanceOf(RigError);
    expect(error.message).to.include(`no fabric answers in ${directory}`);
  });
});
