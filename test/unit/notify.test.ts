import { expect } from 'chai';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSocketServer, type AddressInfo, type Server } from 'node:net';
import type { Judgement } from '../../lab/judgement.ts';
import { Rules } from '../../lab/judgement.ts';
import { notificationOf, notify, type Notification } from '../../lab/notify.ts';
import { exampleCell, exampleNight } from '../fixtures/night-plans.ts';

const body: Notification = {
  schema: 1,
  night: 'night-20261122T010000Z',
  verdict: 'regressed',
  sentence: 'heartbeat-sarge/hard-halt waits 20 s longer than before.',
  hostClass: 'tcg / A processor / 2 cores',
  startedAt: '2026-11-22T01:00:00.000Z',
  regressions: [{ cell: 'heartbeat-sarge/hard-halt', kind: 'slower', message: '48 s, before 28 s' }],
  counts: { cells: 1, measured: 2, infrastructure: 0, leftOut: 0 },
  page: '/somewhere/night.html',
};
const quick = { firstPauseMs: 1, timeoutMs: 5000 };

interface Heard {
  method: string | undefined;
  type: string | undefined;
  path: string | undefined;
  text: string;
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

async function closed(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}

/** A real server on loopback. @param answer what it says to the n-th request, from 1 */
async function withServer<T>(
  answer: (n: number, response: ServerResponse) => void,
  work: (url: string, heard: readonly Heard[]) => Promise<T>,
): Promise<T> {
  const heard: Heard[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      heard.push({ method: request.method, type: request.headers['content-type'], path: request.url, text });
      answer(heard.length, response);
    });
  });
  const url = await listening(server);
  try {
    return await work(url, heard);
  } finally {
    server.closeAllConnections();
    await closed(server);
  }
}

const saying =
  (...codes: number[]) =>
  (n: number, response: ServerResponse): void => {
    response.writeHead(codes[Math.min(n, codes.length) - 1] ?? 500).end('some words');
  };

