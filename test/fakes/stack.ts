import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatRecord } from '../../lab/ledger.ts';
import { debian12 } from '../../lab/platforms/debian-12.ts';
import type { ProbeData, RunningProbe, StartProbe } from '../../lab/probe.ts';
import type { Progress } from '../../lab/progress.ts';
import type { Lab, Provider } from '../../lab/provider.ts';
import type { LabSpec } from '../../lab/run/spec.ts';
import type { Stack } from '../../lab/stack.ts';
import { fakeTopology } from './lab.ts';
import { fakeAnatomy } from './stage.ts';

/** A stack in memory whose cluster is always well; a test replaces the parts that it is about. */
export function fakeStack(changes: Partial<Stack> = {}): Stack {
  return {
    name: 'fake-stack',
    title: 'A stack in memory',
    article: { title: '', author: '', date: '', language: 'en' },
    editions: ['current'],
    settings: [],
    validate: () => [],
    topology: () => fakeTopology,
    platform: () => debian12,
    plan: (edition, settings) => ({
      stack: 'fake-stack',
      edition,
      title: '',
      introduction: [],
      nodes: [],
      settings,
      sections: [],
      errata: [],
    }),
    errata: [],
    secretNames: ['authkeys'],
    anatomy: () => fakeAnatomy,
    service: () => ({ address: '192.168.33.20', network: 'lan', tcpPort: 2049, path: '/export' }),
    preferredActive: () => 'nfs01',
    health: () => Promise.resolve([{ what: 'all is well', ok: true, found: 'yes' }]),
    active: () => Promise.resolve(['nfs01']),
    redundant: () => Promise.resolve({ ok: true, found: 'UpToDate' }),
    monitors: () => [],
    workload: () => ({ kind: 'nfs-append', directory: '/mnt', intervalMs: 10 }),
    detectionMs: () => 10_000,
    heartbeatIntervalMs: () => 2000,
    failsBack: () => true,
    phases: () => [],
    budget: () => ({ seconds: 45, terms: [] }),
    timing: () => ({
      timers: [],
      clients: { mostSeconds: () => 10, grows: false, from: 'as before' },
      settings: ['deadtime'],
    }),
    patience: () => ({ takeoverMs: 500, redundancyMs: 500, failbackMs: 500 }),
    readBack: (_lab, probes) =>
      Promise.resolve({
        texts: probes.map(({ client, ledger }) => ({
          client,
          reader: 'replica nfs01',
          text: ledger.map(({ sequence }) => formatRecord(client, sequence)).join(''),
        })),
        replicas: { method: 'compared', identical: true, found: '0 KiB' },
      }),
    versionsCommand: 'versions',
    logFiles: ['/var/log/ha-log'],
    ...changes,
  };
}

/** Writers in memory: each acknowledges ten operations whenever it is looked at. */
export function fakeWriters(changes: Partial<RunningProbe> = {}): {
  startProbe: StartProbe;
  stopped: string[];
} {
  const stopped: string[] = [];
  return {
    stopped,
    startProbe: (_lab, client) => {
      let acknowledged = 0;
      const data: ProbeData = {
        client,
        intervalMs: 10,
        samples: [],
        ledger: [],
        path: `/mnt/records-${client}`,
      };
      const probe: RunningProbe = {
        client,
        get acknowledged() {
          return (acknowledged += 10);
        },
        lastAcknowledgedMs: undefined,
        behindMs: 10,
        usualLatencyMs: undefined,
        firstDueMs: undefined,
        ended: false,
        away: false,
        leave: () => undefined,
        restart: () => Promise.resolve(),
        stop: () => {
          stopped.push(client);
          return Promise.resolve(data);
        },
      };
      return Promise.resolve(Object.defineProperties(probe, Object.getOwnPropertyDescriptors(changes)));
    },
  };
}

/** Progress that remembers what was told. */
export function heardProgress(): Progress & { steps: string[]; notes: string[] } {
  const steps: string[] = [];
  const notes: string[] = [];
  const progress: Progress & { steps: string[]; notes: string[] } = {
    steps,
    notes,
    step: (title, work) => {
      steps.push(title);
      return work(progress);
    },
    note: (text) => {
      notes.push(text);
    },
  };
  return progress;
}

export interface FakeSpec {
  spec: LabSpec;
  /** What the provider was asked, in order. */
  asked: string[];
  remove: () => void;
}

/** A spec whose provider hands out this lab, in a home folder of its own. */
export function fakeSpec(lab: Lab, stack: Stack = fakeStack(), changes: Partial<Provider> = {}): FakeSpec {
  const home = mkdtempSync(join(tmpdir(), 'lab-run-test-'));
  const asked: string[] = [];
  const provider: Provider = {
    name: 'qemu',
    capabilities: new Set(['power', 'pause', 'link', 'snapshot', 'network-rules', 'fabric']),
    resumesUp: false,
    up: () => Promise.resolve(lab),
    attach: () => Promise.resolve(undefined),
    restore: () => Promise.resolve(undefined),
    destroy: () => Promise.resolve(),
    ...changes,
  };
  const heard: Provider = {
    ...provider,
    up: (...args) => {
      asked.push('up');
      return provider.up(...args);
    },
    attach: (...args) => {
      asked.push('attach');
      return provider.attach(...args);
    },
    restore: (...args) => {
      asked.push('restore');
      return provider.restore(...args);
    },
    destroy: (name, options) => {
      asked.push(options.purge ? 'purge' : 'destroy');
      return provider.destroy(name, options);
    },
  };
  return {
    asked,
    spec: { home, name: 'one', stack, edition: 'current', settings: { deadtime: 10 }, provider: heard },
    remove: () => {
      rmSync(home, { recursive: true });
    },
  };
}
