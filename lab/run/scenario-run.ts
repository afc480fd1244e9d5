import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { judge, overall } from '../check.ts';
import { InterruptedError, LabError, messageOf } from '../errors.ts';
import { labDirectory, markDirty } from '../labs.ts';
import { startNfsWriter } from '../probes/nfs-writer.ts';
import type { ProbeData, RunningProbe } from '../probe.ts';
import type { Progress } from '../progress.ts';
import type { Lab } from '../provider.ts';
import type { RunRecord } from '../record.ts';
import type { Scenario } from '../scenario.ts';
import type { ReadBackResult } from '../stack.ts';
import { clientsOf } from '../topology.ts';
import { gatherFinalState, keepLogs, readVersions } from './aftermath.ts';
import { hostFacts } from './host-facts.ts';
import { startJournal, type Journal } from './journal.ts';
import { buildRecord, emptyRecord } from './build-record.ts';
import type { LabSpec } from './spec.ts';
import { openStage, type OpenStage } from './stage.ts';
import { bringUp } from './up.ts';
import { startWitnesses, type Witnesses } from './witnesses.ts';

export interface ScenarioOptions {
  /** Folder under which the run gets a folder of its own, named by its id. */
  outDirectory: string;
  progress: Progress;
  signal: AbortSignal;
}

/**
 * Runs one scenario on the pristine lab: restore, watch, break, heal, read back, judge, keep. The caller holds the lab's
 * lock. A rig that breaks gives a record with the verdict `unknown`; only an interruption, and a lab that does not come up
 * for a reason of the host, throw.
 */
export async function runOnLab(
  spec: LabSpec,
  scenario: Scenario,
  { outDirectory, progress, signal }: ScenarioOptions,
): Promise<{ record: RunRecord; directory: string }> {
  const missing = scenario.needs.filter((need) => !spec.provider.capabilities.has(need));
  if (missing.length > 0) {
    const record = emptyRecord(spec, scenario, `${spec.provider.name} cannot ${missing.join(', ')}`);
    return await keep(record, outDirectory);
  }
  const { lab } = await bringUp(spec, progress, signal, { pristine: true });
  try {
    await markDirty(labDirectory(spec.home, spec.name), scenario.name);
    const { record, files } = await perform(spec, scenario, lab, progress, signal);
    return await keep(record, outDirectory, files);
  } finally {
    lab.close();
  }
}

async function perform(
  spec: LabSpec,
  scenario: Scenario,
  lab: Lab,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ record: RunRecord; files: Map<string, string> }> {
  const journal = startJournal();
  const { stack, settings, edition } = spec;
  const service = stack.service(edition);
  let witnesses: Witnesses | undefined;
  let opened: OpenStage | undefined;
  const probes: RunningProbe[] = [];
  let data: ProbeData[] = [];
  let readBacks: ReadBackResult | null = null;
  let final: RunRecord['final'] = null;
  let versions: RunRecord['versions'] = {};
  const files = new Map<string, string>();
  let broken: string | null = null;
  const facts = hostFacts(lab);

  try {
    const watching = await startWitnesses(lab, stack, service, journal);
    witnesses = watching;
    for (const client of clientsOf(lab.topology))
      probes.push(await startNfsWriter(lab, client.name, stack.workload(settings), journal.zeroMs));
    const stage = openStage(spec, lab, journal, watching, probes, progress, signal);
    opened = stage;
    await Promise.race([scenario.run(stage.stage), lab.broken]);
    await progress.step('read every acknowledged write back', async () => {
      data = await stopProbes(probes);
      readBacks = await Promise.race([stack.readBack(lab, data, settings, signal), lab.broken]);
    });
    await progress.step('look at the final state', async () => {
      final = await gatherFinalState(
        spec,
        lab,
        stage.result.expectedActive,
        readBacks?.replicas ?? null,
        signal,
      );
      versions = await readVersions(lab, stack.versionsCommand);
    });
  } catch (error) {
    if (signal.aborted || error instanceof InterruptedError) {
      await opened?.healAll();
      await witnesses?.stop().catch(() => undefined);
      throw error instanceof InterruptedError ? error : new InterruptedError();
    }
    if (!(error instanceof LabError)) throw error;
    broken = error.message;
    journal.note({ source: 'lab', kind: 'broken', text: error.message });
    progress.note(`the run broke: ${messageOf(error)}`);
  } finally {
    if (broken !== null) await opened?.healAll();
    if (data.length === 0) data = await stopProbes(probes).catch(() => []);
    await witnesses?.stop().catch(() => undefined);
  }
  for (const [name, text] of await keepLogs(lab, stack.logFiles, broken === null)) files.set(name, text);
  const record = buildRecord({
    spec,
    scenario,
    lab,
    journal,
    data,
    readBacks,
    final,
    versions,
    broken,
    hostFacts: facts(),
    stage: opened?.result ?? { windows: [], faults: [], expectedActive: '' },
    files: [...files.keys()],
  });
  return { record: judged(record, scenario, journal), files };
}

function judged(record: RunRecord, scenario: Scenario, journal: Journal): RunRecord {
  const checks = judge(record, scenario.checks);
  if (journal.dropped > 0)
    checks.push({
      name: 'events-kept',
      verdict: 'unknown',
      message: `${String(journal.dropped)} events were too many to keep`,
    });
  return { ...record, checks, verdict: overall(checks, record.broken) };
}

async function stopProbes(probes: readonly RunningProbe[]): Promise<ProbeData[]> {
  return await Promise.all(probes.map((probe) => probe.stop()));
}

/** Writes the record and its files; the record appears as a whole. */
async function keep(
  record: RunRecord,
  outDirectory: string,
  files: ReadonlyMap<string, string> = new Map(),
): Promise<{ record: RunRecord; directory: string }> {
  const directory = join(outDirectory, record.id);
  await mkdir(directory, { recursive: true });
  for (const [name, text] of files) {
    await mkdir(join(directory, name, '..'), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  const file = join(directory, 'record.json');
  await writeFile(`${file}.new`, `${JSON.stringify(record)}\n`);
  await rename(`${file}.new`, file);
  return { record, directory };
}
