import { Readable } from 'node:stream';
import { expect } from 'chai';
import { stripVTControlCharacters } from 'node:util';
import { matrixLines } from '../../../lab/cli/night-matrix.ts';
import { nightView, throughView } from '../../../lab/cli/night-view.ts';
import type { AttemptResult } from '../../../lab/nightly/engine.ts';
import { exampleCell, exampleNight, tasksOf } from '../../fixtures/night-plans.ts';
import { collector } from './run-lab.ts';

const cells = [
  exampleCell('heartbeat-sarge', 'hard-halt', { repeats: 2 }),
  exampleCell('heartbeat-sarge', 'link-flap', { repeats: 2 }),
  exampleCell('pacemaker-centos7', 'link-flap', { label: 'slow', repeats: 2 }),
];
const tasks = tasksOf(cells);
const [task] = tasks;
const passed: AttemptResult = {
  run: 'r1',
  outcome: 'measured',
  verdict: 'pass',
  stallSeconds: 28.41,
  hostClass: 'x',
  labUp: true,
  why: null,
};

function view(style: 'live' | 'plain' | 'quiet', size: { columns?: number; rows?: number } = {}) {
  const { stream, text } = collector();
  let now = 0;
  const drawn = nightView({
    night: exampleNight(cells),
    stream: Object.assign(stream, size),
    style,
    fits: (_lab, running) => running.length === 0,
    nowMs: () => now,
  });
  drawn.pending?.(tasks);
  return {
    ...drawn,
    text,
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
  };
}

describe('the matrix of a night on a terminal', () => {
  it('has a row for each variant of a stack, a numbered column for each scenario, a sign for each repeat', () => {
    const lines = matrixLines(
      cells,
      ({ scenario }) => (scenario === 'hard-halt' ? ['pass', 'running'] : ['infrastructure', 'pending']),
      80,
    );
    expect(lines).to.deep.equal([
      '                          1  2',
      '  heartbeat-sarge         ✔▶ !·',
      '  pacemaker-centos7+slow     !·',
      '  1 hard-halt  2 link-flap',
    ]);
  });

  it('counts many repeats, and shows the worst of them', () => {
    const cell = exampleCell('a', 'x', { repeats: 6 });
    const lines = matrixLines([cell], () => ['pass', 'fail', 'unknown', 'pending', 'pending', 'pending'], 80);
    expect(lines[1]).to.equal('  a  ✘3/6');
    expect(matrixLines([cell], () => Array.from({ length: 6 }, () => 'pending' as const), 80)[1]).to.equal(
      '  a  ·0/6',
    );
  });

  it('breaks the names of the scenarios where the terminal is narrow', () => {
    expect(matrixLines(cells, () => ['pass'], 16).slice(-2)).to.deep.equal([
      '  1 hard-halt',
      '  2 link-flap',
    ]);
  });
});