describe('a webhook', () => {
  it('gets the night as JSON in one request', () =>
    withServer(saying(204), async (url, heard) => {
      expect(await notify(`${url}/hook?key=1`, body, quick)).to.equal(undefined);
      expect(heard).to.have.length(1);
      expect(heard[0]).to.include({ method: 'POST', type: 'application/json', path: '/hook?key=1' });
      expect(JSON.parse(heard[0]?.text ?? '')).to.deep.equal(body);
    }));

  it('is tried again when the fault is the server’s, and told once it recovers', () =>
    withServer(saying(500, 503, 200), async (url, heard) => {
      expect(await notify(url, body, quick)).to.equal(undefined);
      expect(heard).to.have.length(3);
    }));

  it('that fails for good is given up after three retries', () =>
    withServer(saying(500), async (url, heard) => {
      expect(await notify(url, body, quick)).to.match(
        /^127\.0\.0\.1:\d+ was not told, after 4 tries: it answered 500$/,
      );
      expect(heard).to.have.length(4);
    }));

  it('that refuses is not asked again', () =>
    withServer(saying(403), async (url, heard) => {
      expect(await notify(url, body, quick)).to.match(/after 1 try: it answered 403$/);
      expect(heard).to.have.length(1);
    }));

  it('that is asked too often is asked again', () =>
    withServer(saying(429, 200), async (url, heard) => {
      expect(await notify(url, body, quick)).to.equal(undefined);
      expect(heard).to.have.length(2);
    }));

  it('that redirects is not followed', () =>
    withServer(saying(200), (elsewhere, heardElsewhere) =>
      withServer(
        (_n, response) => response.writeHead(307, { location: elsewhere }).end(),
        async (url, heard) => {
          expect(await notify(url, body, quick)).to.match(
            /it answered 307, a redirect, which is not followed$/,
          );
          expect(heard).to.have.length(1);
          expect(heardElsewhere).to.have.length(0);
        },
      ),
    ));

  it('that hangs is left after its time', () =>
    withServer(
      () => undefined,
      async (url) => {
        const told = await notify(url, body, { firstPauseMs: 1, timeoutMs: 50, retries: 1 });
        expect(told).to.match(/after 2 tries: no answer within 0\.05 s$/);
      },
    ));

  it('that sends no end of words is not listened to', () =>
    withServer(
      (_n, response) => {
        response.writeHead(200);
        response.write('x'.repeat(100_000));
      },
      async (url) => {
        expect(await notify(url, body, quick)).to.equal(undefined);
      },
    ));

  it('that nobody listens on is told as such', async () => {
    const server = createSocketServer();
    const url = await listening(server);
    await closed(server);
    expect(await notify(url, body, { ...quick, retries: 1 })).to.match(/after 2 tries: .*ECONNREFUSED/);
  });

  it('that hangs up is told as such', async () => {
    const server = createSocketServer((socket) => socket.destroy());
    const url = await listening(server);
    try {
      expect(await notify(url, body, { ...quick, retries: 0 })).to.match(/was not told, after 1 try: ./);
    } finally {
      await closed(server);
    }
  });

  it('that speaks no HTTP is told as such', async () => {
    const server = createSocketServer((socket) => {
      socket.write('220 mail.example.org\r\n', () => socket.destroy());
    });
    const url = await listening(server);
    try {
      expect(await notify(url, body, { ...quick, retries: 0 })).to.match(/was not told, after 1 try: ./);
    } finally {
      await closed(server);
    }
  });

  it('whose address is a secret is not repeated', async () => {
    for (const url of [
      'http://user:secret@127.0.0.1:1/',
      'not an address: secret',
      'http://127.0.0.1:1/secret',
    ])
      expect(await notify(url, body, { ...quick, retries: 0 }))
        .to.match(/was not told/)
        .and.not.contain('secret');
  });

  it('is left at once when the night is interrupted', () =>
    withServer(
      () => undefined,
      async (url, heard) => {
        const controller = new AbortController();
        const told = notify(url, body, { ...quick, timeoutMs: 60_000, signal: controller.signal });
        while (heard.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
        controller.abort();
        expect(await told).to.match(/was not told, after 1 try/);
      },
    ));
});

describe('what a webhook is told', () => {
  it('has the verdict, each regression by itself, and how much was run', () => {
    const cell = exampleCell('a', 'x', { repeats: 3 });
    const attempt = { cell: 'a/x', repeat: 1, attempt: 1, run: 'r', outcome: 'measured' as const };
    const night = exampleNight([cell], {
      attempts: [
        { ...attempt, outcome: 'infrastructure' },
        { ...attempt, attempt: 2 },
      ],
      leftOut: [{ cell: 'a/x', repeats: 2, why: 'no time' }],
    });
    const judgement: Judgement = {
      night: night.id,
      verdict: 'regressed',
      sentence: 'a/x is slower.',
      rules: Rules.parse({}),
      cells: [
        {
          cell: 'a/x',
          verdict: 'regressed',
          findings: [
            { kind: 'slower', weight: 'regression', message: '48 s, before 28 s', runs: ['r'] },
            { kind: 'infrastructure', weight: 'notice', message: 'the fabric died', runs: [] },
          ],
          now: [48],
          before: [28],
          shift: null,
          phase: null,
          suspects: [],
        },
      ],
    };
    expect(notificationOf(night, judgement, '/x/night.html')).to.deep.equal({
      schema: 1,
      night: night.id,
      verdict: 'regressed',
      sentence: 'a/x is slower.',
      hostClass: night.hostClass,
      startedAt: night.startedAt,
      regressions: [{ cell: 'a/x', kind: 'slower', message: '48 s, before 28 s' }],
      counts: { cells: 1, measured: 1, infrastructure: 1, leftOut: 2 },
      page: '/x/night.html',
    });
  });
});
