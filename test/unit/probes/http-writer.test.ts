import { expect } from 'chai';
import { startWriter } from '../../../lab/probes/start-writer.ts';
import { fakeLab } from '../../fakes/lab.ts';

describe('the writer of a workload', () => {
  it('is told the server, its time and how often to read, for http-put', async () => {
    const { lab, machine } = fakeLab();
    const probe = await startWriter(
      lab,
      'sv01',
      {
        kind: 'http-put',
        addresses: ['192.168.33.20'],
        port: 80,
        directory: '/lab',
        intervalMs: 100,
        timeoutMs: 5000,
        readEvery: 20,
      },
      0,
    );
    const command = machine('sv01').streams[0]?.command ?? '';
    expect(command).to.match(/ sv01 \/lab\/records-sv01-[0-9a-f]{8} 100 3600 0 192.168.33.20 80 5000 20$/);
    expect((await probe.stop()).path).to.match(/^\/lab\/records-sv01-[0-9a-f]{8}$/);
  });

  it('uses the addresses in turn', async () => {
    const { lab, machine } = fakeLab();
    const workload = {
      kind: 'http-put',
      addresses: ['192.168.33.20', '192.168.33.100'],
      port: 80,
      directory: '/lab',
      intervalMs: 100,
      timeoutMs: 5000,
      readEvery: 0,
    } as const;
    for (const client of ['sv01', 'sv02']) await (await startWriter(lab, client, workload, 0)).stop();
    expect(machine('sv01').streams[0]?.command).to.include(' 192.168.33.20 80 ');
    expect(machine('sv02').streams[0]?.command).to.include(' 192.168.33.100 80 ');
  });

  it('appends to a file for nfs-append', async () => {
    const { lab, machine } = fakeLab();
    await (
      await startWriter(lab, 'sv02', { kind: 'nfs-append', directory: '/data', intervalMs: 100 }, 0)
    ).stop();
    expect(machine('sv02').streams[0]?.command).to.match(
      / sv02 \/data\/records-sv02-[0-9a-f]{8} 100 3600 0$/,
    );
  });
});