describe('a night as it goes', () => {
  it('is a line with its cell for each begin, step, note and end, where there is no terminal', async () => {
    const { text, pass, ...drawn } = view('plain');
    if (task === undefined) throw new Error('no task');
    drawn.begun?.(task, 1);
    await drawn.progressOf(task).step('restore', (inner) => {
      pass(2);
      inner.note('a note');
      return inner.step('wait', () => Promise.resolve());
    });
    pass(100);
    drawn.ended?.(task, 1, passed);
    drawn.leftOut?.(tasksOf(cells)[1] ?? task, 'no time');
    expect(text().split('\n')).to.deep.equal([
      '[+0.0 s] heartbeat-sarge/hard-halt, run 1 of 2: begins, about 2 min; 0 of 6 runs done, about 11 min left',
      '[+0.0 s] heartbeat-sarge/hard-halt, run 1 of 2: restore',
      '[+2.0 s] heartbeat-sarge/hard-halt, run 1 of 2: a note',
      '[+2.0 s] heartbeat-sarge/hard-halt, run 1 of 2: restore › wait',
      '[+102.0 s] heartbeat-sarge/hard-halt, run 1 of 2: pass, worst stall 28.4 s (2 min)',
      '[+102.0 s] heartbeat-sarge/hard-halt, run 2 of 2: left out: no time',
      '',
    ]);
  });

  it('calls a run that the judgement asked for by that name', () => {
    const { text, ...drawn } = view('plain');
    if (task === undefined) throw new Error('no task');
    drawn.begun?.({ ...task, repeat: 4 }, 1);
    expect(text()).to.contain('heartbeat-sarge/hard-halt, confirming run 2: begins');
  });

  it('says why a run is worth nothing, and that it is tried once more', () => {
    const { text, ...drawn } = view('plain');
    if (task === undefined) throw new Error('no task');
    const broken = {
      ...passed,
      outcome: 'infrastructure' as const,
      verdict: 'unknown' as const,
      why: 'the fabric died',
    };
    drawn.begun?.(task, 1);
    drawn.ended?.(task, 1, broken);
    drawn.begun?.(task, 2);
    drawn.ended?.(task, 2, { ...passed, verdict: 'fail', why: 'it took too long' });
    expect(text()).to.contain('run 1 of 2: infrastructure failure: the fabric died (0 s)');
    expect(text()).to.contain('run 1 of 2, once more: fail, worst stall 28.4 s: it took too long (0 s)');
  });

  it('is a matrix with the step of each lab on a terminal, and a line that stays for each run', async () => {
    const { text, pass, ...drawn } = view('live', { columns: 100, rows: 40 });
    if (task === undefined) throw new Error('no task');
    drawn.begun?.(task, 1);
    await drawn.progressOf(task).step('restore the frozen lab', () => {
      pass(12);
      drawn.note('something');
      return Promise.resolve();
    });
    const shown = stripVTControlCharacters(text());
    expect(shown).to.contain('night-20261122T010000Z: 0 of 6 runs, about ');
    expect(shown).to.contain('heartbeat-sarge         ▶· ··');
    expect(shown).to.contain(
      'heartbeat-sarge/hard-halt, run 1 of 2: restore the frozen lab 12 s of about 100 s',
    );
    drawn.ended?.(task, 1, passed);
    drawn.end();
    const after = stripVTControlCharacters(text()).slice(shown.length);
    expect(after).to.contain('✔ heartbeat-sarge/hard-halt, run 1 of 2: pass, worst stall 28.4 s (12 s)\n');
  });

  it('leaves the matrix out where the terminal is too low for it', () => {
    const { text, ...drawn } = view('live', { columns: 80, rows: 5 });
    if (task === undefined) throw new Error('no task');
    drawn.begun?.(task, 1);
    drawn.end();
    expect(text()).to.contain('heartbeat-sarge/hard-halt, run 1 of 2');
    expect(text()).not.to.contain('night-20261122T010000Z');
  });

  it('is nothing when that is asked', async () => {
    const { text, ...drawn } = view('quiet');
    if (task === undefined) throw new Error('no task');
    drawn.begun?.(task, 1);
    expect(await drawn.progressOf(task).step('x', () => Promise.resolve(5))).to.equal(5);
    drawn.note('x');
    drawn.end();
    expect(text()).to.equal('');
  });

  it('passes on what a step throws, and says which', async () => {
    const { text, ...drawn } = view('plain');
    if (task === undefined) throw new Error('no task');
    const failure = new Error('no disk');
    const caught: unknown = await drawn
      .progressOf(task)
      .step('boot', () => Promise.reject(failure))
      .catch((error: unknown) => error);
    expect(caught).to.equal(failure);
    expect(text()).to.contain('boot: failed');
  });

  it('shows what was measured before as such, and never as a pass', () => {
    const { stream, text } = collector();
    const attempt = {
      cell: cells[0]?.key ?? '',
      repeat: 1,
      attempt: 1,
      run: 'r',
      outcome: 'measured' as const,
    };
    const drawn = nightView({
      night: exampleNight(cells, { attempts: [attempt] }),
      stream: Object.assign(stream, { columns: 100, rows: 40 }),
      style: 'live',
      fits: () => true,
    });
    const second = tasksOf(cells)[1];
    if (second !== undefined) drawn.begun?.(second, 1);
    drawn.end();
    expect(stripVTControlCharacters(text())).to.contain('heartbeat-sarge         •▶ ··');
  });

  it('has what commands tell on stderr as whole lines', () => {
    const lines: string[] = [];
    const context = {
      cwd: '/',
      env: {},
      stdin: Readable.from([]),
      stdout: collector().stream,
      stderr: collector().stream,
      signal: new AbortController().signal,
      exitWith: () => undefined,
    };
    const { stderr } = throughView(context, { note: (line) => lines.push(line) });
    stderr.write('note: a\nnote: ');
    stderr.write('b\n');
    expect(lines).to.deep.equal(['note: a', 'note: b']);
  });
});
